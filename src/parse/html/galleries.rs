//! Galleries: a box of several pictures becomes a list of them.

use super::tree::{Attr, Element, Node, Tag};

/// Words in the class of a box whose pictures are shown side by side, or one after the other.
const GALLERIES: &[&str] = &["gallery", "carousel", "slideshow", "slider", "swiper", "photoswipe", "lightbox"];

/// So much text, in characters, stands beside a gallery's picture at most: a class of the whole article may have such a word.
const TEXT_OF_PICTURE: usize = 100;

/// What a box holds, in all its depth.
#[derive(Default)]
struct Weight {
    nodes: usize,
    media: usize,
    headings: usize,
    /// Of text.
    characters: usize,
}

impl Weight {
    fn of(nodes: &[Node]) -> Self {
        let mut weight = Self::default();
        weight.add(nodes);
        weight
    }

    fn add(&mut self, nodes: &[Node]) {
        self.nodes += nodes.len();
        for node in nodes {
            match node {
                Node::Media(_) => self.media += 1,
                Node::Text(text) => self.characters += text.chars().count(),
                Node::Element(element) => {
                    self.headings += usize::from(element.tag.is_heading());
                    self.add(&element.children);
                }
            }
        }
    }

    /// Whether there is hardly more than pictures and their words; one heading may be that of all.
    fn is_of_pictures(&self) -> bool {
        self.headings <= 1 && self.characters <= TEXT_OF_PICTURE * self.media
    }
}

/// Tells galleries from other boxes.
pub(super) struct Galleries {
    /// At so many nodes may still be looked.
    looks: usize,
}

/// Galleries in galleries are looked at again and again: at no more nodes than this, which is fifty times a long article's.
const LOOKS: usize = 1 << 20;

impl Default for Galleries {
    fn default() -> Self {
        Self { looks: LOOKS }
    }
}

impl Galleries {
    /// A box of several pictures becomes a list of them; what follows a picture without one of its own belongs to it. What
    /// stands before the first, and a figure's caption, belong to all.
    pub(super) fn list(&mut self, element: &mut Element) {
        let is_list = element.tag == Tag::Ul && element.children.iter().all(|node| node.tag() != Some(Tag::Li));
        if self.looks == 0 || !(is_list || is_named_gallery(element)) {
            return;
        }
        let weight = Weight::of(&element.children);
        self.looks = self.looks.saturating_sub(weight.nodes);
        if weight.media < 2 || !(is_list || weight.is_of_pictures()) {
            return;
        }
        let before = element.children.iter().position(holds_media).unwrap_or_default();
        let mut children = element.children.split_off(before);
        while children.pop_if(|node| node.is_blank_text()).is_some() {}
        let caption = children.pop_if(|node| element.tag == Tag::Figure && node.tag() == Some(Tag::Figcaption));
        match gallery_items(children) {
            Ok(items) => {
                let list = Node::element(Tag::Ul, items.into_iter().map(|item| Node::element(Tag::Li, item)).collect());
                element.tag = Tag::Div;
                element.children.push(list);
                element.children.extend(caption.map(as_box));
            }
            Err(children) => {
                element.children.extend(children);
                element.children.extend(caption);
            }
        }
    }
}

/// A caption of several pictures is a paragraph behind them.
fn as_box(node: Node) -> Node {
    match node {
        Node::Element(caption) => Node::Element(Element { tag: Tag::Div, ..caption }),
        other => other,
    }
}

fn is_named_gallery(element: &Element) -> bool {
    // WordPress says of a whole article that it is of this kind.
    let is_name = |class: &str| !class.starts_with("format-") && GALLERIES.iter().any(|name| class.contains(name));
    matches!(element.tag, Tag::Div | Tag::Figure)
        && element.attr(Attr::Class).is_some_and(|class| class.split_ascii_whitespace().any(is_name))
}

/// The pictures of a box, each with what belongs to it; the box's content unchanged if they are fewer than two.
fn gallery_items(mut children: Vec<Node>) -> Result<Vec<Vec<Node>>, Vec<Node>> {
    children.retain(|node| !node.is_blank_text());
    if children.iter().map(media_rows).sum::<usize>() > 1 {
        children = children.into_iter().flat_map(rows).collect();
    }
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

/// How many pictures [`rows`] makes of a node.
fn media_rows(node: &Node) -> usize {
    match node {
        Node::Element(list) if is_list_of_media(list) => list.children.len(),
        Node::Element(row) if is_row(row) => row.children.iter().map(media_rows).sum(),
        other => usize::from(holds_media(other)),
    }
}

/// A gallery in a gallery is a row of it.
fn rows(node: Node) -> Vec<Node> {
    match node {
        Node::Element(list) if is_list_of_media(&list) => list.children.into_iter().map(as_box).collect(),
        Node::Element(row) if is_row(&row) => row.children.into_iter().flat_map(rows).collect(),
        other => vec![other],
    }
}

/// Whether a box holds nothing but a list of pictures, however deep.
fn is_row(row: &Element) -> bool {
    let mut shown = row.children.iter().filter(|node| !node.is_blank_text());
    match (shown.next(), shown.next()) {
        (Some(Node::Element(only)), None) => row.tag == Tag::Div && (is_list_of_media(only) || is_row(only)),
        _ => false,
    }
}

fn is_list_of_media(list: &Element) -> bool {
    let is_item = |node: &Node| node.tag() == Some(Tag::Li) && holds_media(node);
    list.tag == Tag::Ul && !list.children.is_empty() && list.children.iter().all(is_item)
}

fn holds_media(node: &Node) -> bool {
    match node {
        Node::Media(_) => true,
        Node::Element(element) => element.children.iter().any(holds_media),
        Node::Text(_) => false,
    }
}
