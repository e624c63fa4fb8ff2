//! Fingerprints: for each page the digest of all that it shows, of its template and of the configuration behind it.
//!
//! A page whose fingerprint stands in the manifest is not rendered again, so what a page shows must be in its
//! fingerprint, all of it, and nothing else should be. [`Fingerprints::of`] is [`context`](crate::render::context),
//! told in digests: what changes there changes here. The property test that holds incremental builds against clean
//! ones watches over both.

use chrono::{DateTime, Datelike as _, Utc};
use rayon::prelude::*;

use crate::digest::{Digest, Digester};
use crate::parse::Entry;
use crate::plan::pages::{NEWEST, articles_of_sitemap, is_indexed, months};
use crate::plan::{ArticleId, FeedOf, Page, PageKind, Part, SitemapOf, TaxonomyKind, Term};
use crate::render::context::{calendar, lists, template_of};
use crate::render::{Site, feed, sitemap};

/// Digests from which those of pages are made.
pub(super) struct Fingerprints<'site> {
    site: &'site Site<'site>,
    /// What every page shows of the site.
    base: Digest,
    articles: Vec<Shown>,
}

/// What is shown of an article, in places that show more and more of it.
#[derive(Debug)]
pub(super) struct Shown {
    /// By a line of a list and by a link.
    line: Digest,
    /// By an index: a line, its summary and picture.
    listed: Digest,
    /// By a sitemap.
    url: Digest,
    /// By its own page and by feeds.
    whole: Digest,
}

impl<'site> Fingerprints<'site> {
    /// Takes digests of all articles; `digests` are those of the articles themselves. `before` are those of an earlier
    /// build by the same plan and pictures, and the articles that have changed since.
    pub(super) fn new(
        site: &'site Site<'site>,
        digests: &[Digest],
        before: Option<(Vec<Shown>, &[ArticleId])>,
    ) -> Self {
        let base = Digester::new()
            .digest(site.config.keys.page)
            .text(&site.theme.sizes)
            .value(&site.map.customs)
            .value(&site.customs.iter().map(|custom| &custom.entry.title).collect::<Vec<_>>())
            .count(usize::from(site.map.tags.terms.is_empty()))
            .count(usize::from(site.map.outlets.terms.is_empty()))
            .count(usize::from(site.map.has_articles()))
            .finish();
        let of = |id: ArticleId| Shown::of(site, id, digests[id as usize]);
        let articles = match before {
            None => (0..digests.len()).into_par_iter().map(|place| of(crate::plan::id_of(place))).collect(),
            Some((mut articles, changed)) => {
                for id in changed {
                    articles[*id as usize] = of(*id);
                }
                articles
            }
        };
        Self { site, base, articles }
    }

    /// What is shown of each article.
    pub(super) fn into_shown(self) -> Vec<Shown> {
        self.articles
    }

    /// The fingerprint of a page.
    pub(super) fn of(&self, page: &Page) -> Digest {
        let mut digester = Digester::new();
        digester.digest(self.base).text(&page.path);
        if let Some(template) = template_of(&page.kind) {
            digester.text(template).digest(self.site.theme.key(template));
        }
        self.shown(page, &mut digester);
        digester.finish()
    }

    fn shown(&self, page: &Page, digester: &mut Digester) {
        let map = self.site.map;
        match &page.kind {
            PageKind::Article(id) => self.article(*id, digester),
            PageKind::Withdrawn(rule) => {
                let rule = &self.site.config.withdrawals[*rule as usize];
                digester.value(&(&rule.reason, rule.date.map(|date| date.to_string())));
            }
            PageKind::Choice(at) => self.listed(&map.choices[*at].articles, digester),
            PageKind::Front => self.front(digester),
            PageKind::Year(year) => {
                let months = map.months.iter().filter(|((of, _), _)| of == year);
                digester.value(&months.map(|((_, month), range)| (*month, range.len())).collect::<Vec<_>>());
                digester.value(&calendar::years_beside(map, *year));
            }
            PageKind::Month(year, month) => {
                let days = map.days.iter().filter(|(day, _)| (day.year(), day.month()) == (*year, *month));
                digester.value(&days.map(|(day, range)| (*day, range.len())).collect::<Vec<_>>());
                digester.value(&calendar::months_beside(map, (*year, *month)));
            }
            PageKind::Day(day, part) => {
                digester.value(&calendar::days_beside(map, *day));
                self.part(&map.listing, part, digester);
            }
            PageKind::Undated(part) => self.part(&map.undated, part, digester),
            PageKind::Terms(kind) => self.counted(*kind, digester),
            PageKind::Term(kind, at) => self.term(&map.taxonomy(*kind).terms[*at], digester),
            PageKind::TermMonth(kind, at, _, part) => {
                let term = &map.taxonomy(*kind).terms[*at];
                digester.text(&term.title).text(&term.slug);
                self.part(&term.articles, part, digester);
            }
            PageKind::Custom(at) | PageKind::NotFound(Some(at)) => {
                let custom = &self.site.customs[*at];
                digester.digest(custom.digest);
                shown_inside(self.site, &custom.entry, &page.path, digester);
            }
            PageKind::NotFound(None) | PageKind::Robots => {}
            PageKind::Feed(of) => {
                digester.text(feed::language(self.site, *of));
                self.feed(*of, digester);
            }
            PageKind::SitemapIndex => {
                digester.value(&sitemap::paths(map).collect::<Vec<_>>());
            }
            PageKind::Sitemap(of, part) => self.sitemap(*of, part, digester),
        }
    }

