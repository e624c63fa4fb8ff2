//! What templates are given: plain values, ready to be shown. `THEMES.md` is this file in prose.

use std::io;

use serde::Serialize;
use tera::Context;

use super::Site;
use super::body::{Links, fill};
use super::labels::{Dates, Moment, Precision};
use crate::config::Canonical;
use crate::parse::Entry;
use crate::plan::pages::{NEWEST, day_folder, days, months, part_path, term_folder};
use crate::plan::relative::{absolute, link, root};
use crate::plan::{ArticleId, Page, PageKind, Part, Taxonomy, TaxonomyKind};

/// `site`: the same on every page.
#[derive(Serialize)]
struct SiteContext<'a> {
    title: &'a str,
    description: &'a str,
    language: &'a str,
    has_feeds: bool,
    has_tags: bool,
    pages: Vec<Link>,
}

/// `page`: where this page is.
#[derive(Serialize)]
struct PageContext {
    /// The way up to the site's folder, `""` or `"../"`s.
    root: String,
    title: String,
    language: String,
    /// The page's own address, or the original's where that is canonical.
    canonical: Option<String>,
    /// The feed that belongs to it.
    feed: Option<String>,
    description: String,
    noindex: bool,
}

/// A link.
#[derive(Serialize, Clone)]
struct Link {
    title: String,
    href: String,
}

/// A link with a count of articles.
#[derive(Serialize)]
struct Counted {
    title: String,
    href: String,
    count: usize,
}

/// An article in a list.
#[derive(Serialize)]
struct Listed {
    title: String,
    href: String,
    outlet: Option<String>,
    date: Option<Moment>,
    summary: String,
    language: Option<String>,
    picture: Option<Picture>,
}

#[derive(Serialize)]
struct Picture {
    src: String,
    width: u32,
    height: u32,
}

/// An article in a long list: a line.
#[derive(Serialize)]
struct Line {
    title: String,
    href: String,
    /// Where the list is of more than one outlet.
    outlet: Option<String>,
    /// The time of a day, or the day of a month.
    time: Option<String>,
}

/// A day and its newest articles.
#[derive(Serialize)]
struct Group {
    title: String,
    href: String,
    articles: Vec<Listed>,
}

/// `article`: everything that its page shows.
#[derive(Serialize)]
struct ArticleContext<'a> {
    title: &'a str,
    outlet: Option<Link>,
    authors: &'a [String],
    date: Option<Moment>,
    published: Option<Moment>,
    updated: Option<Moment>,
    /// The list of its day; older versions are in none.
    day_href: Option<String>,
    tags: Vec<Link>,
    original: Option<Original<'a>>,
    minutes: u16,
    notice: Option<&'a str>,
    newer: Option<Link>,
    older: Option<Link>,
    versions: Vec<VersionLink>,
    newest_version: Option<Link>,
    image: Option<String>,
    json_ld: String,
}

#[derive(Serialize)]
struct Original<'a> {
    url: &'a str,
    /// The address as a person reads it: without scheme, decoded.
    text: String,
}

#[derive(Serialize)]
struct VersionLink {
    title: String,
    href: String,
    date: Option<Moment>,
    is_this: bool,
}

/// The template of a page, and what it is given.
pub(super) fn of(site: &Site<'_>, page: &Page) -> io::Result<(&'static str, Context)> {
    let mut context = Context::new();
    context.insert("site", &site_context(site, page));
    let maker = Maker { site, path: &page.path, dates: Dates::of(&site.config.language, site.config.timezone) };
    let name = match &page.kind {
        PageKind::Article(id) => maker.article(*id, &mut context)?,
        PageKind::Choice(at) => maker.choice(*at, &mut context),
        PageKind::Front => maker.front(&mut context),
        PageKind::Year(year) => maker.year(*year, &mut context),
        PageKind::Month(year, month) => maker.month(*year, *month, &mut context),
        PageKind::Day(day, part) => maker.day(*day, part, &mut context),
        PageKind::Undated(part) => maker.undated(part, &mut context),
        PageKind::Terms(kind) => maker.terms(*kind, &mut context),
        PageKind::Term(kind, at) => maker.term(*kind, *at, &mut context),
        PageKind::TermMonth(kind, at, month, part) => maker.term_month(*kind, *at, *month, part, &mut context),
        PageKind::Custom(at) => maker.custom(*at, &mut context),
        _ => maker.not_found(&mut context),
    };
    Ok((name, context))
}

