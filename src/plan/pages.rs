//! The pages around the articles: indexes, archives by the calendar, feeds, sitemaps.
//!
//! Lists are cut by the calendar, the site's by day, an outlet's and a tag's by month, and inside by parts of
//! [`PART`], the oldest first: so a new article changes the last part of its day and of its terms' months, and no
//! older list ever moves.

use std::ops::Range;
use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};

use super::custom::NOT_FOUND;
use super::{ArticleId, Own, SiteMap, TaxonomyKind, Term};
use crate::config::{Canonical, Config};
use crate::digits;
use crate::parse::Entry;

/// So many articles are on one page of a list.
pub const PART: usize = 100;

/// An index shows so many of the newest articles.
pub const NEWEST: usize = 50;

/// A page of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its output file, from the site's folder.
    pub path: String,
    /// What it shows.
    pub kind: PageKind,
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageKind {
    /// An article.
    Article(ArticleId),
    /// The notice that an article is withdrawn, by the number of the rule.
    Withdrawn(u32),
    /// Links to the articles that meet on an address: a number in [`SiteMap::choices`].
    Choice(usize),
    /// The front page.
    Front,
    /// A year: its months.
    Year(i32),
    /// A month: its days.
    Month(i32, u32),
    /// A day: a part of its articles.
    Day(NaiveDate, Part),
    /// Articles without a date.
    Undated(Part),
    /// All terms of a taxonomy.
    Terms(TaxonomyKind),
    /// A term: its newest articles and its months.
    Term(TaxonomyKind, usize),
    /// A term's month: a part of its articles.
    TermMonth(TaxonomyKind, usize, (i32, u32), Part),
    /// A page of the site's own, that is no article: a number among them.
    Custom(usize),
    /// What a server shows for an address that leads nowhere.
    NotFound(Option<usize>),
    /// RSS.
    Feed(FeedOf),
    /// The index of the sitemaps.
    SitemapIndex,
    /// A part of what crawlers may find.
    Sitemap(SitemapOf, Part),
    /// For crawlers.
    Robots,
}

impl PageKind {
    /// Whether sitemaps name it, beside the articles: lists by day and month lead crawlers to nothing new.
    pub fn is_index(&self) -> bool {
        matches!(self, Self::Front | Self::Year(_) | Self::Terms(_) | Self::Term(..) | Self::Custom(_))
    }
}

/// Of what a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedOf {
    /// The whole site.
    Site,
    /// A term.
    Term(TaxonomyKind, usize),
}

/// What the addresses of a sitemap lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SitemapOf {
    /// The articles of a year.
    Year(i32),
    /// Articles without a date.
    Undated,
    /// Pages that are no articles: [indexes](PageKind::is_index).
    Indexes,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1, the oldest first.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Which articles of the list (newest first) it holds.
    pub range: Range<usize>,
}

/// Sitemaps may hold 50,000 URLs; ours stay under this.
const SITEMAP_URLS: usize = 45_000;

/// Every page that is no article and that the site has of itself, in a fixed order.
pub(super) fn fixed(entries: &[Arc<Entry>], map: &SiteMap, own: &Own<'_>, config: &Config) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut push = |path: String, kind: PageKind| pages.push(Page { path, kind });
    push("index.html".to_owned(), PageKind::Front);
    if !own.has_not_found() {
        push(NOT_FOUND.to_owned(), PageKind::NotFound(None));
    }
    calendar(map, &mut push);
    for part in parts(0..map.undated.len(), PART) {
        push(format!("undated/{}", numbered("index", part.number)), PageKind::Undated(part));
    }
    for kind in [TaxonomyKind::Outlets, TaxonomyKind::Tags] {
        taxonomy(map, kind, config, &mut push);
    }
    if config.base_url.is_some() {
        push("feed.xml".to_owned(), PageKind::Feed(FeedOf::Site));
    }
    // What the site itself says to crawlers stands for what we would.
    if !own.has_static("robots.txt") {
        push("robots.txt".to_owned(), PageKind::Robots);
    }
    if config.base_url.is_some() {
        let indexes = pages.iter().filter(|page| page.kind.is_index()).count() + own.customs.len();
        let is_indexed = |id: &ArticleId| is_indexed(&entries[*id as usize], config);
        pages.extend(sitemaps(map, indexes, is_indexed));
    }
    pages
}

