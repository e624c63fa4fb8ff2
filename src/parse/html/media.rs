//! Media in the loose tree: [`find`] takes every picture, sound, film and embed out of it, leaves a hole in its
//! place and lists what the holes stand for.
//!
//! A lazy picture hides behind a placeholder, its twin stands in a `noscript`, its best copy in an attribute that
//! only a script reads, and all of them may go through a proxy. What counts is the original's address.

use serde::{Deserialize, Serialize};
use url::Url;

use super::tree::{Attr, Element, MediaHole, Node, Tag};
use crate::parse::url::{parse_web, unwrap_proxy};

/// What a reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaKind {
    /// A picture.
    Picture,
    /// A sound.
    Audio,
    /// A film.
    Video,
    /// A page within the page: a player, a post, a map.
    Embed,
}

/// One picture, sound, film or embed that an article names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// What it is.
    pub kind: MediaKind,
    /// The original's absolute address, unwrapped from its proxy; none for a relative one of an article whose own
    /// address is not known.
    pub url: Option<String>,
    /// The relative reference as it was written: a file beside the source or below `static/`, if there is one.
    pub local: Option<String>,
    /// The proxy's address as the article names it, if there is one.
    pub proxy: Option<String>,
    /// What the picture shows, as given; empty if nothing is given.
    pub alt: String,
    /// The number of the picture, among the article's references, that stands for a film or an embed.
    pub poster: Option<u32>,
}

impl MediaRef {
    /// Whether the picture itself stands in the article, as a `data:` address.
    pub fn is_inline_data(&self) -> bool {
        self.url.as_deref().is_some_and(|url| url.starts_with("data:"))
    }
}

/// Replaces media elements by holes; `base` is the original's own address, against which references resolve.
pub fn find(nodes: Vec<Node>, base: Option<&Url>) -> (Vec<Node>, Vec<MediaRef>) {
    let mut finder = Finder { base, refs: Vec::new(), in_noscript: false };
    let nodes = finder.replace(nodes);
    (nodes, finder.refs)
}

struct Finder<'base> {
    base: Option<&'base Url>,
    refs: Vec<MediaRef>,
    in_noscript: bool,
}