fn site_context<'a>(site: &'a Site<'_>, page: &Page) -> SiteContext<'a> {
    SiteContext {
        title: &site.config.title,
        description: &site.config.description,
        language: &site.config.language,
        has_feeds: site.config.base_url.is_some(),
        has_tags: !site.map.tags.terms.is_empty(),
        pages: site
            .customs
            .iter()
            .map(|custom| Link {
                title: custom.entry.title.clone(),
                href: link(&page.path, &format!("{}.html", custom.name)),
            })
            .collect(),
    }
}

/// What a line of a long list shows beside the title: what all its lines share need not be said.
#[derive(Clone, Copy)]
struct Shown {
    outlet: bool,
    time: Precision,
}

/// A part of a long list, and the file of its first part.
struct List<'a> {
    title: String,
    articles: &'a [ArticleId],
    part: &'a Part,
    first: &'a str,
    shown: Shown,
}

struct Maker<'site> {
    site: &'site Site<'site>,
    path: &'site str,
    dates: Dates,
}

impl Maker<'_> {
    fn page(&self, title: String) -> PageContext {
        let base = self.site.config.base_url.as_ref();
        PageContext {
            root: root(self.path),
            title,
            language: self.site.config.language.clone(),
            canonical: base.map(|base| absolute(base, self.path)),
            feed: None,
            description: String::new(),
            noindex: false,
        }
    }

    fn href(&self, path: &str) -> String {
        link(self.path, path)
    }

    fn entry(&self, id: ArticleId) -> &Entry {
        &self.site.entries[id as usize]
    }

    fn article_link(&self, id: ArticleId) -> Link {
        Link { title: self.entry(id).title.clone(), href: self.href(&self.site.map.article(id).path) }
    }

    fn article(&self, id: ArticleId, context: &mut Context) -> io::Result<&'static str> {
        let (site, entry, planned) = (self.site, self.entry(id), self.site.map.article(id));
        let outlet = entry.outlet.as_deref().and_then(|name| site.config.outlets.by_name(name));
        let mut page = self.page(entry.title.clone());
        page.language.clone_from(&entry.language);
        page.description = beginning(&entry.summary);
        page.noindex = !planned.is_current;
        let original_is_canonical = outlet.is_some_and(|outlet| outlet.canonical == Canonical::Original);
        if let Some(url) = entry.original_url.as_ref().filter(|_| original_is_canonical) {
            page.canonical = Some(url.clone());
        }
        let image = self.lead_picture(entry);
        let article = ArticleContext {
            title: &entry.title,
            outlet: entry.outlet.as_deref().and_then(|name| self.term_link(TaxonomyKind::Outlets, name)),
            authors: &entry.authors,
            date: entry.date.map(|at| self.dates.moment(at)),
            published: entry.published.map(|at| self.dates.moment(at)),
            updated: entry.updated.map(|at| self.dates.moment(at)),
            day_href: planned
                .day
                .filter(|_| planned.is_current)
                .map(|day| self.href(&format!("{}/index.html", day_folder(day)))),
            tags: entry.tags.iter().filter_map(|tag| self.term_link(TaxonomyKind::Tags, tag)).collect(),
            original: entry.original_url.as_deref().map(|url| Original { url, text: readable(url) }),
            minutes: entry.minutes,
            notice: outlet.and_then(|outlet| outlet.notice.as_deref()),
            newer: planned.newer.map(|id| self.article_link(id)),
            older: planned.older.map(|id| self.article_link(id)),
            versions: planned.versions.iter().map(|version| self.version(*version, id)).collect(),
            newest_version: planned
                .versions
                .first()
                .filter(|newest| **newest != id)
                .map(|newest| self.article_link(*newest)),
            json_ld: json_ld(entry, image.as_deref()),
            image,
        };
        context.insert("page", &page);
        context.insert("article", &article);
        context.insert("body", &fill(site, id, &(site.body)(id)?, Links::From(self.path)));
        Ok("article.html")
    }

    fn version(&self, id: ArticleId, this: ArticleId) -> VersionLink {
        let Link { title, href } = self.article_link(id);
        VersionLink { title, href, date: self.entry(id).date.map(|at| self.dates.moment(at)), is_this: id == this }
    }

    /// The largest size of the first picture that is shown, as an absolute URL.
    fn lead_picture(&self, entry: &Entry) -> Option<String> {
        let base = self.site.config.base_url.as_ref()?;
        let asset = entry.media.iter().find_map(|reference| self.site.gallery.asset(entry, reference))?;
        Some(absolute(base, &asset.variants.last()?.path()))
    }

    fn term_link(&self, kind: TaxonomyKind, name: &str) -> Option<Link> {
        let term = self.site.map.taxonomy(kind).term(name)?;
        Some(Link { title: term.title.clone(), href: self.href(&format!("{}/index.html", term_folder(kind, term))) })
    }

    fn listed(&self, id: ArticleId) -> Listed {
        let entry = self.entry(id);
        let Link { title, href } = self.article_link(id);
        let outlet = entry.outlet.as_deref().and_then(|name| self.site.map.outlets.term(name));
        Listed {
            title,
            href,
            outlet: outlet.map(|term| term.title.clone()),
            date: entry.date.map(|at| self.dates.moment(at)),
            summary: entry.summary.clone(),
            language: (entry.language != self.site.config.language).then(|| entry.language.clone()),
            picture: self.thumbnail(entry),
        }
    }

    fn thumbnail(&self, entry: &Entry) -> Option<Picture> {
        let asset = entry.media.iter().find_map(|reference| self.site.gallery.asset(entry, reference))?;
        let variant = asset.variants.first()?;
        Some(Picture { src: self.href(&variant.path()), width: variant.width, height: variant.height })
    }

    fn line(&self, id: ArticleId, shown: Shown) -> Line {
        let Link { title, href } = self.article_link(id);
        let outlet = self.entry(id).outlet.as_deref().and_then(|name| self.site.map.outlets.term(name));
        let time = self.entry(id).date.map(|at| self.dates.short(at, shown.time));
        Line { title, href, outlet: outlet.filter(|_| shown.outlet).map(|term| term.title.clone()), time }
    }

    fn all_listed(&self, ids: &[ArticleId]) -> Vec<Listed> {
        ids.iter().map(|id| self.listed(*id)).collect()
    }

    fn front(&self, context: &mut Context) -> &'static str {
        let map = self.site.map;
        let newest = &map.listing[..map.listing.len().min(NEWEST)];
        let groups: Vec<Group> = days(map, newest)
            .into_iter()
            .map(|(day, range)| Group {
                title: self.dates.day(day),
                href: self.href(&format!("{}/index.html", day_folder(day))),
                articles: self.all_listed(&newest[range]),
            })
            .collect();
        let mut page = self.page(self.site.config.title.clone());
        page.description.clone_from(&self.site.config.description);
        page.feed = self.site.config.base_url.is_some().then(|| "feed.xml".to_owned());
        context.insert("page", &page);
        context.insert("days", &groups);
        context.insert("years", &self.years());
        context.insert("undated", &map.undated.len());
        context.insert("outlets", &self.counted(&map.outlets, TaxonomyKind::Outlets));
        "index.html"
    }

    fn years(&self) -> Vec<Counted> {
        let mut years: Vec<(i32, usize)> = Vec::new();
        for ((year, _), range) in months(self.site.map, &self.site.map.listing) {
            match years.last_mut() {
                Some((last, count)) if *last == year => *count += range.len(),
                _ => years.push((year, range.len())),
            }
        }
        years
            .into_iter()
            .map(|(year, count)| Counted {
                title: self.dates.year(year),
                href: self.href(&format!("{year:04}/index.html")),
                count,
            })
            .collect()
    }

    fn counted(&self, taxonomy: &Taxonomy, kind: TaxonomyKind) -> Vec<Counted> {
        let count = |term: &crate::plan::Term| term.articles.len() + term.undated.len();
        taxonomy
            .terms
            .iter()
            .map(|term| Counted {
                title: term.title.clone(),
                href: self.href(&format!("{}/index.html", term_folder(kind, term))),
                count: count(term),
            })
            .collect()
    }

    fn year(&self, year: i32, context: &mut Context) -> &'static str {
        let map = self.site.map;
        let months = months(map, &map.listing).into_iter().filter(|((of, _), _)| *of == year);
        let items: Vec<Counted> = months
            .map(|((_, month), range)| Counted {
                title: self.dates.month(year, month),
                href: self.href(&format!("{year:04}/{month:02}/index.html")),
                count: range.len(),
            })
            .collect();
        self.index(self.dates.year(year), &items, &[], context)
    }

    fn month(&self, year: i32, month: u32, context: &mut Context) -> &'static str {
        use chrono::Datelike as _;
        let map = self.site.map;
        let days = days(map, &map.listing).into_iter().filter(|(day, _)| (day.year(), day.month()) == (year, month));
        let items: Vec<Counted> = days
            .map(|(day, range)| Counted {
                title: self.dates.day(day),
                href: self.href(&format!("{}/index.html", day_folder(day))),
                count: range.len(),
            })
            .collect();
        let up = vec![Link { title: self.dates.year(year), href: self.href(&format!("{year:04}/index.html")) }];
        self.index(self.dates.month(year, month), &items, &up, context)
    }

    fn terms(&self, kind: TaxonomyKind, context: &mut Context) -> &'static str {
        let title = if kind == TaxonomyKind::Tags { self.site.labels.tags } else { self.site.labels.outlets };
        let items = self.counted(self.site.map.taxonomy(kind), kind);
        self.index(title.to_owned(), &items, &[], context)
    }

    fn index(&self, title: String, items: &[Counted], up: &[Link], context: &mut Context) -> &'static str {
        context.insert("page", &self.page(title));
        context.insert("items", items);
        context.insert("up", up);
        "terms.html"
    }

    fn term(&self, kind: TaxonomyKind, at: usize, context: &mut Context) -> &'static str {
        let term = &self.site.map.taxonomy(kind).terms[at];
        let folder = term_folder(kind, term);
        let newest = &term.articles[..term.articles.len().min(NEWEST)];
        let months: Vec<Counted> = months(self.site.map, &term.articles)
            .into_iter()
            .map(|((year, month), range)| Counted {
                title: self.dates.month(year, month),
                href: self.href(&format!("{folder}/{year:04}-{month:02}.html")),
                count: range.len(),
            })
            .collect();
        let mut page = self.page(term.title.clone());
        page.feed = self.site.config.base_url.is_some().then(|| "feed.xml".to_owned());
        context.insert("page", &page);
        context.insert("articles", &self.all_listed(newest));
        context.insert("undated", &self.all_listed(&term.undated));
        context.insert("months", &months);
        context.insert("up", &self.up(kind));
        "term.html"
    }

    fn up(&self, kind: TaxonomyKind) -> Link {
        let title = if kind == TaxonomyKind::Tags { self.site.labels.tags } else { self.site.labels.outlets };
        Link { title: title.to_owned(), href: self.href(&format!("{}/index.html", kind.folder())) }
    }

    fn term_month(
        &self,
        kind: TaxonomyKind,
        at: usize,
        month: (i32, u32),
        part: &Part,
        context: &mut Context,
    ) -> &'static str {
        let term = &self.site.map.taxonomy(kind).terms[at];
        let first = format!("{}/{:04}-{:02}.html", term_folder(kind, term), month.0, month.1);
        let title = format!("{} · {}", term.title, self.dates.month(month.0, month.1));
        let shown = Shown { outlet: kind != TaxonomyKind::Outlets, time: Precision::Day };
        self.list(List { title, articles: &term.articles, part, first: &first, shown }, context)
    }

    fn day(&self, day: chrono::NaiveDate, part: &Part, context: &mut Context) -> &'static str {
        let first = format!("{}/index.html", day_folder(day));
        let shown = Shown { outlet: true, time: Precision::Time };
        self.list(
            List { title: self.dates.day(day), articles: &self.site.map.listing, part, first: &first, shown },
            context,
        )
    }

    fn undated(&self, part: &Part, context: &mut Context) -> &'static str {
        let (title, articles) = (self.site.labels.undated.to_owned(), &self.site.map.undated);
        let shown = Shown { outlet: true, time: Precision::Time };
        self.list(List { title, articles, part, first: "undated/index.html", shown }, context)
    }

    fn list(&self, list: List<'_>, context: &mut Context) -> &'static str {
        let List { title, articles, part, first, shown } = list;
        let neighbour = |number: usize| Link {
            title: format!("{} {number}", self.site.labels.part),
            href: self.href(&part_path(first, number)),
        };
        let mut page = self.page(title);
        page.noindex = part.number > 1;
        context.insert("page", &page);
        let lines: Vec<Line> = articles[part.range.clone()].iter().map(|id| self.line(*id, shown)).collect();
        context.insert("articles", &lines);
        // No total stands on a part: a new one changes its neighbour alone.
        context.insert("older", &(part.number > 1).then(|| neighbour(part.number - 1)));
        context.insert("newer", &(part.number < part.of).then(|| neighbour(part.number + 1)));
        "list.html"
    }

    fn choice(&self, at: usize, context: &mut Context) -> &'static str {
        let mut page = self.page(self.site.labels.several.to_owned());
        page.noindex = true;
        context.insert("page", &page);
        context.insert("articles", &self.all_listed(&self.site.map.choices[at].articles));
        "choice.html"
    }

    fn custom(&self, at: usize, context: &mut Context) -> &'static str {
        let custom = &self.site.customs[at];
        let mut page = self.page(custom.entry.title.clone());
        page.language.clone_from(&custom.entry.language);
        page.description.clone_from(&custom.entry.summary);
        context.insert("page", &page);
        let links = Links::From(self.path);
        context.insert("body", &super::body::fill_entry(self.site, &custom.entry, &custom.body, links));
        "page.html"
    }

    /// A server shows it at any depth, where relative links lead astray: the way home is absolute if it can be.
    fn not_found(&self, context: &mut Context) -> &'static str {
        let home = self.site.config.base_url.as_ref().map(|base| absolute(base, "index.html"));
        context.insert("home", &home.unwrap_or_else(|| "index.html".to_owned()));
        let mut page = self.page(self.site.labels.not_found.to_owned());
        page.noindex = true;
        page.canonical = None;
        context.insert("page", &page);
        "404.html"
    }
}

