//! The strict tree → a clean body: [`serialise`].
//!
//! Nothing reaches the output but through this file: element names come from [`Tag`], attributes from [`printable`],
//! text and values are escaped as HTML's own serialiser does it, so that parsing the body and serialising it again
//! changes nothing. Links to the outside and media are left as *holes*, for what they become depends on the other
//! articles and on the store. A hole is `U+0001`, a letter, an argument, `U+0002`; no text can forge one, for
//! control characters do not survive the builder.
//!
//! | hole | argument | filled with |
//! | --- | --- | --- |
//! | `H` | the name of a place in the body, as printed | the attributes of a link to it |
//! | `L` | [`UrlKey`] as 16 hexadecimal digits, then the URL | the attributes of a link |
//! | `S` | an address without a host, of an article without an original, or `post:` and a name | the attributes of a link within the site |
//! | `M` | the medium's number, then `-`, or `i` in a line, or `l` in a link, or `a` after that link | a picture, or a link to the original |

use std::collections::HashSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use url::Url;

use super::tree::{Attr, Element, MediaHole, Node, Tag, text_of};
use crate::address::{Bases, UrlKey, WebUrl, canonical_key, parse_web, short_id, unwrap_archive, unwrap_redirector};
use crate::buffers;
use crate::config::is_language;
use crate::digits;
use crate::escape::{escape_attribute, escape_text};

/// Begins a hole.
pub const HOLE_START: char = '\u{1}';
/// Ends a hole.
pub const HOLE_END: char = '\u{2}';

/// A clean body with holes, and what it links to.
#[derive(Debug, Default)]
pub struct Serialised {
    /// The body.
    pub html: String,
    /// Originals to which it links, each once, in order.
    pub links: Vec<UrlKey>,
    /// Links within the site, as written, each once, in order.
    pub site_links: Vec<String>,
    /// Its sections, if they were to be named.
    pub sections: Vec<Section>,
}

/// A section of a long read: a heading to which a list of contents links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What names its heading in the page.
    pub id: String,
    /// The heading.
    pub title: String,
}

/// Whether headings of the second level are named, so that a list of contents can link to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sections {
    /// They are.
    Named,
    /// Only as far as the body itself links to them.
    Plain,
}

/// Prints a strict tree; `expected` is about how many bytes it will be.
pub fn serialise(nodes: &[Node], bases: Bases<'_>, sections: Sections, expected: usize) -> Serialised {
    let mut targets = HashSet::new();
    link_targets(nodes, &mut targets);
    let mut ids = HashSet::new();
    if !targets.is_empty() {
        defined_ids(nodes, &targets, &mut ids);
    }
    let mut html = buffers::take_text();
    html.reserve(expected);
    let out = Serialised { html, ..Serialised::default() };
    let mut writer = Writer { bases, ids, printed: HashSet::new(), sections, in_link: false, out };
    writer.nodes(nodes);
    let mut seen = HashSet::new();
    writer.out.links.retain(|key| seen.insert(*key));
    let mut seen = HashSet::new();
    writer.out.site_links.retain(|href| seen.insert(href.clone()));
    writer.out
}

/// The places within the page to which the body links.
fn link_targets(nodes: &[Node], targets: &mut HashSet<String>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        if element.tag == Tag::A
            && let Some(target) = element.attr(Attr::Href).and_then(fragment)
        {
            targets.insert(target);
        }
        link_targets(&element.children, targets);
    }
}

fn defined_ids(nodes: &[Node], targets: &HashSet<String>, ids: &mut HashSet<String>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        if let Some(id) = element.identity().filter(|id| targets.contains(*id)) {
            ids.insert(id.to_owned());
        }
        defined_ids(&element.children, targets, ids);
    }
}

fn fragment(href: &str) -> Option<String> {
    let fragment = href.trim().strip_prefix('#').filter(|fragment| !fragment.is_empty())?;
    Some(percent_encoding::percent_decode_str(fragment).decode_utf8_lossy().into_owned())
}

/// Begins a link to an article by the name of its source, such as notes and shortcodes have: whatever the article's own address.
pub const POST: &str = "post:";

/// Where a link leads.
enum Link<'href> {
    /// To a place in the same body.
    Here(String),
    Mail(Url),
    Web(WebUrl),
    /// Somewhere in the site, as it is written.
    Site(&'href str),
}

