//! Every [`Entry`] → the [`SiteMap`]: each page that the site has, its address, what it shows.
//!
//! [`plan`] is the entry point:
//!
//! 0. [`withdraw`]: what is taken out, which the pictures' stage, too, must know;
//! 1. [`addresses::find_versions`], and the listing: current articles, newest first;
//! 2. [`taxonomy`]: outlets and tags;
//! 3. [`pages`]: archives by the calendar, indexes, feeds, sitemaps, which no article may displace;
//! 4. [`custom`]: pages of the site's own;
//! 5. [`addresses::assign`]: permalinks, collisions;
//! 6. each article's neighbours, and [`related`] ones: older articles on the same subjects.
//!
//! Nothing here knows templates or bytes, and nothing in an address depends on what an earlier build did.

pub mod addresses;
pub mod custom;
pub mod pages;
pub mod permalink;
mod related;
pub mod relative;
pub mod slug;
pub(crate) mod taken;
pub mod taxonomy;
pub mod withdraw;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostics::Diagnostic;
use crate::parse::{Entry, UrlKey};
pub use addresses::Choice;
pub use custom::{CustomName, NOT_FOUND, Own};
pub use pages::{FeedOf, Page, PageKind, Part, SitemapOf};
use taken::{Taken, folded};
pub use taxonomy::{Taxonomy, TaxonomyKind, Term};
use withdraw::Withdrawn;

/// An article's number among all entries.
pub type ArticleId = u32;

/// Every page that the site has.
#[derive(Debug, Default)]
pub struct SiteMap {
    /// Where each article is, in the order of the entries.
    pub articles: Vec<Planned>,
    /// Current dated articles, newest first.
    pub listing: Vec<ArticleId>,
    /// The days of the listing, newest first, and which part of it each is.
    pub days: Vec<(NaiveDate, Range<usize>)>,
    /// Its months likewise: year, month.
    pub months: Vec<((i32, u32), Range<usize>)>,
    /// Current undated articles, by title.
    pub undated: Vec<ArticleId>,
    /// Outlets.
    pub outlets: Taxonomy,
    /// Tags.
    pub tags: Taxonomy,
    /// Addresses on which several articles meet.
    pub choices: Vec<Choice>,
    /// Where each of the site's own pages is, in their order.
    pub customs: Vec<String>,
    /// Every page, articles last and in the order of their addresses, for it costs a file system less to make a folder's
    /// files one after another.
    pub pages: Vec<Page>,
    /// The current article of each original.
    pub by_original: HashMap<UrlKey, ArticleId>,
}

/// An article's place in the site.
#[derive(Debug, Default, Clone)]
pub struct Planned {
    /// Its output file, from the site's folder.
    pub path: String,
    /// Its day in the site's zone.
    pub day: Option<NaiveDate>,
    /// The next newer article of its outlet.
    pub newer: Option<ArticleId>,
    /// The next older article of its outlet.
    pub older: Option<ArticleId>,
    /// All versions of it, newest first; empty where it is the only one.
    pub versions: Arc<[ArticleId]>,
    /// Its place among these.
    pub version: u32,
    /// Older articles that share most of its tags, and of those the nearest.
    pub related: Vec<ArticleId>,
    /// Whether it is the newest version of itself: older ones are neither listed nor indexed, nor are withdrawn ones.
    pub is_current: bool,
    /// The number of the rule that withdraws it.
    pub withdrawn: Option<u32>,
}

/// So many versions are named on the page of each: one that was saved every hour has thousands.
const MOST_VERSIONS: usize = 50;

impl Planned {
    /// The versions that the page of one names: those about it, and the newest. From page to page they lead to all.
    pub fn versions_about(&self) -> impl Iterator<Item = ArticleId> {
        let place = self.version as usize;
        let last_start = self.versions.len().saturating_sub(MOST_VERSIONS);
        let start = place.saturating_sub(MOST_VERSIONS / 2).min(last_start);
        let end = self.versions.len().min(start + MOST_VERSIONS);
        let newest = self.versions.first().filter(|_| start > 0);
        newest.into_iter().chain(&self.versions[start..end]).copied()
    }

    /// Whether it is not shown.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn.is_some()
    }
}

impl SiteMap {
    /// Whether any article is listed.
    pub fn has_articles(&self) -> bool {
        !self.listing.is_empty() || !self.undated.is_empty()
    }

    /// The taxonomy of a kind.
    pub fn taxonomy(&self, kind: TaxonomyKind) -> &Taxonomy {
        match kind {
            TaxonomyKind::Outlets => &self.outlets,
            TaxonomyKind::Tags => &self.tags,
        }
    }

