//! What indexes and lists show.

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;
use tera::Context;

use super::calendar::days_beside;
use super::{Link, Maker};
use crate::media::Variant;
use crate::parse::Entry;
use crate::plan::pages::{NEWEST, day_index, days, months, part_path, term_folder};
use crate::plan::{ArticleId, Part, SiteMap, TaxonomyKind, Term};
use crate::render::Site;
use crate::render::labels::{Moment, Precision};

/// A link with a count of articles.
#[derive(Serialize)]
pub(super) struct Counted<'a> {
    pub(super) title: Cow<'a, str>,
    pub(super) href: String,
    pub(super) count: usize,
    /// Articles by month, as the points of a line in a box of [`SPARK`].
    pub(super) spark: Option<String>,
}

/// The box of a spark line, and so many months it shows.
const SPARK: (usize, usize) = (96, 16);
const SPARK_MONTHS: usize = 25;

/// A term of fewer articles has no line.
const SPARK_ARTICLES: usize = 3;

/// How many articles a term has in each of the site's newest months, oldest first.
pub(crate) fn counts_by_month(map: &SiteMap, term: &Term) -> Vec<usize> {
    let mut counts: Vec<usize> = map
        .months
        .iter()
        .take(SPARK_MONTHS)
        .map(|((year, month), _)| {
            let key = |id: &ArticleId| map.article(*id).day.map_or((0, 0), |day| (day.year(), day.month()));
            let start = term.articles.partition_point(|id| key(id) > (*year, *month));
            let end = term.articles.partition_point(|id| key(id) >= (*year, *month));
            end - start
        })
        .collect();
    counts.reverse();
    counts
}

fn spark(counts: &[usize]) -> Option<String> {
    let most = counts.iter().copied().max().filter(|most| *most > 0 && counts.len() > 2)?;
    let (width, height) = SPARK;
    let points = counts
        .iter()
        .enumerate()
        .map(|(at, count)| format!("{},{}", at * width / (counts.len() - 1), height - count * height / most));
    Some(points.collect::<Vec<_>>().join(" "))
}

/// The article that leads the front page: the newest of a few that has a large picture, else the newest.
pub(crate) fn lead(site: &Site<'_>) -> Option<ArticleId> {
    let is_wide = |id: &&ArticleId| {
        site.gallery.lead(&site.entries[**id as usize]).is_some_and(|picture| picture.width >= LEAD_WIDTH)
    };
    let listing = &site.map.listing;
    listing.iter().take(LEAD_AMONG).find(is_wide).or(listing.first()).copied()
}

/// The lead is looked for among so many of the newest, and its picture is at least so wide, in pixels.
const LEAD_AMONG: usize = 12;
const LEAD_WIDTH: u32 = 480;

/// An article in a list.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    title: Cow<'a, str>,
    href: String,
    outlet: Option<&'a str>,
    date: Option<Moment>,
    summary: &'a str,
    language: Option<&'a str>,
    picture: Option<Picture>,
}

#[derive(Serialize)]
struct Picture {
    src: String,
    width: u32,
    height: u32,
    /// All its sizes, where it is shown large.
    srcset: Option<String>,
}

/// An article in a long list: a line.
#[derive(Serialize)]
struct Line<'a> {
    title: Cow<'a, str>,
    href: String,
    /// Where the list is of more than one outlet.
    outlet: Option<&'a str>,
    /// The time of a day, or the day of a month.
    time: Option<String>,
    /// Where it is another than the site's, not only another script.
    language: Option<&'a str>,
}

/// A day and its newest articles.
#[derive(Serialize)]
struct Group<'a> {
    title: String,
    href: String,
    articles: Vec<Listed<'a>>,
}

/// What a line of a long list shows beside the title: what all its lines share need not be said.
#[derive(Clone, Copy)]
struct Beside {
    outlet: bool,
    time: Precision,
}

/// A part of a long list, and the file of its first part.
struct List<'a> {
    title: String,
    articles: &'a [ArticleId],
    part: &'a Part,
    first: &'a str,
    shown: Beside,
    /// What it is a part of.
    up: Option<Link<'a>>,
    /// The lists before and after it, if it has any.
    beside: [Option<Link<'a>>; 2],
}