struct Writer<'base> {
    bases: Bases<'base>,
    /// Ids that something links to.
    ids: HashSet<String>,
    /// An id may be printed once.
    printed: HashSet<String>,
    sections: Sections,
    /// Whether a link is around what is printed.
    in_link: bool,
    out: Serialised,
}

impl Writer<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => escape_text(text, &mut self.out.html),
                Node::Media(hole) => self.media(*hole),
                Node::Element(element) => self.element(element),
            }
        }
    }

    fn media(&mut self, hole: MediaHole) {
        let place = match (self.in_link, hole.inline) {
            (true, _) => 'l',
            (false, true) => 'i',
            (false, false) => '-',
        };
        self.hole(hole, place);
    }

    fn hole(&mut self, hole: MediaHole, place: char) {
        self.out.html.extend([HOLE_START, 'M']);
        digits::push(&mut self.out.html, hole.index as u64, 1);
        self.out.html.extend([place, HOLE_END]);
    }

    fn element(&mut self, element: &Element) {
        let link = if element.tag == Tag::A { self.link(element) } else { None };
        if element.tag == Tag::A && link.is_none() && self.id_of(element).is_none() {
            return self.nodes(&element.children);
        }
        self.out.html.push('<');
        self.out.html.push_str(element.tag.name());
        if let Some(link) = link {
            self.push_link(&link);
        }
        self.attributes(element);
        self.out.html.push('>');
        if !element.tag.is_void() {
            self.in_link |= element.tag == Tag::A;
            self.nodes(&element.children);
            self.out.html.push_str("</");
            self.out.html.push_str(element.tag.name());
            self.out.html.push('>');
        }
        if element.tag == Tag::A {
            self.in_link = false;
            self.holes_after(&element.children);
        }
    }

    /// A picture in a link that cannot be had leads to its original behind that link: links do not nest.
    fn holes_after(&mut self, linked: &[Node]) {
        for node in linked {
            match node {
                Node::Media(hole) => self.hole(*hole, 'a'),
                Node::Element(element) => self.holes_after(&element.children),
                Node::Text(_) => {}
            }
        }
    }

    /// Where an `a` leads; none if nowhere.
    fn link<'element>(&self, element: &'element Element) -> Option<Link<'element>> {
        let href = element.attr(Attr::Href)?.trim();
        if let Some(target) = fragment(href) {
            return self.ids.contains(&target).then_some(Link::Here(target));
        }
        // The top of the page that was scraped.
        if href == "#" {
            return None;
        }
        if href.starts_with(POST) {
            return Some(Link::Site(href));
        }
        if let Some(url) = self.web(href) {
            return Some(Link::Web(url));
        }
        match Url::parse(href) {
            Ok(url) => (url.scheme() == "mailto").then_some(Link::Mail(url)),
            // Of an article that has no original: where it leads is known when the site is planned.
            Err(_) => {
                let is_of_site = self.bases.original.is_none() || href.starts_with("@/");
                let is_known = is_of_site && !href.is_empty() && !href.starts_with("//");
                is_known.then_some(Link::Site(href))
            }
        }
    }

    fn push_link(&mut self, link: &Link<'_>) {
        match link {
            Link::Here(target) => {
                self.out.html.extend([HOLE_START, 'H']);
                self.out.html.push_str(&printed_id(target));
                self.out.html.push(HOLE_END);
            }
            Link::Mail(url) => self.attribute("href", url.as_str()),
            Link::Web(url) => {
                let kept = unwrap_archive(url);
                let key = UrlKey::of(&canonical_key(kept.as_ref().unwrap_or(url)));
                self.out.links.push(key);
                if self.bases.within_site(url).is_some() {
                    self.out.site_links.push(url.as_str().to_owned());
                }
                let html = &mut self.out.html;
                html.extend([HOLE_START, 'L']);
                data_encoding::HEXLOWER.encode_append(&key.0.to_be_bytes(), html);
                html.push_str(url.as_str());
                html.push(HOLE_END);
            }
            Link::Site(href) => {
                self.out.site_links.push((*href).to_owned());
                self.out.html.extend([HOLE_START, 'S']);
                self.out.html.push_str(href);
                self.out.html.push(HOLE_END);
            }
        }
    }

    fn web(&self, href: &str) -> Option<WebUrl> {
        // What begins with `@/` is Zola's: a source of the site.
        let is_relative = || !href.is_empty() && !href.starts_with("@/") && Url::parse(href).is_err();
        let url = parse_web(href).or_else(|| if is_relative() { self.bases.resolve(href) } else { None })?;
        Some(unwrap_redirector(&url).unwrap_or(url))
    }

    fn id_of(&self, element: &Element) -> Option<String> {
        let id = element.identity()?;
        (self.ids.contains(id) && !self.printed.contains(id)).then(|| id.to_owned())
    }

    /// Takes a heading into the list of contents, under its own id if it has one.
    fn section(&mut self, element: &Element, own: Option<&str>) -> Option<String> {
        if self.sections == Sections::Plain || element.tag != Tag::H2 {
            return None;
        }
        let id = own.map_or_else(|| format!("s-{}", self.out.sections.len() + 1), str::to_owned);
        let title = text_of(&element.children).split_whitespace().collect::<Vec<_>>().join(" ");
        self.out.sections.push(Section { id: id.clone(), title });
        Some(id)
    }

    /// The attributes that may be printed, each for its element, each checked.
    fn attributes(&mut self, element: &Element) {
        let own = self.id_of(element).map(|id| {
            let printed = printed_id(&id);
            self.printed.insert(id);
            printed
        });
        if let Some(id) = self.section(element, own.as_deref()).or(own) {
            self.attribute("id", &id);
        }
        let mut done: Vec<Attr> = Vec::new();
        for (attr, value) in &element.attrs {
            if done.contains(attr) {
                continue;
            }
            if let Some((name, value)) = printable(element.tag, *attr, value) {
                done.push(*attr);
                self.attribute(name, &value);
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let html = &mut self.out.html;
        html.push(' ');
        html.push_str(name);
        html.push_str("=\"");
        escape_attribute(value, html);
        html.push('"');
    }
}

/// The allow-list of attributes: reading direction and language anywhere, the shape of tables, the numbers of lists,
/// what an abbreviation stands for. Links and media have their own ways.
fn printable(tag: Tag, attr: Attr, value: &str) -> Option<(&'static str, String)> {
    let value = value.trim();
    match (tag, attr) {
        (_, Attr::Lang) => is_language(value).then(|| ("lang", value.to_owned())),
        (_, Attr::Dir) => ["ltr", "rtl", "auto"]
            .iter()
            .find(|dir| value.eq_ignore_ascii_case(dir))
            .map(|dir| ("dir", (*dir).to_owned())),
        (Tag::Td | Tag::Th, Attr::Colspan) => number(value, 2..=1000).map(|n| ("colspan", n)),
        (Tag::Td | Tag::Th, Attr::Rowspan) => number(value, 2..=1000).map(|n| ("rowspan", n)),
        (Tag::Ol, Attr::Start) => number(value, -99999..=99999).map(|n| ("start", n)),
        (Tag::Ol, Attr::Type) => {
            ["a", "A", "i", "I"].into_iter().find(|kind| *kind == value).map(|kind| ("type", kind.to_owned()))
        }
        (Tag::Ol, Attr::Reversed) => Some(("reversed", String::new())),
        (Tag::Li, Attr::Value) => number(value, -99999..=99999).map(|n| ("value", n)),
        (Tag::Abbr | Tag::Dfn, Attr::Title) if !value.is_empty() => Some(("title", value.to_owned())),
        _ => None,
    }
}

fn number(value: &str, range: std::ops::RangeInclusive<i32>) -> Option<String> {
    value.parse::<i32>().ok().filter(|number| range.contains(number)).map(|number| number.to_string())
}

/// Ids are printed under a prefix, so that no body can take the name of something in the page (DOM clobbering).
/// Different ids stay different.
fn printed_id(id: &str) -> String {
    let mut out = String::from("n-");
    for c in id.chars() {
        if c.is_alphanumeric() || c == '-' || c == '_' {
            out.push(c);
        } else {
            let _ = write!(out, ".{:x}.", u32::from(c));
        }
    }
    if out.len() > LONGEST_ID { format!("n-{}", short_id(id)) } else { out }
}

/// Longer ids are no words, in bytes.
const LONGEST_ID: usize = 200;
