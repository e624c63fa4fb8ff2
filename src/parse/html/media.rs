//! Media in the loose tree: [`find`] takes every picture, sound, film and embed out of it, leaves a hole in its
//! place and lists what the holes stand for.
//!
//! A lazy picture hides behind a placeholder, its twin stands in a `noscript`, its best copy in an attribute that
//! only a script reads, and all of them may go through a proxy. What counts is the original's address.

use super::candidates::best_candidate;
use super::captions::figure_of_line;
use super::galleries::Galleries;
use super::media_ref::{MediaKind, MediaRef, Widths, is_picture_address};
use super::players::{
    address_of_frame, fallback_of, first_address, is_fallback, is_short_word, source_of, sources_of, youtube_film,
};
use super::signs::is_sign;
use super::tree::{Attr, Element, MediaHole, Node, Tag, shows_nothing, text_of};
use crate::address::{Bases, parse_web};

/// Replaces media elements by holes.
pub fn find(nodes: Vec<Node>, bases: Bases<'_>) -> (Vec<Node>, Vec<MediaRef>) {
    let mut finder = Finder::new(bases);
    let nodes = finder.replace(nodes);
    (nodes, finder.refs)
}

struct Finder<'base> {
    bases: Bases<'base>,
    refs: Vec<MediaRef>,
    in_noscript: bool,
    galleries: Galleries,
}

impl<'base> Finder<'base> {
    fn new(bases: Bases<'base>) -> Self {
        Self { bases, refs: Vec::new(), in_noscript: false, galleries: Galleries::default() }
    }

    fn replace(&mut self, mut nodes: Vec<Node>) -> Vec<Node> {
        if !self.in_noscript && !nodes.iter().any(is_replaced) {
            // Most hold no media of their own: they stay where they are.
            for node in &mut nodes {
                self.inside_node(node);
            }
            return nodes;
        }
        let mut out = Vec::with_capacity(nodes.len());
        for node in nodes {
            let Node::Element(element) = node else {
                if !self.in_noscript {
                    out.push(node);
                }
                continue;
            };
            match element.tag {
                Tag::Img => {
                    let picture = self.picture(&element, &[]);
                    let is_known = self.is_preview_of_last(picture.as_ref(), &out)
                        || self.takes_preview_over(picture.as_slice(), Widths::Certain, &mut out);
                    if !is_known {
                        out.extend(picture);
                    }
                }
                Tag::Picture => self.picture_with_sources(element, &mut out),
                Tag::Audio => self.player(element, MediaKind::Audio, &mut out),
                Tag::Video => self.player(element, MediaKind::Video, &mut out),
                Tag::Iframe => out.extend(self.embed(&element)),
                Tag::Source => {}
                Tag::Noscript => {
                    let nodes = self.noscript(element);
                    if !self.takes_preview_over(&nodes, Widths::Likely, &mut out) {
                        out.extend(nodes);
                    }
                }
                _ if element.attr(Attr::InPlayer).is_some() && is_short_word(&text_of(&element.children)) => {}
                Tag::Figure if self.in_noscript => out.extend(self.figure_in_noscript(element)),
                _ if self.in_noscript => out.extend(self.replace(element.children)),
                _ => {
                    let mut node = Node::Element(element);
                    self.inside_node(&mut node);
                    out.push(node);
                }
            }
        }
        out
    }

    fn inside_node(&mut self, node: &mut Node) {
        let Node::Element(element) = node else { return };
        let before = self.refs.len();
        let is_figure_of_media = element.tag == Tag::Figure && element.children.iter().any(is_replaced);
        element.children = self.replace(std::mem::take(&mut element.children));
        if is_figure_of_media && self.refs.len() == before {
            // So that `normalise` knows: its caption is of what could not be kept, and of no other picture.
            element.children.push(Node::element(Tag::Div, Vec::new()));
        }
        if self.refs.len() == before + 1 {
            figure_of_line(element);
        }
        // Most boxes hold no pictures, and need not be asked what they are.
        if self.refs.len() > before + 1 {
            self.galleries.list(element);
        }
        if let Some(picture) = self.background(element) {
            element.children = vec![picture];
        }
        let shown = self.enlarged(element).or_else(|| self.bare_embed(element)).or_else(|| self.unseen_post(element));
        if let Some(shown) = shown {
            *node = shown;
        }
    }