    fn article(&self, id: ArticleId, digester: &mut Digester) {
        let planned = self.site.map.article(id);
        digester.digest(self.articles[id as usize].whole).count(usize::from(planned.is_current));
        for neighbour in [planned.newer, planned.older] {
            digester.count(usize::from(neighbour.is_some()));
            self.lines(neighbour.as_slice(), digester);
        }
        let versions: Vec<ArticleId> = planned.versions_about().collect();
        for list in [&versions[..], &planned.related[..]] {
            digester.count(list.len());
            self.lines(list, digester);
        }
    }

    fn front(&self, digester: &mut Digester) {
        let map = self.site.map;
        self.listed(newest(&map.listing), digester);
        let lead = lists::lead(self.site);
        digester.value(&lead.and_then(|id| self.site.gallery.lead(&self.site.entries[id as usize])));
        digester.value(&map.months.iter().map(|(month, range)| (*month, range.len())).collect::<Vec<_>>());
        digester.count(map.undated.len());
        self.counted(TaxonomyKind::Outlets, digester);
    }

    fn term(&self, term: &Term, digester: &mut Digester) {
        digester.text(&term.title);
        self.listed(newest(&term.articles), digester);
        self.listed(&term.undated, digester);
        let months = months(self.site.map, &term.articles);
        digester.value(&months.into_iter().map(|(month, range)| (month, range.len())).collect::<Vec<_>>());
    }

    fn feed(&self, of: FeedOf, digester: &mut Digester) {
        let (term, articles) = feed::contents(self.site, of);
        digester.text(term.map_or("", |term| &term.title)).text(term.map_or("", |term| &term.slug));
        for id in articles {
            digester.digest(self.articles[id as usize].whole);
        }
    }

    fn sitemap(&self, of: SitemapOf, part: &Part, digester: &mut Digester) {
        for id in articles_of_sitemap(self.site.map, of, part) {
            digester.digest(self.articles[*id as usize].url);
        }
        for path in sitemap::indexes(self.site.map, of, part) {
            digester.text(path);
        }
    }

    fn counted(&self, kind: TaxonomyKind, digester: &mut Digester) {
        for term in &self.site.map.taxonomy(kind).terms {
            digester.text(&term.title).text(&term.slug).count(term.articles.len() + term.undated.len());
            digester.value(&lists::counts_by_month(self.site.map, term));
        }
    }

    fn part(&self, list: &[ArticleId], part: &Part, digester: &mut Digester) {
        digester.count(part.number).count(usize::from(part.number < part.of));
        self.lines(&list[part.range.clone()], digester);
    }

    fn lines(&self, ids: &[ArticleId], digester: &mut Digester) {
        for id in ids {
            digester.digest(self.articles[*id as usize].line);
        }
    }

    fn listed(&self, ids: &[ArticleId], digester: &mut Digester) {
        for id in ids {
            digester.digest(self.articles[*id as usize].listed);
        }
    }
}

fn newest(list: &[ArticleId]) -> &[ArticleId] {
    &list[..list.len().min(NEWEST)]
}

impl Shown {
    fn of(site: &Site<'_>, id: ArticleId, digest: Digest) -> Self {
        let (entry, planned) = (&*site.entries[id as usize], site.map.article(id));
        let outlet = entry.outlet.as_deref().and_then(|name| site.map.outlets.term(name));
        let date = |at: Option<DateTime<Utc>>| at.map_or(i64::MIN, |at| at.timestamp_millis());
        let line = Digester::new()
            .text(&entry.title)
            .text(&planned.path)
            .number(date(entry.date))
            .text(outlet.map_or("", |term| &term.title))
            .text(&entry.language)
            .finish();
        let lead = site.gallery.lead(entry);
        let listed = Digester::new()
            .digest(line)
            .text(&entry.summary)
            .value(&lead.and_then(|picture| picture.variants.first()))
            .finish();
        let url = Digester::new()
            .text(&planned.path)
            .number(date(entry.updated.or(entry.date)))
            .count(usize::from(is_indexed(&site.entries[id as usize], site.config)))
            .finish();
        let mut whole = Digester::new();
        // The article's digest holds its entry; its links lead to other pages than its own, by titles of their own.
        whole.digest(digest).text(&planned.path).count(usize::from(planned.day.is_some()));
        whole.text(outlet.map_or("", |term| &term.title)).text(outlet.map_or("", |term| &term.slug));
        let rule = entry.outlet.as_deref().and_then(|name| site.config.outlets.by_name(name));
        whole.digest(rule.map(|rule| rule.key).unwrap_or_default());
        for term in entry.tags.iter().filter_map(|tag| site.map.tags.term(tag)) {
            whole.text(&term.title).text(&term.slug);
        }
        shown_inside(site, entry, &planned.path, &mut whole);
        Self { line, listed, url, whole: whole.finish() }
    }
}

/// What a body shows that is not its own: where its links lead in the mirror, and its pictures.
fn shown_inside(site: &Site<'_>, entry: &Entry, page: &str, digester: &mut Digester) {
    for key in &entry.links {
        let target = site.map.by_original.get(key).map(|id| &site.map.article(*id).path);
        digester.text(target.map_or("", String::as_str));
    }
    for href in &entry.site_links {
        digester.text(&site.targets.find(entry, page, href).unwrap_or_default());
    }
    if site.gallery.is_empty() {
        return;
    }
    for reference in &entry.media {
        digester.value(&site.gallery.asset(entry, reference));
    }
}