impl Finder<'_> {
    fn replace(&mut self, mut nodes: Vec<Node>) -> Vec<Node> {
        if !self.in_noscript && !nodes.iter().any(is_replaced) {
            // Most hold no media of their own: they stay where they are.
            for node in &mut nodes {
                if let Node::Element(element) = node {
                    self.inside(element);
                }
            }
            return nodes;
        }
        let mut out = Vec::with_capacity(nodes.len());
        for node in nodes {
            let Node::Element(mut element) = node else {
                if !self.in_noscript {
                    out.push(node);
                }
                continue;
            };
            match element.tag {
                Tag::Img => out.extend(self.picture(&element, &[])),
                Tag::Picture => out.extend(self.picture_with_sources(&element)),
                Tag::Audio => out.extend(self.player(&element, MediaKind::Audio)),
                Tag::Video => out.extend(self.player(&element, MediaKind::Video)),
                Tag::Iframe => out.extend(self.embed(&element)),
                Tag::Source => {}
                Tag::Noscript => out.extend(self.noscript(element)),
                _ if self.in_noscript => out.extend(self.replace(element.children)),
                _ => {
                    self.inside(&mut element);
                    out.push(Node::Element(element));
                }
            }
        }
        out
    }

    fn inside(&mut self, element: &mut Element) {
        element.children = self.replace(std::mem::take(&mut element.children));
        make_gallery(element);
    }

    /// Only the twin of a lazy picture is worth keeping; the text is for browsers that we do not send.
    fn noscript(&mut self, element: Element) -> Vec<Node> {
        let outer = std::mem::replace(&mut self.in_noscript, true);
        let nodes = self.replace(element.children);
        self.in_noscript = outer;
        nodes
    }

    fn picture_with_sources(&mut self, picture: &Element) -> Option<Node> {
        let sources: Vec<&Element> = picture
            .children
            .iter()
            .filter_map(|node| match node {
                Node::Element(element) if element.tag == Tag::Source => Some(element),
                _ => None,
            })
            .collect();
        let image = first_image(&picture.children);
        self.picture(image.unwrap_or(picture), &sources)
    }

    fn picture(&mut self, image: &Element, sources: &[&Element]) -> Option<Node> {
        let size = declared_size(image);
        if size.is_some_and(|(width, height)| width <= TRACKER && height <= TRACKER) {
            return None;
        }
        let written = best_candidate(image, sources)?;
        let reference = self.reference(MediaKind::Picture, &written, alt_of(image))?;
        let inline = size.is_some_and(|(width, height)| width <= INLINE && height <= INLINE);
        self.hole(reference, inline)
    }

    fn player(&mut self, player: &Element, kind: MediaKind) -> Option<Node> {
        let own = [Attr::Src, Attr::LazySrc].iter().find_map(|attr| player.attr(*attr));
        let source = player.children.iter().find_map(|node| match node {
            Node::Element(element) if element.tag == Tag::Source => element.attr(Attr::Src),
            _ => None,
        });
        let written = own.filter(|src| !src.trim().is_empty()).or(source)?;
        let title = player.attr(Attr::Title).unwrap_or_default().to_owned();
        let mut reference = self.reference(kind, written, title)?;
        reference.poster = player.attr(Attr::Poster).and_then(|written| self.poster(written));
        self.hole(reference, false)
    }

    fn embed(&mut self, frame: &Element) -> Option<Node> {
        let attribute =
            |attr| frame.attr(attr).map(str::trim).filter(|text| !text.is_empty() && *text != "about:blank");
        let written = attribute(Attr::LazySrc)
            .or_else(|| attribute(Attr::Src))
            .or_else(|| attribute(Attr::Value).and_then(first_address))?;
        if let Some(film) = youtube_film(written) {
            let watch = format!("https://www.youtube.com/watch?v={film}");
            let mut reference = self.reference(MediaKind::Embed, &watch, alt_of(frame))?;
            reference.poster = self.poster(&format!("https://i.ytimg.com/vi/{film}/hqdefault.jpg"));
            return self.hole(reference, false);
        }
        let reference = self.reference(MediaKind::Embed, written, alt_of(frame))?;
        self.hole(reference, false)
    }

    /// A picture that has no place of its own in the body.
    fn poster(&mut self, written: &str) -> Option<u32> {
        let reference = self.reference(MediaKind::Picture, written, String::new())?;
        self.refs.push(reference);
        u32::try_from(self.refs.len() - 1).ok()
    }

    fn reference(&self, kind: MediaKind, written: &str, alt: String) -> Option<MediaRef> {
        let written = written.trim();
        let of = |url, local, proxy| Some(MediaRef { kind, url, local, proxy, alt, poster: None });
        if let Some(url) = parse_web(written) {
            let original = unwrap_proxy(&url);
            let proxy = original.is_some().then(|| url.to_string());
            return of(Some(String::from(original.unwrap_or(url))), None, proxy);
        }
        if kind == MediaKind::Picture && is_data_picture(written) {
            return of(Some(written.to_owned()), None, None);
        }
        if written.is_empty() || Url::parse(written).is_ok() {
            // Another scheme: `blob:`, `file:`, `javascript:`.
            return None;
        }
        let url =
            self.base.and_then(|base| base.join(written).ok()).filter(|url| matches!(url.scheme(), "http" | "https"));
        let local = (kind != MediaKind::Embed).then(|| written.to_owned());
        of(url.map(String::from), local, None)
    }

    fn hole(&mut self, reference: MediaRef, inline: bool) -> Option<Node> {
        let before = || self.refs.iter().rev().take(TWINS);
        if self.in_noscript && before().any(|known| same_media(known, &reference)) {
            return None;
        }
        self.refs.push(reference);
        Some(Node::Media(MediaHole { index: self.refs.len() - 1, linked: false, inline }))
    }
}