    /// The picture that stands behind an element that shows nothing else, as Telegram's do and some galleries'.
    fn background(&mut self, element: &Element) -> Option<Node> {
        const SIGNS: &[&str] = &["avatar", "icon", "logo", "share", "social"];
        // The BBC's scripts put a picture into a box that names it.
        let attrs = if element.tag == Tag::A { &[][..] } else { &[Attr::LazySrc, Attr::GuessedSrc] };
        let lazy = || attrs.iter().find_map(|attr| element.attr(*attr));
        let address = element
            .attr(Attr::Background)
            .filter(|address| address.contains(['/', '.']))
            .or_else(|| lazy().filter(|address| is_picture_address(address)))?;
        let class = element.attr(Attr::Class).unwrap_or_default();
        let is_box = match element.tag {
            Tag::I => ["thumb", "image"].iter().any(|word| class.contains(word)),
            tag => tag == Tag::A || !tag.is_phrase(),
        };
        if self.in_noscript
            || !is_box
            || SIGNS.iter().any(|word| class.contains(word))
            || !shows_nothing(&element.children)
        {
            return None;
        }
        let reference = self.reference(MediaKind::Picture, address, alt_of(element))?;
        self.block(reference)
    }

    /// What WordPress's editor writes of an embed before the server has looked it up: its address in a box.
    fn bare_embed(&mut self, element: &Element) -> Option<Node> {
        element
            .attr(Attr::Class)
            .filter(|class| element.tag == Tag::Div && class.contains("wp-block-embed__wrapper"))?;
        let is_words = |node: &Node| matches!(node, Node::Text(_)) || node.tag() == Some(Tag::A);
        let address = Some(&element.children).filter(|children| children.iter().all(is_words));
        let address = text_of(address?).trim().to_owned();
        parse_web(&address).filter(|_| !address.contains(char::is_whitespace))?;
        self.embed_of(address)
    }