impl<'site> Maker<'site> {
    fn listed(&self, id: ArticleId) -> Listed<'site> {
        let entry = self.entry(id);
        let Link { title, href, .. } = self.article_link(id);
        Listed {
            title,
            href,
            outlet: self.outlet(entry).map(|term| term.title.as_str()),
            date: entry.date.map(|at| self.dates.moment(at)),
            summary: &entry.summary,
            language: (entry.language != self.site.config.language).then_some(&entry.language),
            picture: self.thumbnail(entry),
        }
    }

    fn thumbnail(&self, entry: &Entry) -> Option<Picture> {
        let variant = self.site.gallery.lead(entry)?.variants.first()?;
        Some(Picture { src: self.href(&variant.path()), width: variant.width, height: variant.height, srcset: None })
    }

    /// The article that leads, its picture in all its sizes.
    fn leading(&self, id: ArticleId) -> Listed<'site> {
        let mut listed = self.listed(id);
        if let (Some(picture), Some(shown)) = (self.site.gallery.lead(self.entry(id)), &mut listed.picture) {
            let of = |variant: &Variant| format!("{} {}w", self.href(&variant.path()), variant.width);
            shown.srcset = Some(picture.variants.iter().map(of).collect::<Vec<_>>().join(", "));
            if let Some(largest) = picture.variants.last() {
                (shown.width, shown.height) = (largest.width, largest.height);
            }
        }
        listed
    }

    fn line(&self, id: ArticleId, shown: Beside) -> Line<'site> {
        let Link { title, href, language } = self.article_link(id);
        let entry = self.entry(id);
        let outlet = if shown.outlet { self.outlet(entry) } else { None };
        let time = entry.date.and_then(|at| self.dates.short(at, shown.time));
        Line { title, href, outlet: outlet.map(|term| term.title.as_str()), time, language }
    }

    pub(super) fn all_listed(&self, ids: &[ArticleId]) -> Vec<Listed<'site>> {
        ids.iter().map(|id| self.listed(*id)).collect()
    }

    pub(super) fn front(&self, context: &mut Context) {
        let map = self.site.map;
        let newest = &map.listing[..map.listing.len().min(NEWEST)];
        let lead = lead(self.site);
        let groups: Vec<Group<'_>> = days(map, newest)
            .into_iter()
            .map(|(day, range)| Group {
                title: self.dates.day(day),
                href: self.href(&day_index(day)),
                articles: newest[range].iter().filter(|id| Some(**id) != lead).map(|id| self.listed(*id)).collect(),
            })
            .filter(|group| !group.articles.is_empty())
            .collect();
        let mut page = self.page(&self.site.config.title);
        page.description = Cow::Borrowed(&self.site.config.description);
        page.feed = self.site.config.base_url.is_some().then_some("feed.xml");
        context.insert("page", &page);
        context.insert("lead", &lead.map(|id| self.leading(id)));
        context.insert("days", &groups);
        context.insert("years", &self.years());
        context.insert("undated", &map.undated.len());
        context.insert("outlets", &self.counted(TaxonomyKind::Outlets));
    }

    fn years(&self) -> Vec<Counted<'site>> {
        let years = self.site.map.months.chunk_by(|((a, _), _), ((b, _), _)| a == b);
        years
            .map(|months| {
                let year = months[0].0.0;
                Counted {
                    title: self.dates.year(year).into(),
                    href: self.href(&format!("{year:04}/index.html")),
                    count: months.iter().map(|(_, range)| range.len()).sum(),
                    spark: None,
                }
            })
            .collect()
    }

    fn counted(&self, kind: TaxonomyKind) -> Vec<Counted<'site>> {
        let count = |term: &Term| term.articles.len() + term.undated.len();
        let terms = self.site.map.taxonomy(kind).terms.iter();
        terms
            .map(|term| {
                let Link { title, href, .. } = self.term_link(kind, term);
                // Of a few there is no course.
                let has_course = count(term) >= SPARK_ARTICLES;
                let spark = if has_course { spark(&counts_by_month(self.site.map, term)) } else { None };
                Counted { title, href, count: count(term), spark }
            })
            .collect()
    }

    pub(super) fn terms(&self, kind: TaxonomyKind, context: &mut Context) {
        context.insert("page", &self.page(self.taxonomy_title(kind)));
        context.insert("items", &self.counted(kind));
        context.insert("up", &[] as &[Link<'_>]);
    }

    fn taxonomy_title(&self, kind: TaxonomyKind) -> &'site str {
        if kind == TaxonomyKind::Tags { self.site.labels.tags } else { self.site.labels.outlets }
    }

    pub(super) fn term(&self, kind: TaxonomyKind, at: usize, context: &mut Context) {
        let term = &self.site.map.taxonomy(kind).terms[at];
        let folder = term_folder(kind, term);
        let newest = &term.articles[..term.articles.len().min(NEWEST)];
        let months: Vec<Counted<'_>> = months(self.site.map, &term.articles)
            .into_iter()
            .map(|((year, month), range)| Counted {
                title: self.dates.month(year, month).into(),
                href: self.href(&format!("{folder}/{year:04}-{month:02}.html")),
                count: range.len(),
                spark: None,
            })
            .collect();
        let mut page = self.page(&term.title);
        page.feed = self.site.config.base_url.is_some().then_some("feed.xml");
        context.insert("page", &page);
        let mut lists = [newest, &term.undated].map(|ids| self.all_listed(ids));
        if kind == TaxonomyKind::Outlets {
            // What all of them share need not be said.
            lists.iter_mut().flatten().for_each(|listed| listed.outlet = None);
        }
        context.insert("articles", &lists[0]);
        context.insert("undated", &lists[1]);
        context.insert("months", &months);
        context.insert("up", &self.up(kind));
    }

    fn up(&self, kind: TaxonomyKind) -> Link<'site> {
        self.link(self.taxonomy_title(kind), &format!("{}/index.html", kind.folder()))
    }

    pub(super) fn term_month(
        &self,
        kind: TaxonomyKind,
        at: usize,
        month: (i32, u32),
        part: &Part,
        context: &mut Context,
    ) {
        let term = &self.site.map.taxonomy(kind).terms[at];
        let first = format!("{}/{:04}-{:02}.html", term_folder(kind, term), month.0, month.1);
        let title = format!("{} · {}", term.title, self.dates.month(month.0, month.1));
        let shown = Beside { outlet: kind != TaxonomyKind::Outlets, time: Precision::Day };
        let up = Some(self.term_link(kind, term));
        self.list(
            List { title, articles: &term.articles, part, first: &first, shown, up, beside: [None, None] },
            context,
        );
    }

    pub(super) fn day(&self, day: NaiveDate, part: &Part, context: &mut Context) {
        let first = day_index(day);
        let shown = Beside { outlet: true, time: Precision::Time };
        let (title, articles) = (self.dates.day(day), &self.site.map.listing);
        let up = Some(self.month_link((day.year(), day.month())));
        let beside = days_beside(self.site.map, day).map(|day| day.map(|day| self.day_link(day)));
        self.list(List { title, articles, part, first: &first, shown, up, beside }, context);
    }

    fn day_link(&self, day: NaiveDate) -> Link<'site> {
        self.link(self.dates.day(day), &day_index(day))
    }

    pub(super) fn undated(&self, part: &Part, context: &mut Context) {
        let (title, articles) = (self.site.labels.undated.to_owned(), &self.site.map.undated);
        let shown = Beside { outlet: true, time: Precision::Time };
        let first = "undated/index.html";
        self.list(List { title, articles, part, first, shown, up: None, beside: [None, None] }, context);
    }

    fn list(&self, list: List<'_>, context: &mut Context) {
        let List { title, articles, part, first, shown, up, beside: [older, newer] } = list;
        let labels = self.site.labels;
        let neighbour = |number: usize| self.link(labels.numbered(number), &part_path(first, number));
        // The first part is the list: it is titled as if it were alone.
        let title = if part.number > 1 { format!("{title} · {}", labels.numbered(part.number)) } else { title };
        let mut page = self.page(title);
        page.noindex = part.number > 1;
        context.insert("page", &page);
        let lines: Vec<Line<'_>> = articles[part.range.clone()].iter().map(|id| self.line(*id, shown)).collect();
        context.insert("articles", &lines);
        // No total stands on a part: a new one changes its neighbour alone.
        context.insert("older", &if part.number > 1 { Some(neighbour(part.number - 1)) } else { older });
        context.insert("newer", &if part.number < part.of { Some(neighbour(part.number + 1)) } else { newer });
        context.insert("up", &up);
    }
}