/// Whether a node itself is media, or stands for what it holds.
fn is_replaced(node: &Node) -> bool {
    use Tag::{Audio, Iframe, Img, Noscript, Picture, Source, Video};
    matches!(node.tag(), Some(Img | Picture | Audio | Video | Iframe | Source | Noscript))
}

/// The twin of a lazy picture stands beside it: so many before it are looked at.
const TWINS: usize = 64;

fn same_media(a: &MediaRef, b: &MediaRef) -> bool {
    a.kind == b.kind && a.url == b.url && a.local == b.local
}

/// Words in the class of a box whose pictures are shown side by side, or one after the other.
const GALLERIES: &[&str] = &["gallery", "carousel", "slideshow", "slider", "swiper", "photoswipe", "lightbox"];

/// A box of several pictures becomes a list of them; what follows a picture without one of its own belongs to it.
fn make_gallery(element: &mut Element) {
    let is_list = element.tag == Tag::Ul && element.children.iter().all(|node| node.tag() != Some(Tag::Li));
    let is_named = element.tag == Tag::Div
        && element.attr(Attr::Class).is_some_and(|class| GALLERIES.iter().any(|name| class.contains(name)));
    if !is_list && !is_named {
        return;
    }
    match gallery_items(std::mem::take(&mut element.children)) {
        Ok(items) => {
            *element = Element::new(Tag::Ul, items.into_iter().map(|item| Node::element(Tag::Li, item)).collect());
        }
        Err(children) => element.children = children,
    }
}

/// The pictures of a box, each with what belongs to it; the box's content unchanged if they are fewer than two.
fn gallery_items(mut children: Vec<Node>) -> Result<Vec<Vec<Node>>, Vec<Node>> {
    children.retain(|node| !node.is_blank_text());
    if children.iter().filter(|node| holds_media(node)).count() > 1 {
        let mut items: Vec<Vec<Node>> = Vec::new();
        for node in children {
            match items.last_mut() {
                Some(item) if !holds_media(&node) => item.push(node),
                _ => items.push(vec![node]),
            }
        }
        return Ok(items);
    }
    match children.as_mut_slice() {
        [Node::Element(only)] if only.tag == Tag::Div => match gallery_items(std::mem::take(&mut only.children)) {
            Ok(items) => Ok(items),
            Err(inner) => {
                only.children = inner;
                Err(children)
            }
        },
        _ => Err(children),
    }
}

fn holds_media(node: &Node) -> bool {
    match node {
        Node::Media(_) => true,
        Node::Element(element) => element.children.iter().any(holds_media),
        Node::Text(_) => false,
    }
}

