//! RSS 2.0 (<https://www.rssboard.org/rss-specification>): the site's, each tag's, each outlet's.
//!
//! Full content, absolute URLs, at most [`MAX_ITEMS`] items and [`MAX_BYTES`] bytes. Nothing in a feed tells when it
//! was built, so that an unchanged one stays unchanged; guids are the articles' ids, which survive a new address.

use std::fmt::Write as _;
use std::io;

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::Site;
use super::body::{Links, filled};
use crate::buffers;
use crate::plan::pages::term_folder;
use crate::plan::{ArticleId, FeedOf, Page, TaxonomyKind, Term};

/// The most items in the site's feed and in an outlet's; and in a tag's: there are hundreds of these.
pub const MAX_ITEMS: usize = 50;
const MAX_TAG_ITEMS: usize = 10;

/// The most bytes of a feed: some readers refuse more.
pub const MAX_BYTES: usize = 2 << 20;

/// Writes a feed.
pub(super) fn feed(site: &Site<'_>, page: &Page, of: FeedOf) -> io::Result<String> {
    let Some(base) = &site.config.base_url else { return Ok(String::new()) };
    let links = Links::Absolute(base);
    let (term, articles, most) = contents(site, of);
    let (title, folder) = match (of, term) {
        (FeedOf::Term(kind, _), Some(term)) => {
            (format!("{} – {}", term.title, site.config.title), format!("{}/index.html", term_folder(kind, term)))
        }
        _ => (site.config.title.clone(), "index.html".to_owned()),
    };
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n",
    );
    element("title", &title, &mut out);
    element("link", &links.to(&folder), &mut out);
    element(
        "description",
        if site.config.description.is_empty() { &title } else { &site.config.description },
        &mut out,
    );
    element("language", &site.config.language, &mut out);
    element("generator", "Heliostat", &mut out);
    let _ = writeln!(
        out,
        "<atom:link href=\"{}\" rel=\"self\" type=\"application/rss+xml\"/>",
        escape_xml(&links.to(&page.path))
    );
    if let Some(newest) = articles.first().and_then(|id| site.entries[*id as usize].date) {
        element("lastBuildDate", &rfc2822(newest), &mut out);
    }
    const CLOSE: &str = "</channel>\n</rss>\n";
    // Beside each other, for after a small change each body is parsed again: a preview waits for this.
    let items: io::Result<Vec<String>> =
        articles[..articles.len().min(most)].par_iter().map(|id| item(site, *id, links)).collect();
    for item in items? {
        if out.len() + item.len() + CLOSE.len() > MAX_BYTES {
            break;
        }
        out.push_str(&item);
        buffers::give(item);
    }
    out.push_str(CLOSE);
    Ok(out)
}

/// A feed's term, if it is one's, its articles, newest first, and how many of them it may show.
pub(crate) fn contents<'site>(site: &Site<'site>, of: FeedOf) -> (Option<&'site Term>, &'site [ArticleId], usize) {
    match of {
        FeedOf::Site => (None, &site.map.listing, MAX_ITEMS),
        FeedOf::Term(kind, at) => {
            let term = &site.map.taxonomy(kind).terms[at];
            let most = if kind == TaxonomyKind::Tags { MAX_TAG_ITEMS } else { MAX_ITEMS };
            (Some(term), &term.articles, most)
        }
    }
}

fn item(site: &Site<'_>, id: ArticleId, links: Links<'_>) -> io::Result<String> {
    let entry = &site.entries[id as usize];
    let mut out = buffers::take_text();
    out.push_str("<item>\n");
    element("title", &entry.title, &mut out);
    element("link", &links.to(&site.map.article(id).path), &mut out);
    let _ = writeln!(out, "<guid isPermaLink=\"false\">heliostat:{}</guid>", entry.id);
    if let Some(date) = entry.date {
        element("pubDate", &rfc2822(entry.published.unwrap_or(date)), &mut out);
    }
    for author in &entry.authors {
        element("dc:creator", author, &mut out);
    }
    for tag in &entry.tags {
        element("category", tag, &mut out);
    }
    if let Some(url) = &entry.original_url {
        let name =
            entry.outlet.as_deref().and_then(|name| site.map.outlets.term(name)).map_or("", |term| term.title.as_str());
        let _ = writeln!(out, "<source url=\"{}\">{}</source>", escape_xml(url), escape_xml(name));
    }
    enclosure(site, id, links, &mut out);
    element("description", &entry.summary, &mut out);
    let content = filled(site, id, links)?;
    // A clean body has neither `]]>` (it writes `>` as a reference) nor a character that XML forbids.
    let _ = writeln!(out, "<content:encoded><![CDATA[{content}]]></content:encoded>");
    buffers::give(content);
    out.push_str("</item>\n");
    Ok(out)
}

/// The lead picture, in its largest size.
fn enclosure(site: &Site<'_>, id: ArticleId, links: Links<'_>, out: &mut String) {
    let entry = &site.entries[id as usize];
    if let Some(variant) = site.gallery.lead(entry).and_then(|picture| picture.variants.last()) {
        let kind = if variant.extension == "jpg" { "jpeg" } else { &variant.extension };
        let _ = writeln!(
            out,
            "<enclosure url=\"{}\" length=\"{}\" type=\"image/{kind}\"/>",
            escape_xml(&links.to(&variant.path())),
            variant.bytes
        );
    }
}

fn element(name: &str, text: &str, out: &mut String) {
    let _ = writeln!(out, "<{name}>{}</{name}>", escape_xml(text));
}

/// Escapes text and values for XML 1.0, and drops the characters that it forbids.
pub fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let written = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\t' | '\n' => continue,
            '\u{fffe}' | '\u{ffff}' => "",
            _ if c.is_control() => "",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(written);
        done = at + c.len_utf8();
    }
    out.push_str(&text[done..]);
    out
}

fn rfc2822(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