    /// An article's place.
    pub fn article(&self, id: ArticleId) -> &Planned {
        &self.articles[id as usize]
    }
}

/// Plans the site. `withdrawn` is what [`withdraw::find`] says, `own` what the site has beside its articles.
pub fn plan(
    entries: &[Arc<Entry>],
    withdrawn: &Withdrawn,
    own: &Own<'_>,
    config: &Config,
) -> (SiteMap, Vec<Diagnostic>) {
    let day = |entry: &Entry| entry.date.map(|date| date.with_timezone(&config.timezone).date_naive());
    let planned = |(entry, withdrawn): (&Arc<Entry>, &Option<u32>)| Planned {
        day: day(entry),
        withdrawn: *withdrawn,
        ..Planned::default()
    };
    let articles = entries.par_iter().zip(&withdrawn.rules).map(planned).collect();
    let mut map = SiteMap { articles, ..SiteMap::default() };
    addresses::find_versions(entries, &mut map);
    list(entries, &mut map);
    (map.outlets, map.tags) =
        rayon::join(|| taxonomy::outlets(entries, &map, config), || taxonomy::tags(entries, &map));
    let mut fixed = pages::fixed(entries, &map, own, config);
    let mut taken = Taken::of(fixed.iter().map(|page| page.path.as_str()));
    let own_files = ["robots.txt", NOT_FOUND].into_iter().filter(|path| own.has_static(path));
    for path in own_files.chain(own.assets.iter().copied()) {
        taken.take(&folded(path));
    }
    own.statics.iter().for_each(|path| taken.keep_clear(&folded(path)));
    let (customs, mut diagnostics) = custom::pages(&own.customs, &mut taken);
    map.customs = customs.iter().map(|page| page.path.clone()).collect();
    fixed.extend(customs);
    diagnostics.extend(addresses::assign(entries, &mut map, taken, own, config));
    diagnostics.extend_from_slice(&withdrawn.idle);
    find_neighbours(&mut map);
    related::find(&mut map);
    let choices = map.choices.iter().enumerate();
    let choices = choices.map(|(at, choice)| Page { path: choice.path.clone(), kind: PageKind::Choice(at) });
    let mut pages: Vec<Page> = fixed.into_iter().chain(choices).collect();
    let first = pages.len();
    pages.par_extend((0..id_of(entries.len())).into_par_iter().filter_map(|id| article_page(&map, id, config)));
    pages[first..].par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    map.pages = pages;
    (map, diagnostics)
}

/// An article's page; a notice, or nothing, where it is withdrawn.
fn article_page(map: &SiteMap, id: ArticleId, config: &Config) -> Option<Page> {
    let planned = map.article(id);
    let kind = match planned.withdrawn {
        None => PageKind::Article(id),
        Some(rule) => config.withdrawals[rule as usize].notice.then_some(PageKind::Withdrawn(rule))?,
    };
    Some(Page { path: planned.path.clone(), kind })
}

/// Articles are numbered in 32 bits: four thousand million of them.
pub(crate) fn id_of(index: usize) -> ArticleId {
    ArticleId::try_from(index).unwrap_or(ArticleId::MAX)
}

fn list(entries: &[Arc<Entry>], map: &mut SiteMap) {
    let entry = |id: &ArticleId| &entries[*id as usize];
    let current = (0..id_of(entries.len())).filter(|id| map.article(*id).is_current);
    let (mut listing, mut undated) = (Vec::new(), Vec::new());
    for id in current {
        // Beside the number, so that sorting need not look at the entries.
        match entry(&id).date {
            Some(date) => listing.push((Reverse(date), id)),
            None => undated.push(id),
        }
    }
    listing.par_sort_unstable_by(|(a_date, a), (b_date, b)| {
        a_date.cmp(b_date).then_with(|| entry(a).source.cmp(&entry(b).source))
    });
    undated.sort_by(|a, b| entry(a).title.cmp(&entry(b).title).then_with(|| entry(a).source.cmp(&entry(b).source)));
    map.listing = listing.into_iter().map(|(_, id)| id).collect();
    map.undated = undated;
    map.days = pages::days(map, &map.listing);
    map.months = pages::months(map, &map.listing);
}

/// A reader goes on within an outlet.
fn find_neighbours(map: &mut SiteMap) {
    for term in &map.outlets.terms {
        for pair in term.articles.windows(2) {
            if let [newer, older] = *pair {
                map.articles[newer as usize].older = Some(older);
                map.articles[older as usize].newer = Some(newer);
            }
        }
    }
}