    /// A post of a network, of which nothing but its address is left: the network's script would have shown it.
    fn unseen_post(&mut self, element: &Element) -> Option<Node> {
        const TWITTER: &[&str] = &["twitter.com", "x.com"];
        const NETWORKS: &[(&str, &[&str])] = &[
            ("twitter-tweet", TWITTER),
            ("twitter-tweet-rendered", TWITTER),
            ("instagram-media", &["instagram.com", "instagr.am"]),
        ];
        let class = element.attr(Attr::Class).filter(|_| element.tag == Tag::Blockquote)?;
        let of_class = |(name, _): &&(&str, _)| class.split_ascii_whitespace().any(|class| class == *name);
        let (_, hosts) = NETWORKS.iter().find(of_class).filter(|_| shows_nothing(&element.children))?;
        let is_below = |host: &str, domain: &str| {
            host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_post = |address: &&str| {
            parse_web(address).is_some_and(|url| hosts.iter().any(|domain| is_below(url.host(), domain)))
        };
        let address =
            element.attr(Attr::Embedded).filter(is_post).or_else(|| last_link(&element.children, &is_post))?;
        self.embed_of(address.to_owned())
    }

    fn embed_of(&mut self, address: String) -> Option<Node> {
        self.embed(&Element { tag: Tag::Iframe, attrs: vec![(Attr::Src, address)], children: Vec::new() })
    }

    /// A picture that links to a larger copy of itself is that copy; the smaller address stays as another place where it can be had.
    fn enlarged(&mut self, link: &Element) -> Option<Node> {
        let href = link.attr(Attr::Href).filter(|_| link.tag == Tag::A)?;
        let mut shown = link.children.iter().filter(|node| !node.is_blank_text());
        let (Some(Node::Media(hole)), None) = (shown.next(), shown.next()) else { return None };
        let known = self.refs.get(hole.index).filter(|known| known.kind == MediaKind::Picture)?;
        let large = self.reference(MediaKind::Picture, href, String::new())?;
        large.url.as_deref().or(large.local.as_deref()).filter(|address| is_picture_address(address))?;
        if !known.is_same(&large) {
            let known = known.clone();
            let proxy = known.proxy.or_else(|| known.url.clone()).or(large.proxy);
            let (url, small) = (large.url.or(known.url), large.local.as_ref().and(known.local.clone()));
            let local = large.local.or(known.local);
            self.refs[hole.index] = MediaRef { url, local, small, proxy, inline: None, ..known };
        }
        Some(Node::Media(*hole))
    }

    /// Only the twin of a lazy picture is worth keeping; the text is for browsers that we do not send.
    fn noscript(&mut self, element: Element) -> Vec<Node> {
        let outer = std::mem::replace(&mut self.in_noscript, true);
        let nodes = self.replace(element.children);
        self.in_noscript = outer;
        nodes
    }

    /// Whether a picture is the whole of the preview right before it, whose place it then takes.
    fn takes_preview_over(&mut self, nodes: &[Node], widths: Widths, before: &mut [Node]) -> bool {
        let last = before.iter_mut().rev().find(|node| !node.is_blank_text());
        let ([Node::Media(whole)], Some(Node::Media(preview))) = (nodes, last) else { return false };
        let is_newest = preview.index + 1 == whole.index && whole.index + 1 == self.refs.len();
        if !is_newest || !self.refs[preview.index].is_preview_of(&self.refs[whole.index], widths) {
            return false;
        }
        let known = self.refs.swap_remove(preview.index);
        let shown = &mut self.refs[preview.index];
        shown.proxy = shown.proxy.take().or(known.url);
        if shown.alt.is_empty() {
            shown.alt = known.alt;
        }
        preview.inline = false;
        true
    }

    /// Whether a picture is the preview of the one right before it, and is forgotten.
    fn is_preview_of_last(&mut self, picture: Option<&Node>, before: &[Node]) -> bool {
        let last = before.iter().rev().find(|node| !node.is_blank_text());
        let (Some(Node::Media(preview)), Some(Node::Media(whole))) = (picture, last) else { return false };
        let is_newest = whole.index + 1 == preview.index && preview.index + 1 == self.refs.len();
        let is_preview = is_newest && self.refs[preview.index].is_preview_of(&self.refs[whole.index], Widths::Certain);
        if is_preview {
            self.refs.pop();
        }
        is_preview
    }

    /// A picture that stands in a `noscript` alone has its caption there, too.
    fn figure_in_noscript(&mut self, mut figure: Element) -> Option<Node> {
        let is_caption = |node: &Node| node.tag() == Some(Tag::Figcaption);
        let (captions, rest): (Vec<Node>, Vec<Node>) = figure.children.into_iter().partition(is_caption);
        figure.children = self.replace(rest);
        if figure.children.is_empty() {
            return None;
        }
        let outer = std::mem::take(&mut self.in_noscript);
        figure.children.extend(self.replace(captions));
        self.in_noscript = outer;
        Some(Node::Element(figure))
    }

    /// What else is in it has come there because nobody closed it.
    fn picture_with_sources(&mut self, mut picture: Element, out: &mut Vec<Node>) {
        let image = take_first_image(&mut picture.children);
        let sources: Vec<&Element> = sources_of(&picture).collect();
        out.extend(self.picture(image.as_ref().unwrap_or(&picture), &sources));
        out.extend(self.replace(picture.children));
    }

    fn picture(&mut self, image: &Element, sources: &[&Element]) -> Option<Node> {
        let size = declared_size(image);
        let is_lazy = || image.attr(Attr::LazySrc).is_some_and(is_picture_address);
        if size.is_some_and(|(width, height)| width <= TRACKER && height <= TRACKER) && !is_lazy() {
            return None;
        }
        let written = best_candidate(image, sources)?;
        let reference = self.reference(MediaKind::Picture, &written, alt_of(image))?;
        let inline =
            size.is_some_and(|(width, height)| width <= INLINE && height <= INLINE) || is_sign(image, &written);
        let index = self.remember(reference)?;
        Some(Node::Media(MediaHole { index, inline }))
    }

    fn player(&mut self, player: Element, kind: MediaKind, out: &mut Vec<Node>) {
        out.extend(self.film(&player, kind));
        if !is_fallback(&player) {
            out.extend(self.replace(player.children));
        }
    }

    fn film(&mut self, player: &Element, kind: MediaKind) -> Option<Node> {
        let written = source_of(player).or_else(|| sources_of(player).find_map(source_of))?;
        let title = player.attr(Attr::Title).unwrap_or_default().to_owned();
        let mut reference = self.reference(kind, written, title)?;
        reference.poster = player.attr(Attr::Poster).and_then(|written| self.poster(written));
        self.block(reference)
    }

    fn embed(&mut self, frame: &Element) -> Option<Node> {
        let written =
            address_of_frame(|attr| frame.attr(attr)).or_else(|| frame.attr(Attr::Value).and_then(first_address))?;
        if let Some(film) = youtube_film(written) {
            let watch = format!("https://www.youtube.com/watch?v={film}");
            let mut reference = self.reference(MediaKind::Embed, &watch, alt_of(frame))?;
            reference.poster = self.poster(&format!("https://i.ytimg.com/vi/{film}/hqdefault.jpg"));
            return self.block(reference);
        }
        let alt = Some(alt_of(frame)).filter(|alt| !alt.is_empty()).or_else(|| fallback_of(frame));
        let reference = self.reference(MediaKind::Embed, written, alt.unwrap_or_default())?;
        self.block(reference)
    }

    /// A picture that has no place of its own in the body.
    fn poster(&mut self, written: &str) -> Option<u32> {
        let reference = self.reference(MediaKind::Picture, written, String::new())?;
        self.refs.push(reference);
        u32::try_from(self.refs.len() - 1).ok()
    }

    fn reference(&self, kind: MediaKind, written: &str, alt: String) -> Option<MediaRef> {
        MediaRef::of(kind, written, self.bases).map(|reference| MediaRef { alt: alt.into(), ..reference })
    }

    /// A medium that stands by itself.
    fn block(&mut self, reference: MediaRef) -> Option<Node> {
        let index = self.remember(reference)?;
        Some(Node::Media(MediaHole { index, inline: false }))
    }

    /// Where among the references it then is; nowhere if it is the twin of a picture.
    fn remember(&mut self, reference: MediaRef) -> Option<usize> {
        let before = || self.refs.iter().rev().take(TWINS);
        if self.in_noscript && before().any(|known| known.is_same(&reference)) {
            return None;
        }
        self.refs.push(reference);
        Some(self.refs.len() - 1)
    }
}

/// Whether a node itself is media, or stands for what it holds.
fn is_replaced(node: &Node) -> bool {
    use Tag::{Audio, Iframe, Img, Noscript, Picture, Source, Video};
    matches!(node.tag(), Some(Img | Picture | Audio | Video | Iframe | Source | Noscript))
}

/// The twin of a lazy picture stands beside it: so many before it are looked at.
const TWINS: usize = 64;

/// Pictures this small on both sides only count readers, in pixels.
const TRACKER: u32 = 2;

/// Pictures this small on both sides stand in their line: smileys, icons, flags. In pixels.
const INLINE: u32 = 40;

fn declared_size(image: &Element) -> Option<(u32, u32)> {
    Some((image.pixels(Attr::Width)?, image.pixels(Attr::Height)?))
}

fn take_first_image(nodes: &mut Vec<Node>) -> Option<Element> {
    let is_image = |node: &Node| node.tag() == Some(Tag::Img);
    if let Some(at) = nodes.iter().position(is_image)
        && let Node::Element(image) = nodes.remove(at)
    {
        return Some(image);
    }
    nodes.iter_mut().find_map(|node| match node {
        Node::Element(element) => take_first_image(&mut element.children),
        _ => None,
    })
}

/// Where the last link in a tree leads that fits.
fn last_link<'tree>(nodes: &'tree [Node], fits: &impl Fn(&&str) -> bool) -> Option<&'tree str> {
    nodes.iter().rev().find_map(|node| match node {
        Node::Element(element) => last_link(&element.children, fits).or_else(|| element.attr(Attr::Href).filter(fits)),
        _ => None,
    })
}

