//! What templates are given: plain values, ready to be shown. `THEMES.md` is this file in prose.
//!
//! [`of`] chooses by a page's kind; [`article`] makes what an article's page shows, [`lists`] what indexes and lists do,
//! [`calendar`] the archive by date.

mod article;
pub(crate) mod calendar;
pub(crate) mod lists;

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use tera::{Context, Value};

use super::Site;
use super::body::Links;
use super::labels::Dates;
use super::theme::Theme;
use crate::config::{Config, LinkTable, NavTable};
use crate::parse::Entry;
use crate::plan::pages::term_index;
use crate::plan::relative::{absolute, encoded, link, root};
use crate::plan::{ArticleId, NOT_FOUND, Page, PageKind, SiteMap, TaxonomyKind, Term};

/// `site`: the same on every page.
#[derive(Serialize)]
struct SiteContext<'a> {
    title: &'a str,
    description: &'a str,
    language: &'a str,
    has_feeds: bool,
    has_tags: bool,
    has_outlets: bool,
    has_articles: bool,
    /// Whether the interface is written from right to left.
    is_rtl: bool,
    pages: Vec<CustomLink<'a>>,
    nav: &'a [NavTable],
    links: &'a [LinkTable],
    notice: Option<&'a str>,
    contact: Option<&'a str>,
    /// The theme's options, as the site sets them or by their defaults.
    options: &'a toml::Table,
}

/// A page of the site's own.
#[derive(Serialize)]
struct CustomLink<'a> {
    title: &'a str,
    /// Its address from the site's folder, to be written after `page.root`.
    path: String,
}

/// `page`: where this page is.
#[derive(Serialize)]
struct PageContext<'a> {
    /// The way up to the site's folder, `""` or `"../"`s.
    root: String,
    title: Cow<'a, str>,
    language: &'a str,
    /// Whether its text is of another language than the interface, not only of another script.
    is_foreign: bool,
    /// The page's own address, or the original's where that is canonical.
    canonical: Option<Cow<'a, str>>,
    /// The feed that belongs to it.
    feed: Option<&'a str>,
    description: Cow<'a, str>,
    noindex: bool,
}

/// Why and when an article was withdrawn.
#[derive(Serialize)]
struct Notice<'a> {
    date: Option<Day>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Day {
    iso: String,
    text: String,
}

/// A link.
#[derive(Serialize)]
struct Link<'a> {
    title: Cow<'a, str>,
    href: String,
    /// That of an article's title, where it is another than the interface's.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
}

/// `site`, turned into the engine's values once for all pages.
pub(super) fn of_site(config: &Config, theme: &Theme, map: &SiteMap, customs: &[super::CustomPage]) -> Value {
    Value::from_serializable(&SiteContext {
        title: &config.title,
        description: &config.description,
        language: &config.language,
        has_feeds: config.base_url.is_some(),
        has_tags: !map.tags.terms.is_empty(),
        has_outlets: !map.outlets.terms.is_empty(),
        has_articles: map.has_articles(),
        is_rtl: is_right_to_left(&config.language),
        pages: customs
            .iter()
            .zip(&map.customs)
            .filter(|(_, path)| *path != NOT_FOUND)
            .map(|(custom, path)| CustomLink { title: &custom.entry.title, path: encoded(path) })
            .collect(),
        nav: &config.nav,
        links: &config.links,
        notice: config.notice.as_deref(),
        contact: config.contact.as_deref(),
        options: &theme.options,
    })
}

/// The template of a kind of page; none for what is no page of the theme's.
pub(crate) fn template_of(kind: &PageKind) -> Option<&'static str> {
    Some(match kind {
        PageKind::Article(_) => "article.html",
        PageKind::Withdrawn(_) => "withdrawn.html",
        PageKind::Choice(_) => "choice.html",
        PageKind::Front => "index.html",
        PageKind::Day(..) | PageKind::Undated(_) | PageKind::TermMonth(..) => "list.html",
        PageKind::Year(_) => "year.html",
        PageKind::Month(..) => "month.html",
        PageKind::Terms(_) => "terms.html",
        PageKind::Term(..) => "term.html",
        PageKind::Custom(_) => "page.html",
        PageKind::NotFound(_) => "404.html",
        PageKind::Feed(_) | PageKind::SitemapIndex | PageKind::Sitemap(..) | PageKind::Robots => return None,
    })
}

/// What the template of a page is given.
pub(super) fn of(site: &Site<'_>, page: &Page) -> io::Result<Context> {
    let mut context = Context::new();
    context.insert_value("site", site.shared.clone());
    let maker = Maker { site, path: &page.path, dates: Dates::of(&site.config.language, site.config.timezone) };
    match &page.kind {
        PageKind::Article(id) => maker.article(*id, &mut context)?,
        PageKind::Withdrawn(rule) => maker.withdrawn(*rule, &mut context),
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
        PageKind::NotFound(own) => maker.not_found(*own, &mut context),
        PageKind::Feed(_) | PageKind::SitemapIndex | PageKind::Sitemap(..) | PageKind::Robots => {}
    }
    Ok(context)
}