/// `index.html`, `index-2.html` …
pub(super) fn numbered(name: &str, number: usize) -> String {
    if number == 1 { format!("{name}.html") } else { format!("{name}-{number}.html") }
}

/// The file of a list's part, given the file of its first.
pub fn part_path(first: &str, number: usize) -> String {
    numbered(first.strip_suffix(".html").unwrap_or(first), number)
}

/// Cuts a range of a newest-first list into parts, the oldest first and full.
pub fn parts(range: Range<usize>, size: usize) -> Vec<Part> {
    let of = range.len().div_ceil(size);
    (0..of)
        .map(|at| {
            let end = range.end - at * size;
            Part { number: at + 1, of, range: end.saturating_sub(size).max(range.start)..end }
        })
        .collect()
}

/// Cuts a newest-first list where its key changes.
pub fn runs<K: PartialEq>(list: &[ArticleId], key: impl Fn(ArticleId) -> K) -> Vec<(K, Range<usize>)> {
    let mut out: Vec<(K, Range<usize>)> = Vec::new();
    for (at, id) in list.iter().enumerate() {
        let key = key(*id);
        match out.last_mut() {
            Some((last, range)) if *last == key => range.end = at + 1,
            _ => out.push((key, at..at + 1)),
        }
    }
    out
}

/// The months of a list, newest first.
pub fn months(map: &SiteMap, list: &[ArticleId]) -> Vec<((i32, u32), Range<usize>)> {
    runs(list, |id| map.article(id).day.map_or((0, 0), |day| (day.year(), day.month())))
}

/// The days of a list, newest first.
pub fn days(map: &SiteMap, list: &[ArticleId]) -> Vec<(NaiveDate, Range<usize>)> {
    runs(list, |id| map.article(id).day.unwrap_or_default())
}

/// The folder of a day's pages, its slash included.
fn day_folder(day: NaiveDate) -> String {
    let mut folder = String::with_capacity("2021/12/17/index.html".len());
    digits::push_year(&mut folder, day.year());
    for number in [day.month(), day.day()] {
        folder.push('/');
        digits::push(&mut folder, number, 2);
    }
    folder.push('/');
    folder
}

/// The first page of a day's list.
pub fn day_index(day: NaiveDate) -> String {
    day_folder(day) + "index.html"
}

/// The folder of a term's pages.
pub fn term_folder(kind: TaxonomyKind, term: &Term) -> String {
    [kind.folder(), "/", &term.slug].concat()
}

/// The index of a term.
pub fn term_index(kind: TaxonomyKind, term: &Term) -> String {
    [kind.folder(), "/", &term.slug, "/index.html"].concat()
}

fn calendar(map: &SiteMap, push: &mut impl FnMut(String, PageKind)) {
    let mut open: Option<(i32, u32)> = None;
    for (day, range) in &map.days {
        let (year, month) = (day.year(), day.month());
        if open.is_none_or(|(last, _)| last != year) {
            push(format!("{year:04}/index.html"), PageKind::Year(year));
        }
        if open != Some((year, month)) {
            push(format!("{year:04}/{month:02}/index.html"), PageKind::Month(year, month));
        }
        open = Some((year, month));
        for part in parts(range.clone(), PART) {
            push(day_folder(*day) + &numbered("index", part.number), PageKind::Day(*day, part));
        }
    }
}