fn alt_of(image: &Element) -> String {
    let alt = image
        .attr(Attr::Alt)
        .filter(|alt| !alt.trim().is_empty())
        .or_else(|| image.attr(Attr::Title))
        .or_else(|| image.attr(Attr::LazyAlt))
        .unwrap_or_default();
    alt.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::build::build;
    use super::*;
    use crate::parse::inline;

    fn urls(markup: &str) -> Vec<String> {
        let base = parse_web("https://news.example.org/a/b.html").unwrap();
        let (_, refs) = find(build(markup, &[]), Bases { original: Some(&base), site: None });
        refs.into_iter().filter_map(|reference| reference.url).map(String::from).collect()
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
        let in_noscript = |before: &str, inside: &str| {
            urls(&format!(
                "<img src=https://e.example.org/{before}> <noscript><img src=https://e.example.org/{inside}></noscript>"
            ))
        };
        assert_eq!(in_noscript("max/60/a.jpg?q=20", "max/1400/a.jpg"), ["https://e.example.org/max/1400/a.jpg"]);
        for (before, inside) in
            [("b.jpg", "a.jpg"), ("1600/a.jpg", "320/a.jpg"), ("1/a.jpg", "2/a.jpg"), ("60/a.jpg", "1400/b.jpg")]
        {
            assert_eq!(in_noscript(before, inside).len(), 2, "{before} {inside}");
        }
        let (nodes, _) = find(build("<noscript>switch script on</noscript>", &[]), Bases::default());
        assert_eq!(super::super::tree::text_of(&nodes), "");
    }

    #[test]
    fn a_carousel_becomes_a_list_and_a_film_has_its_poster() {
        let (nodes, refs) = find(
            build(
                "<div class=wp-block-gallery><div><p><img src=https://e.example.org/1.jpg></p><p>one</p><p><img src=https://e.example.org/2.jpg></p></div></div>",
                &[],
            ),
            Bases::default(),
        );
        let Node::Element(gallery) = &nodes[0] else { panic!("{nodes:?}") };
        let Node::Element(list) = &gallery.children[0] else { panic!("{nodes:?}") };
        assert_eq!((list.tag, list.children.len(), refs.len()), (Tag::Ul, 2, 2));
        let (_, refs) = find(
            build(
                "<amp-youtube data-videoid=abcdefghijk></amp-youtube><video src=https://e.example.org/f.mp4 poster=https://e.example.org/p.jpg></video>",
                &[],
            ),
            Bases::default(),
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
        let (_, refs) = find(build(&format!("<img src='{data}'>"), &[]), Bases::default());
        assert_eq!((refs[0].inline.as_deref(), &refs[0].url), (Some(&inline::digest_of(&data)), &None));
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