/// Whether a language is written from right to left, in the script that its tag names or in its usual one.
fn is_right_to_left(language: &str) -> bool {
    const LANGUAGES: &[&str] = &["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
    const SCRIPTS: &[&str] = &["arab", "hebr", "thaa"];
    let mut parts = language.split('-').map(str::to_ascii_lowercase);
    let primary = parts.next().unwrap_or_default();
    let script = parts.find(|part| part.len() == 4);
    script.map_or(LANGUAGES.contains(&&*primary), |script| SCRIPTS.contains(&&*script))
}

/// Whether a text is of another language than the interface, not only of another script.
pub(super) fn is_foreign(language: &str, interface: &str) -> bool {
    fn primary(tag: &str) -> &str {
        tag.split('-').next().unwrap_or(tag)
    }
    language != interface && !primary(language).eq_ignore_ascii_case(primary(interface))
}

struct Maker<'site> {
    site: &'site Site<'site>,
    path: &'site str,
    dates: Dates,
}

impl<'site> Maker<'site> {
    fn page(&self, title: impl Into<Cow<'site, str>>) -> PageContext<'site> {
        let base = self.site.config.base_url.as_ref();
        PageContext {
            root: root(self.path),
            title: title.into(),
            language: &self.site.config.language,
            is_foreign: false,
            canonical: base.map(|base| absolute(base, self.path).into()),
            feed: None,
            description: Cow::Borrowed(""),
            noindex: false,
        }
    }

    fn set_language(&self, page: &mut PageContext<'site>, entry: &'site Entry) {
        page.language = &entry.language;
        page.is_foreign = is_foreign(&entry.language, &self.site.config.language);
    }

    fn href(&self, path: &str) -> String {
        link(self.path, path)
    }

    fn entry(&self, id: ArticleId) -> &'site Entry {
        &self.site.entries[id as usize]
    }

    fn link(&self, title: impl Into<Cow<'site, str>>, path: &str) -> Link<'site> {
        Link { title: title.into(), href: self.href(path), language: None }
    }

    fn article_link(&self, id: ArticleId) -> Link<'site> {
        let (entry, path) = (self.entry(id), &self.site.map.article(id).path);
        let is_foreign = is_foreign(&entry.language, &self.site.config.language);
        Link { language: is_foreign.then_some(&*entry.language), ..self.link(&entry.title, path) }
    }

    fn outlet(&self, entry: &Entry) -> Option<&'site Term> {
        self.site.map.outlets.term(entry.outlet.as_deref()?)
    }

    fn term_link(&self, kind: TaxonomyKind, term: &'site Term) -> Link<'site> {
        self.link(&term.title, &term_index(kind, term))
    }

    /// Nothing of the article stands in its notice.
    fn withdrawn(&self, rule: u32, context: &mut Context) {
        let rule = &self.site.config.withdrawals[rule as usize];
        let mut page = self.page(self.site.labels.withdrawn);
        page.noindex = true;
        page.canonical = None;
        context.insert("page", &page);
        let date = rule.date.map(|date| Day { iso: date.to_string(), text: self.dates.day(date) });
        context.insert("withdrawn", &Notice { date, reason: rule.reason.as_deref() });
    }

    fn choice(&self, at: usize, context: &mut Context) {
        let articles = &self.site.map.choices[at].articles;
        let moved = if let [moved] = articles.as_slice() { Some(*moved) } else { None };
        let labels = self.site.labels;
        let mut page = self.page(if moved.is_some() { labels.moved } else { labels.several });
        page.noindex = true;
        if let (Some(id), Some(base)) = (moved, &self.site.config.base_url) {
            page.canonical = Some(absolute(base, &self.site.map.article(id).path).into());
        }
        context.insert("page", &page);
        context.insert("moved", &moved.map(|id| self.href(&self.site.map.article(id).path)));
        context.insert("articles", &self.all_listed(articles));
    }

    fn custom(&self, at: usize, context: &mut Context) {
        let custom = &self.site.customs[at];
        let mut page = self.page(&custom.entry.title);
        self.set_language(&mut page, &custom.entry);
        page.description = Cow::Borrowed(&custom.entry.summary);
        context.insert("page", &page);
        let links = Links::From(self.path);
        let body = super::body::fill(self.site, &custom.entry, self.path, &custom.body, links);
        context.insert_value("body", Value::safe_string(&body));
    }

    /// A server shows it at any depth, where relative links lead astray: the way home is absolute if it can be.
    fn not_found(&self, own: Option<usize>, context: &mut Context) {
        let home = self.site.config.base_url.as_ref().map(|base| absolute(base, "index.html"));
        context.insert("home", &home.unwrap_or_else(|| "index.html".to_owned()));
        let mut page = self.page(self.site.labels.not_found);
        page.noindex = true;
        page.canonical = None;
        if let Some(custom) = own.map(|at| &self.site.customs[at]) {
            page.title = Cow::Borrowed(&custom.entry.title);
            self.set_language(&mut page, &custom.entry);
            let links = self.site.config.base_url.as_ref().map_or(Links::From(self.path), Links::Absolute);
            let body = super::body::fill(self.site, &custom.entry, self.path, &custom.body, links);
            context.insert_value("body", Value::safe_string(&body));
        }
        context.insert("page", &page);
    }
}