/// A search engine shows so many characters of a description.
const DESCRIPTION: usize = 40;

/// The beginning of a summary, for the page's head: the text itself is in the page.
fn beginning(summary: &str) -> String {
    let weight = |c: char| if c.is_ascii() { 1 } else { 2 };
    let mut left = 2 * DESCRIPTION;
    let end = summary.char_indices().find(|(_, c)| {
        let is_over = left < weight(*c);
        left = left.saturating_sub(weight(*c));
        is_over
    });
    end.map_or_else(|| summary.to_owned(), |(end, _)| format!("{}…", summary[..end].trim_end()))
}

/// An address without scheme and percent signs, as a person would read it aloud.
fn readable(url: &str) -> String {
    let bare = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    let text = percent_encoding::percent_decode_str(bare).decode_utf8_lossy();
    if text.chars().count() <= 80 {
        return text.into_owned();
    }
    format!("{}…", text.chars().take(79).collect::<String>())
}

/// <https://schema.org/NewsArticle>, without what the head says already; `<` is escaped, so that no title can end the script element.
fn json_ld(entry: &Entry, image: Option<&str>) -> String {
    let mut value =
        serde_json::json!({ "@context": "https://schema.org", "@type": "NewsArticle", "headline": entry.title });
    let Some(map) = value.as_object_mut() else { return String::new() };
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into();
    if let Some(published) = entry.published.or(entry.date) {
        map.insert("datePublished".into(), time(published));
    }
    if let Some(updated) = entry.updated {
        map.insert("dateModified".into(), time(updated));
    }
    if !entry.authors.is_empty() {
        let people = entry.authors.iter().map(|name| serde_json::json!({ "@type": "Person", "name": name })).collect();
        map.insert("author".into(), serde_json::Value::Array(people));
    }
    if let Some(image) = image {
        map.insert("image".into(), image.into());
    }
    value.to_string().replace('<', "\\u003c")
}
