//! A body's holes filled: links lead to the mirror's own pages where it has them, media are shown.

use std::collections::HashSet;
use std::io;

use memchr::memchr;

use crate::buffers;
use crate::escape::{escape_attribute, escape_text};
use crate::media::Asset;
use crate::media::markup::{self, Standing};
use crate::parse::html::serialise::{HOLE_END, HOLE_START};
use crate::parse::{Entry, MediaKind, UrlKey};
use crate::plan::ArticleId;

use super::Site;
use super::context::is_foreign;
use super::labels::Labels;
use super::theme::Pictures;

/// How links to the site's own files are written.
#[derive(Clone, Copy)]
pub enum Links<'path> {
    /// Relative, as from this output file.
    From(&'path str),
    /// Absolute, for feeds.
    Absolute(&'path url::Url),
}

impl Links<'_> {
    /// The link to an output file.
    pub fn to(&self, path: &str) -> String {
        match self {
            Self::From(from) => crate::plan::relative::link(from, path),
            Self::Absolute(base) => crate::plan::relative::absolute(base, path),
        }
    }
}

/// Fetches an article's body and fills its holes.
///
/// # Errors
/// If it cannot be read.
pub fn filled(site: &Site<'_>, article: ArticleId, links: Links<'_>) -> io::Result<String> {
    let (entry, page) = (&site.entries[article as usize], site.map.article(article).path.as_str());
    let mut filled = String::new();
    (site.body)(article, &mut |body| filled = fill(site, entry, page, body, links))?;
    Ok(filled)
}

/// Fills the holes of any body, of an entry whose own page is `page`.
pub fn fill(site: &Site<'_>, entry: &Entry, page: &str, body: &str, links: Links<'_>) -> String {
    let mut out = buffers::take_text();
    out.reserve(body.len() + body.len() / 8);
    let site_links = entry.site_links.iter().map(String::as_str).collect();
    // What stands in a text of another language is said in that.
    let foreign = Some(&*entry.language).filter(|language| is_foreign(language, &site.config.language));
    let labels = foreign.and_then(Labels::in_language).unwrap_or(site.labels).media();
    let mut filler = Filler { site, entry, site_links, page, links, labels, shown: 0 };
    let mut rest = body;
    while let Some(start) = memchr(HOLE_START as u8, rest.as_bytes()) {
        out.push_str(&rest[..start]);
        let hole = &rest[start + 1..];
        let Some(end) = memchr(HOLE_END as u8, hole.as_bytes()) else { return out };
        filler.hole(&hole[..end], &mut out);
        rest = &hole[end + 1..];
    }
    out.push_str(rest);
    out
}

struct Filler<'site> {
    site: &'site Site<'site>,
    entry: &'site Entry,
    /// What leads below the mirror's own address.
    site_links: HashSet<&'site str>,
    page: &'site str,
    links: Links<'site>,
    labels: markup::Labels<'site>,
    shown: usize,
}

impl Filler<'_> {
    fn hole(&mut self, hole: &str, out: &mut String) {
        match hole.split_at_checked(1) {
            Some(("H", place)) => self.place(place, out),
            Some(("L", link)) => self.link(link, out),
            Some(("S", href)) => {
                self.site_link(href, out);
            }
            Some(("M", medium)) => self.medium(medium, out),
            _ => {}
        }
    }

    /// A feed shows many bodies in one page.
    fn place(&self, place: &str, out: &mut String) {
        out.push_str(" href=\"");
        if let Links::Absolute(_) = self.links {
            escape_attribute(&self.links.to(self.page), out);
        }
        out.extend(["#", place, "\""]);
    }

    fn link(&self, link: &str, out: &mut String) {
        let Some((key, url)) = link.split_at_checked(16) else { return };
        let key = UrlKey(u64::from_str_radix(key, 16).unwrap_or_default());
        // Below the mirror's own address lie the site's own pages and files.
        if self.site_links.contains(url) && self.site_link(url, out) {
            return;
        }
        out.push_str(" href=\"");
        // A link to the article's own original leads there.
        let mirrored = if self.entry.original_key == Some(key) { None } else { self.site.map.by_original.get(&key) };
        match mirrored {
            Some(id) => {
                escape_attribute(&self.links.to(&self.site.map.article(*id).path), out);
                out.push('"');
            }
            None => {
                escape_attribute(url, out);
                out.push_str("\" rel=\"noreferrer noopener\"");
            }
        }
    }

    /// Says whether it leads anywhere; one that does not is none: its words stay.
    fn site_link(&self, href: &str, out: &mut String) -> bool {
        let Some(path) = self.site.targets.find(self.entry, self.page, href) else { return false };
        out.push_str(" href=\"");
        escape_attribute(&self.links.to(&path), out);
        if let Some((_, fragment)) = href.split_once('#') {
            out.push('#');
            escape_attribute(fragment, out);
        }
        out.push('"');
        true
    }

    /// A theme may show pictures as links; in feeds they are shown.
    fn shows_links(&self) -> bool {
        self.site.theme.pictures == Pictures::Links && matches!(self.links, Links::From(_))
    }

    fn medium(&mut self, medium: &str, out: &mut String) {
        let Some((index, place)) = medium.split_at_checked(medium.len().saturating_sub(1)) else { return };
        let entry = self.entry;
        let Some(reference) = index.parse::<usize>().ok().and_then(|index| entry.media.get(index)) else { return };
        let gallery = self.site.gallery;
        let asset = gallery.asset(entry, reference);
        if asset.is_some_and(Asset::is_tracker) {
            return;
        }
        let (picture, player) = (asset.and_then(Asset::picture), asset.and_then(Asset::player));
        let poster = gallery.poster(entry, reference);
        let labels = self.labels;
        let href = |path: &str| self.links.to(path);
        let standing = Standing {
            is_first: self.shown == 0,
            is_linked: place == "l",
            href: &href,
            sizes: if matches!(self.links, Links::From(_)) { Some(&self.site.theme.sizes) } else { None },
            labels,
        };
        match (picture, player, place) {
            (Some(_), _, "a") => {}
            (Some(picture), ..) if self.shows_links() => markup::picture_link(picture, reference, standing, out),
            (Some(picture), ..) => {
                markup::picture(picture, reference, standing, out);
                self.shown += 1;
            }
            // Within a link stands its name, behind the link the thing itself.
            (None, _, "l") => {
                let name = if reference.alt.is_empty() { labels.of(reference.kind) } else { &reference.alt };
                escape_text(name, out);
            }
            (None, player, place) => {
                if place == "a" {
                    out.push(' ');
                }
                match player {
                    Some(player) => markup::player(player, poster, reference, standing, out),
                    // In a line it stands for a character, which may be all that its words are.
                    None if place == "i" && !reference.alt.is_empty() => markup::named(reference, out),
                    None if reference.kind == MediaKind::Embed => markup::card(poster, reference, standing, out),
                    None => markup::link(reference, labels, out),
                }
            }
        }
    }
}