/// The film of a YouTube address, or of an attribute that holds nothing but its name.
fn youtube_film(written: &str) -> Option<String> {
    let is_name = |text: &str| {
        text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if is_name(written) {
        return Some(written.to_owned());
    }
    let url = parse_web(written)?;
    let host = url.host_str()?.trim_start_matches("www.").trim_start_matches("m.");
    let name = match host {
        "youtube.com" | "youtube-nocookie.com" => match url.path().strip_prefix("/embed/") {
            Some(name) => name.to_owned(),
            None => url.query_pairs().find(|(name, _)| name == "v")?.1.into_owned(),
        },
        "youtu.be" => url.path().trim_start_matches('/').to_owned(),
        _ => return None,
    };
    is_name(&name).then_some(name)
}

/// A shorter `data:` address holds a placeholder: a pixel, a blur. In characters.
const PLACEHOLDER: usize = 1000;

/// A longer one is no picture of an article. In characters.
const LONGEST_DATA: usize = 2 << 20;

fn is_data_picture(written: &str) -> bool {
    const TYPES: &[&str] =
        &["data:image/jpeg;", "data:image/jpg;", "data:image/png;", "data:image/webp;", "data:image/gif;"];
    (PLACEHOLDER..LONGEST_DATA).contains(&written.len()) && TYPES.iter().any(|kind| written.starts_with(kind))
}

/// Pictures this small on both sides only count readers, in pixels.
const TRACKER: u32 = 2;

/// Pictures this small on both sides stand in their line: smileys, icons, flags. In pixels.
const INLINE: u32 = 40;

fn declared_size(image: &Element) -> Option<(u32, u32)> {
    let side = |attr| image.attr(attr).and_then(|value| value.trim().trim_end_matches("px").parse::<u32>().ok());
    Some((side(Attr::Width)?, side(Attr::Height)?))
}

fn first_image(nodes: &[Node]) -> Option<&Element> {
    nodes.iter().find_map(|node| match node {
        Node::Element(element) if element.tag == Tag::Img => Some(element),
        Node::Element(element) => first_image(&element.children),
        _ => None,
    })
}

fn alt_of(image: &Element) -> String {
    let alt = image
        .attr(Attr::Alt)
        .filter(|alt| !alt.trim().is_empty())
        .or_else(|| image.attr(Attr::Title))
        .unwrap_or_default();
    alt.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The best copy that an element names: the file that scripts show at full size, else the widest of its sets, else
/// what a lazy loader would load, else the first `src` that is no placeholder.
fn best_candidate(image: &Element, sources: &[&Element]) -> Option<String> {
    let all = |attr: Attr| image.attrs.iter().filter(move |(name, _)| *name == attr).map(|(_, value)| value.as_str());
    let usable = |url: &&str| is_usable(url);
    if let Some(best) = all(Attr::BestSrc).find(usable) {
        return Some(best.to_owned());
    }
    let sets = all(Attr::LazySrcset)
        .chain(all(Attr::Srcset))
        .chain(sources.iter().filter_map(|source| source.attr(Attr::LazySrcset).or_else(|| source.attr(Attr::Srcset))));
    let widest = sets.flat_map(candidates).filter(|(url, _)| is_usable(url)).fold(
        None,
        |best: Option<(&str, f64)>, (url, size)| match best {
            Some((_, known)) if known >= size => best,
            _ => Some((url, size)),
        },
    );
    let plain = all(Attr::LazySrc).chain(all(Attr::Src)).find(usable);
    match (widest, plain) {
        // A set without sizes is no better than the plain address.
        (Some((url, size)), Some(plain)) => Some(if size > 1.0 { url } else { plain }.to_owned()),
        (Some((url, _)), None) => Some(url.to_owned()),
        (None, Some(plain)) => Some(plain.to_owned()),
        (None, None) => all(Attr::LazySrc).chain(all(Attr::Src)).find(|url| is_data_picture(url)).map(str::to_owned),
    }
}

fn is_usable(url: &str) -> bool {
    let url = url.trim();
    !(url.is_empty()
        || url.starts_with("data:")
        || url.starts_with("blob:")
        || url.starts_with("about:")
        || url.starts_with("javascript:"))
}

/// The candidates of a `srcset` with their width or density; a URL may hold commas, which is why the standard cuts
/// at white space first (<https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>).
fn candidates(set: &str) -> Vec<(&str, f64)> {
    let mut found = Vec::new();
    let mut rest = set;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        if let Some(bare) = url.strip_suffix(',') {
            found.push((bare.trim_end_matches(','), 1.0));
            rest = after;
            continue;
        }
        let (descriptor, after) = after.split_once(',').unwrap_or((after, ""));
        let size =
            descriptor.split_ascii_whitespace().find_map(|part| part.strip_suffix(['w', 'x'])?.parse::<f64>().ok());
        found.push((url, size.unwrap_or(1.0)));
        rest = after;
    }
}

fn first_address(text: &str) -> Option<&str> {
    let start = text.find("http")?;
    let rest = &text[start..];
    rest.split(['"', '\'', '<', '>', ' ', '\n']).next()
}

#[cfg(test)]
mod tests {
    use super::super::build::build;
    use super::*;

    fn urls(markup: &str) -> Vec<String> {
        let base = Url::parse("https://news.example.org/a/b.html").unwrap();
        let (_, refs) = find(build(markup, &[]), Some(&base));
        refs.into_iter().filter_map(|reference| reference.url).collect()
    }

    #[test]
    fn the_best_copy_is_taken() {
        assert_eq!(
            urls("<img src=s.jpg srcset='https://e.example.org/a,b.jpg 300w, https://e.example.org/c.jpg 900w'>"),
            ["https://e.example.org/c.jpg"]
        );
        assert_eq!(
            urls("<img src='data:image/gif;base64,R0' data-src=https://e.example.org/l.jpg>"),
            ["https://e.example.org/l.jpg"]
        );
        assert_eq!(urls("<img src='' src='https://e.example.org/2.jpg'>"), ["https://e.example.org/2.jpg"]);
        assert_eq!(urls("<img src=c.jpg>"), ["https://news.example.org/a/c.jpg"]);
        assert!(urls("<img src=https://t.example.org/p.gif width=1 height=1>").is_empty());
        assert!(urls("<img alt=nothing>").is_empty());
    }

    #[test]
    fn a_lazy_picture_and_its_twin_are_one() {
        assert_eq!(urls("<img data-lazy-src=https://e.example.org/a.jpg><noscript><img src=https://e.example.org/a.jpg>text</noscript>").len(), 1);
        assert_eq!(
            urls("<img src='data:,'><noscript><img src=https://e.example.org/a.jpg></noscript>"),
            ["https://e.example.org/a.jpg"]
        );
        let (nodes, _) = find(build("<noscript>switch script on</noscript>", &[]), None);
        assert_eq!(super::super::tree::text_of(&nodes), "");
    }

    #[test]
    fn a_carousel_becomes_a_list_and_a_film_has_its_poster() {
        let (nodes, refs) = find(
            build(
                "<div class=wp-block-gallery><div><p><img src=https://e.example.org/1.jpg></p><p>one</p><p><img src=https://e.example.org/2.jpg></p></div></div>",
                &[],
            ),
            None,
        );
        let Node::Element(list) = &nodes[0] else { panic!("{nodes:?}") };
        assert_eq!((list.tag, list.children.len(), refs.len()), (Tag::Ul, 2, 2));
        let (_, refs) = find(
            build(
                "<amp-youtube data-videoid=abcdefghijk></amp-youtube><video src=https://e.example.org/f.mp4 poster=https://e.example.org/p.jpg></video>",
                &[],
            ),
            None,
        );
        let urls: Vec<_> = refs.iter().filter_map(|reference| reference.url.as_deref()).collect();
        assert_eq!(
            urls,
            [
                "https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg",
                "https://www.youtube.com/watch?v=abcdefghijk",
                "https://e.example.org/p.jpg",
                "https://e.example.org/f.mp4"
            ]
        );
        assert_eq!((refs[1].poster, refs[3].poster), (Some(0), Some(2)));
    }

    #[test]
    fn a_picture_in_a_data_address_is_kept_and_a_placeholder_is_not() {
        let data = format!("data:image/png;base64,{}", "A".repeat(1200));
        assert_eq!(urls(&format!("<img src='{data}'>")), [data.as_str()]);
        assert_eq!(
            urls(&format!("<img src='{data}' data-src=https://e.example.org/l.jpg>")),
            ["https://e.example.org/l.jpg"]
        );
        assert!(urls("<img src='data:image/gif;base64,R0lGOD'>").is_empty());
    }

    #[test]
    fn an_iframe_without_address_may_name_one_inside() {
        assert_eq!(
            urls("<iframe src=''><a href=\"https://e.example.org/m/1\">x</a></iframe>"),
            ["https://e.example.org/m/1"]
        );
    }
}
