//! RSS 2.0 (<https://www.rssboard.org/rss-specification>): the site's, each tag's, each outlet's.
//!
//! Full content, absolute URLs, at most [`MAX_ITEMS`] items and [`MAX_BYTES`] bytes: an article that leaves no room for others is
//! there with its summary alone. Nothing in a feed tells when it
//! was built, so that an unchanged one stays unchanged; guids are the articles' ids, which survive a new address.

use std::fmt::Write as _;
use std::io;

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::Site;
use super::body::{Links, filled};
use super::context::is_foreign;
use crate::buffers;
use crate::escape;
use crate::parse::Entry;
use crate::plan::pages::term_folder;
use crate::plan::{ArticleId, FeedOf, Page, TaxonomyKind, Term};

/// The most items in the site's feed and in an outlet's; and in a tag's: there are hundreds of these.
pub const MAX_ITEMS: usize = 50;
const MAX_TAG_ITEMS: usize = 10;

/// The most bytes of a feed: some readers refuse more.
pub const MAX_BYTES: usize = 2 << 20;

/// The most bytes of one article's content, so that a book does not keep the news out.
const MAX_CONTENT: usize = MAX_BYTES / 8;

/// Writes a feed.
pub(super) fn feed(site: &Site<'_>, page: &Page, of: FeedOf) -> io::Result<String> {
    let Some(base) = &site.config.base_url else { return Ok(String::new()) };
    let links = Links::Absolute(base);
    let (term, articles) = contents(site, of);
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
    element("language", language(site, of), &mut out);
    element("generator", "Heliostat", &mut out);
    let _ = writeln!(
        out,
        "<atom:link href=\"{}\" rel=\"self\" type=\"application/rss+xml\"/>",
        escape_xml(&links.to(&page.path))
    );
    if let Some(newest) = articles.first().and_then(|id| site.entries[*id as usize].date) {
        element("lastBuildDate", &rfc2822(site, newest), &mut out);
    }
    const CLOSE: &str = "</channel>\n</rss>\n";
    // Beside each other, for after a small change each body is parsed again: a preview waits for this.
    let items: io::Result<Vec<Item>> = articles.par_iter().map(|id| item(site, *id, links)).collect();
    for Item { about, content } in items? {
        let left = MAX_BYTES - out.len() - CLOSE.len();
        if left < about.len() + END.len() {
            continue;
        }
        out.push_str(&about);
        if about.len() + content.len() + END.len() <= left {
            out.push_str(&content);
        }
        out.push_str(END);
        buffers::give(content);
    }
    out.push_str(CLOSE);
    Ok(out)
}

/// An outlet may have a language of its own.
pub(crate) fn language<'site>(site: &'site Site<'_>, of: FeedOf) -> &'site str {
    let article = match of {
        FeedOf::Term(TaxonomyKind::Outlets, at) => site.map.outlets.terms[at].articles.first(),
        _ => None,
    };
    let name = article.and_then(|id| site.entries[*id as usize].outlet.as_deref());
    let rule = name.and_then(|name| site.config.outlets.by_name(name));
    rule.and_then(|rule| rule.language.as_deref()).unwrap_or(&site.config.language)
}

/// A feed's term, if it is one's, and the articles that it shows: the newest, then those without a date.
pub(crate) fn contents<'site>(site: &Site<'site>, of: FeedOf) -> (Option<&'site Term>, Vec<ArticleId>) {
    let map = site.map;
    let (term, dated, undated, most) = match of {
        FeedOf::Site => (None, &map.listing, &map.undated, MAX_ITEMS),
        FeedOf::Term(kind, at) => {
            let term = &map.taxonomy(kind).terms[at];
            let most = if kind == TaxonomyKind::Tags { MAX_TAG_ITEMS } else { MAX_ITEMS };
            (Some(term), &term.articles, &term.undated, most)
        }
    };
    (term, dated.iter().chain(undated).take(most).copied().collect())
}

/// An item up to its content, its content, and what ends it.
struct Item {
    about: String,
    content: String,
}

const END: &str = "</item>\n";

fn item(site: &Site<'_>, id: ArticleId, links: Links<'_>) -> io::Result<Item> {
    let entry = &site.entries[id as usize];
    let mut out = String::from("<item>\n");
    element("title", &entry.title, &mut out);
    element("link", &links.to(&site.map.article(id).path), &mut out);
    let _ = writeln!(out, "<guid isPermaLink=\"false\">heliostat:{}</guid>", entry.id);
    if let Some(date) = entry.date {
        element("pubDate", &rfc2822(site, entry.published.unwrap_or(date)), &mut out);
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
    // A description is markup, of which a text is a part.
    element("description", &escape::text(&entry.summary), &mut out);
    let body = filled(site, id, links)?;
    let content = if body.len() > MAX_CONTENT { String::new() } else { content(site, entry, &body) };
    buffers::give(body);
    Ok(Item { about: out, content })
}

/// A body as an item's content, which says its language where that is not the interface's.
fn content(site: &Site<'_>, entry: &Entry, body: &str) -> String {
    let mut out = buffers::take_text();
    // A clean body has neither `]]>` (it writes `>` as a reference) nor a character that XML forbids.
    out.push_str("<content:encoded><![CDATA[");
    if is_foreign(&entry.language, &site.config.language) {
        let _ = write!(out, "<div lang=\"{}\" dir=\"auto\">{body}</div>", entry.language);
    } else {
        out.push_str(body);
    }
    out.push_str("]]></content:encoded>\n");
    out
}

/// The first sound or film, else the lead picture in its largest size.
fn enclosure(site: &Site<'_>, id: ArticleId, links: Links<'_>, out: &mut String) {
    let entry = &site.entries[id as usize];
    let player = entry.media.iter().find_map(|reference| site.gallery.asset(entry, reference)?.player());
    let picture = || site.gallery.lead(entry)?.variants.last();
    if let Some(file) = player.map(|player| &player.file).or_else(picture) {
        let (url, kind) = (links.to(&file.path()), type_of(&file.extension));
        let _ = writeln!(out, "<enclosure url=\"{}\" length=\"{}\" type=\"{kind}\"/>", escape_xml(&url), file.bytes);
    }
}

/// The type of a published file (<https://www.iana.org/assignments/media-types>).
fn type_of(extension: &str) -> String {
    match extension {
        "jpg" => "image/jpeg".to_owned(),
        "mp3" => "audio/mpeg".to_owned(),
        "m4a" => "audio/mp4".to_owned(),
        "ogg" | "flac" | "wav" | "aac" => format!("audio/{extension}"),
        "mp4" | "webm" => format!("video/{extension}"),
        _ => format!("image/{extension}"),
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

/// In the site's zone, so that a day without a time stays that day.
fn rfc2822(site: &Site<'_>, at: DateTime<Utc>) -> String {
    at.with_timezone(&site.config.timezone).format("%a, %d %b %Y %H:%M:%S %z").to_string()
}
