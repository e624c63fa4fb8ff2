//! What an article's page shows.

mod lean;

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use tera::{Context, Value};

use super::{Link, Maker};
use crate::address::{decode_fully, in_letters};
use crate::buffers;
use crate::config::Canonical;
use crate::parse::{Entry, Section};
use crate::plan::pages::day_index;
use crate::plan::relative::absolute;
use crate::plan::{ArticleId, TaxonomyKind};
use crate::render::body::{Links, filled};
use crate::render::labels::{Moment, iso_or_day};

/// `article`: everything that its page shows.
#[derive(Serialize)]
struct ArticleContext<'a> {
    title: &'a str,
    outlet: Option<Link<'a>>,
    authors: &'a [String],
    date: Option<Moment>,
    published: Option<Moment>,
    updated: Option<Moment>,
    /// The list of its day; older versions are in none.
    day_href: Option<String>,
    tags: Vec<Link<'a>>,
    original: Option<Original<'a>>,
    minutes: u16,
    notice: Option<&'a str>,
    newer: Option<Link<'a>>,
    older: Option<Link<'a>>,
    versions: Vec<VersionLink<'a>>,
    newest_version: Option<Link<'a>>,
    image: Option<&'a str>,
    #[serde(serialize_with = "as_script")]
    json_ld: NewsArticle<'a>,
    contents: &'a [Section],
    related: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Original<'a> {
    url: Cow<'a, str>,
    /// The address as a person reads it: without scheme, decoded.
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct VersionLink<'a> {
    title: Cow<'a, str>,
    href: String,
    date: Option<Moment>,
    is_this: bool,
}

impl Maker<'_> {
    pub(super) fn article(&self, id: ArticleId, context: &mut Context) -> io::Result<()> {
        let (site, entry, planned) = (self.site, self.entry(id), self.site.map.article(id));
        let outlet = entry.outlet.as_deref().and_then(|name| site.config.outlets.by_name(name));
        let mut page = self.page(&entry.title);
        self.set_language(&mut page, entry);
        page.description = beginning(if entry.summary.is_empty() { &entry.title } else { &entry.summary });
        page.noindex = !planned.is_current;
        let original_is_canonical = outlet.is_some_and(|outlet| outlet.canonical == Canonical::Original);
        if let Some(url) = entry.original_url.as_deref().filter(|_| original_is_canonical) {
            page.canonical = Some(Cow::Borrowed(url));
        }
        let image = self.lead_picture(entry);
        let newest = planned.versions.first().filter(|newest| **newest != id);
        let day = planned.day.filter(|_| planned.is_current);
        let mut article = ArticleContext {
            title: &entry.title,
            outlet: self.outlet(entry).map(|term| self.term_link(TaxonomyKind::Outlets, term)),
            authors: &entry.authors,
            date: entry.date.map(|at| self.dates.moment(at)),
            published: entry.published.map(|at| self.dates.moment(at)),
            updated: entry.updated.map(|at| self.dates.moment(at)),
            day_href: day.map(|day| self.href(&day_index(day))),
            tags: self.tag_links(entry),
            original: entry.original_url.as_deref().map(|url| Original { url: compact(url), text: readable(url) }),
            minutes: entry.minutes,
            notice: outlet.and_then(|outlet| outlet.notice.as_deref()),
            newer: planned.newer.map(|id| self.article_link(id)),
            older: planned.older.map(|id| self.article_link(id)),
            versions: planned.versions_about().map(|version| self.version(version, id)).collect(),
            newest_version: newest.map(|newest| self.article_link(*newest)),
            json_ld: self.news_article(entry),
            image: image.as_deref(),
            contents: &entry.sections,
            related: planned.related.iter().map(|id| self.article_link(*id)).collect(),
        };
        article.keep_lean(&mut page, self.site.config);
        context.insert("page", &page);
        context.insert("article", &article);
        let body = filled(site, id, Links::From(self.path))?;
        context.insert_value("body", Value::safe_string(&body));
        buffers::give(body);
        Ok(())
    }

    fn tag_links(&self, entry: &Entry) -> Vec<Link<'_>> {
        let terms = entry.tags.iter().filter_map(|tag| self.site.map.tags.term(tag));
        terms.map(|term| self.term_link(TaxonomyKind::Tags, term)).collect()
    }

    fn news_article<'a>(&self, entry: &'a Entry) -> NewsArticle<'a> {
        NewsArticle {
            context: "https://schema.org",
            kind: "NewsArticle",
            published: entry.published.or(entry.date).map(|at| iso_or_day(at, self.site.config.timezone)),
            updated: entry.updated.map(|at| iso_or_day(at, self.site.config.timezone)),
            author: entry.authors.iter().map(|name| Person { kind: "Person", name }).collect(),
        }
    }

    fn version(&self, id: ArticleId, this: ArticleId) -> VersionLink<'_> {
        let Link { title, href, .. } = self.article_link(id);
        VersionLink { title, href, date: self.entry(id).date.map(|at| self.dates.moment(at)), is_this: id == this }
    }

    /// The largest size of the first picture that is shown, as an absolute URL.
    fn lead_picture(&self, entry: &Entry) -> Option<String> {
        let base = self.site.config.base_url.as_ref()?;
        Some(absolute(base, &self.site.gallery.lead(entry)?.variants.last()?.path()))
    }
}