fn taxonomy(map: &SiteMap, kind: TaxonomyKind, config: &Config, push: &mut impl FnMut(String, PageKind)) {
    push(format!("{}/index.html", kind.folder()), PageKind::Terms(kind));
    for (at, term) in map.taxonomy(kind).terms.iter().enumerate() {
        let folder = term_folder(kind, term);
        push(term_index(kind, term), PageKind::Term(kind, at));
        for ((year, month), range) in months(map, &term.articles) {
            for part in parts(range, PART) {
                let name = numbered(&format!("{year:04}-{month:02}"), part.number);
                push(format!("{folder}/{name}"), PageKind::TermMonth(kind, at, (year, month), part));
            }
        }
        if config.base_url.is_some() {
            push(format!("{folder}/feed.xml"), PageKind::Feed(FeedOf::Term(kind, at)));
        }
    }
}

/// Whether an article's page is offered for indexing: one that names another as canonical is not.
pub(crate) fn is_indexed(entry: &Entry, config: &Config) -> bool {
    let outlet = entry.outlet.as_deref().and_then(|name| config.outlets.by_name(name));
    entry.original_url.is_none() || outlet.is_none_or(|outlet| outlet.canonical == Canonical::Mirror)
}

/// The articles of a sitemap's part.
pub(crate) fn articles_of_sitemap<'map>(map: &'map SiteMap, of: SitemapOf, part: &Part) -> &'map [ArticleId] {
    match of {
        SitemapOf::Year(_) => &map.listing[part.range.clone()],
        SitemapOf::Undated => &map.undated[part.range.clone()],
        SitemapOf::Indexes => &[],
    }
}

/// The index of the sitemaps and those under it, none of them empty. `indexes` may be one too many: a page for what is not found is none.
fn sitemaps(map: &SiteMap, indexes: usize, is_indexed: impl Fn(&ArticleId) -> bool) -> Vec<Page> {
    let years = runs(&map.listing, |id| map.article(id).day.map_or(0, |day| day.year()));
    let years = years.into_iter().rev().map(|(year, range)| (format!("{year:04}"), SitemapOf::Year(year), range));
    let rest = [
        ("undated".to_owned(), SitemapOf::Undated, 0..map.undated.len()),
        ("pages".to_owned(), SitemapOf::Indexes, 0..indexes),
    ];
    let holds_any = |of: SitemapOf, part: &Part| {
        of == SitemapOf::Indexes || articles_of_sitemap(map, of, part).iter().any(&is_indexed)
    };
    let under = years.chain(rest).flat_map(|(name, of, range)| {
        let page = move |part: Part| Page { path: sitemap_name(&name, part.number), kind: PageKind::Sitemap(of, part) };
        let parts = parts(range, SITEMAP_URLS).into_iter().filter(|part| holds_any(of, part));
        parts.map(page).collect::<Vec<_>>()
    });
    [Page { path: "sitemap.xml".to_owned(), kind: PageKind::SitemapIndex }].into_iter().chain(under).collect()
}

fn sitemap_name(of: &str, part: usize) -> String {
    if part == 1 { format!("sitemap-{of}.xml") } else { format!("sitemap-{of}-{part}.xml") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_full_from_the_oldest() {
        // 250 articles, newest first: the oldest hundred are the last of the range.
        let ranges: Vec<_> = parts(0..250, 100).into_iter().map(|part| part.range).collect();
        assert_eq!(ranges, [150..250, 50..150, 0..50]);
        assert!(parts(3..3, 100).is_empty());
    }

    #[test]
    fn no_sitemap_is_too_long() {
        let pages = sitemaps(&SiteMap::default(), 100_000, |_| true);
        let paths: Vec<_> = pages.iter().map(|page| page.path.as_str()).collect();
        assert_eq!(paths, ["sitemap.xml", "sitemap-pages.xml", "sitemap-pages-2.xml", "sitemap-pages-3.xml"]);
        let lengths = pages.iter().filter_map(|page| match &page.kind {
            PageKind::Sitemap(SitemapOf::Indexes, part) => Some(part.range.len()),
            _ => None,
        });
        assert_eq!(lengths.collect::<Vec<_>>(), [45_000, 45_000, 10_000]);
    }
}