/// A search engine shows about so much of a description, in columns.
const DESCRIPTION: usize = 50;

/// The beginning of a summary, for the page's head: the text itself is in the page.
fn beginning(summary: &str) -> Cow<'_, str> {
    cut(Cow::Borrowed(summary), DESCRIPTION)
}

/// A longer address is nobody's to read aloud, in columns; the link holds it whole.
const ADDRESS: usize = 80;

/// A longer address is written in its letters, in bytes, and less of it is shown: it would take more of a page than any other part.
const LONG_ADDRESS: usize = 200;
const OF_LONG_ADDRESS: usize = 40;

fn compact(url: &str) -> Cow<'_, str> {
    if url.len() > LONG_ADDRESS { in_letters(url) } else { Cow::Borrowed(url) }
}

/// An address without scheme and percent signs, as a person would read it aloud.
fn readable(url: &str) -> Cow<'_, str> {
    let bare = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    // What is not decoded is shown as it is, whatever is in it.
    let shown = match decode_fully(bare) {
        Cow::Owned(decoded) if !decoded.chars().any(is_hidden) => Cow::Owned(decoded),
        _ => Cow::Borrowed(bare),
    };
    cut(shown, if url.len() > LONG_ADDRESS { OF_LONG_ADDRESS } else { ADDRESS })
}

/// What shows nothing, or lets what follows it be read in the other direction.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text, or so many columns of it and an ellipsis.
fn cut(text: Cow<'_, str>, columns: usize) -> Cow<'_, str> {
    // No character has more columns than bytes.
    if text.len() <= columns {
        return text;
    }
    let mut left = columns;
    let end = text.char_indices().find(|(_, c)| {
        // Where the wide scripts of Unicode begin.
        let width = if *c < '\u{1100}' { 1 } else { 2 };
        let is_over = left < width;
        left = left.saturating_sub(width);
        is_over
    });
    match end {
        Some((end, _)) => [text[..end].trim_end(), "…"].concat().into(),
        None => text,
    }
}

/// <https://schema.org/NewsArticle>, without what the head says already: a headline on every page would be a hundredth of a site.
#[derive(Serialize)]
struct NewsArticle<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Person<'a>>,
}

#[derive(Serialize)]
struct Person<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// `<` is escaped, so that no title can end the script element.
fn as_script<S: Serializer>(article: &NewsArticle<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let json = serde_json::to_string(article).map_err(S::Error::custom)?;
    serializer.serialize_str(&json.replace('<', "\\u003c"))
}
