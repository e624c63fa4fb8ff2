//! Lines of text: phrases cleaned, runs of line breaks cut into paragraphs, pictures lifted out of them.

use super::media_ref::is_picture_address;
use super::tree::{Attr, Element, Node, Tag, is_blank, shows_nothing, size_of, text_of};

/// A line of phrases → paragraphs: two line breaks are a new one, a picture stands between them in a figure.
pub(super) fn paragraphs(line: Vec<Node>, out: &mut Vec<Node>) {
    if line.iter().all(Node::is_blank_text) {
        return;
    }
    if !line.iter().any(cuts) {
        return push_paragraph(line, out);
    }
    let mut pieces = Pieces { list: Vec::with_capacity(line.len()), copies: COPIES };
    split(line, &mut pieces);
    let (mut paragraph, mut places) = (Vec::new(), Vec::new());
    let are_paragraphs = begin_as_paragraphs(&pieces.list);
    let mut breaks = 0;
    for piece in pieces.list {
        match piece {
            Piece::Break => breaks += 1,
            Piece::Media(media) => {
                push_paragraph(std::mem::take(&mut paragraph), out);
                out.push(Node::element(Tag::Figure, vec![media]));
                breaks = 0;
            }
            // Where a link may lead though it shows nothing, what shows next begins.
            Piece::Phrase(node) if breaks > 0 && shows_nothing(std::slice::from_ref(&node)) => {
                places.extend(Some(node).filter(names_a_place));
            }
            Piece::Phrase(node) => {
                match breaks {
                    0 => {}
                    1 if !paragraph.is_empty() && !are_paragraphs => paragraph.push(Node::element(Tag::Br, Vec::new())),
                    _ => push_paragraph(std::mem::take(&mut paragraph), out),
                }
                breaks = 0;
                paragraph.append(&mut places);
                paragraph.push(node);
            }
        }
    }
    paragraph.append(&mut places);
    push_paragraph(paragraph, out);
}

/// Whether each line begins with two wide blanks, as Chinese begins a paragraph: a poem's begin here and there.
fn begin_as_paragraphs(pieces: &[Piece]) -> bool {
    let (mut lines, mut is_begun) = (0, false);
    for piece in pieces {
        match piece {
            Piece::Phrase(node) if !is_begun && is_indented(node) => (lines, is_begun) = (lines + 1, true),
            Piece::Phrase(node) if !is_begun && !shows_nothing(std::slice::from_ref(node)) => return false,
            Piece::Phrase(_) => {}
            Piece::Break | Piece::Media(_) => is_begun = false,
        }
    }
    lines > 1
}

fn is_indented(node: &Node) -> bool {
    match node {
        Node::Text(text) => {
            let text = text.trim_start_matches([' ', '\n']);
            text.strip_prefix("\u{3000}\u{3000}").is_some_and(|rest| !rest.starts_with(char::is_whitespace))
        }
        Node::Element(element) => element.children.first().is_some_and(is_indented),
        Node::Media(_) => false,
    }
}

fn names_a_place(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.identity().is_some())
}

/// The name of the place that a line is, if it is nothing else.
pub(super) fn place_alone(line: &[Node]) -> Option<String> {
    let place = line.iter().find(|node| names_a_place(node))?;
    let Node::Element(element) = place else { return None };
    element.identity().filter(|_| shows_nothing(line)).map(str::to_owned)
}

fn push_paragraph(line: Vec<Node>, out: &mut Vec<Node>) {
    let line = phrases(line);
    if !shows_nothing(&line) {
        out.push(Node::element(Tag::P, line));
    }
}

/// A line cut where a paragraph may end.
enum Piece {
    Phrase(Node),
    Break,
    Media(Node),
}

/// The parts of a line; and how many bytes of attributes may still be copied into the parts of phrases.
struct Pieces {
    list: Vec<Piece>,
    copies: usize,
}

/// So many bytes of attributes are copied in a line: a link of so many lines and bytes is none.
const COPIES: usize = 64 << 10;

impl Pieces {
    /// A phrase like another one, around a part of its content; without its attributes if they have been copied too
    /// often.
    fn like(&mut self, element: &Element, children: Vec<Node>) -> Element {
        let left = self.copies.checked_sub(size_of(&element.attrs));
        self.copies = left.unwrap_or(self.copies);
        let attrs = if left.is_some() { element.attrs.clone() } else { Vec::new() };
        Element { tag: element.tag, attrs, children }
    }
}

/// Cuts a line at line breaks and pictures; a phrase that holds one is cut too, and goes around each part.
fn split(line: Vec<Node>, pieces: &mut Pieces) {
    for node in line {
        match node {
            Node::Media(hole) if !hole.inline => pieces.list.push(Piece::Media(node)),
            Node::Element(element) if element.tag == Tag::Br => pieces.list.push(Piece::Break),
            Node::Element(element) if element.children.iter().any(cuts) => split_phrase(element, pieces),
            other => pieces.list.push(Piece::Phrase(other)),
        }
    }
}

fn cuts(node: &Node) -> bool {
    match node {
        Node::Text(_) => false,
        Node::Media(hole) => !hole.inline,
        Node::Element(element) => element.tag == Tag::Br || element.children.iter().any(cuts),
    }
}

fn split_phrase(mut element: Element, pieces: &mut Pieces) {
    let mut inner = Pieces { list: Vec::new(), copies: pieces.copies };
    split(std::mem::take(&mut element.children), &mut inner);
    pieces.copies = inner.copies;
    let mut part = Vec::new();
    for piece in inner.list {
        match piece {
            Piece::Phrase(node) => part.push(node),
            Piece::Break => {
                push_part(&element, &mut part, pieces);
                pieces.list.push(Piece::Break);
            }
            Piece::Media(node) => {
                push_part(&element, &mut part, pieces);
                let linked = linked(&element, node, pieces);
                pieces.list.push(Piece::Media(linked));
            }
        }
    }
    push_part(&element, &mut part, pieces);
}

fn push_part(element: &Element, part: &mut Vec<Node>, pieces: &mut Pieces) {
    if !part.is_empty() {
        let phrase = pieces.like(element, std::mem::take(part));
        pieces.list.push(Piece::Phrase(Node::Element(phrase)));
    }
}

/// A picture in a link stays in it, unless the link only leads to the picture's larger self.
fn linked(element: &Element, node: Node, pieces: &mut Pieces) -> Node {
    let leads_on = |href: &str| !(is_picture_address(href) || href.is_empty() || href.starts_with("javascript:"));
    if element.tag != Tag::A || !element.attr(Attr::Href).is_some_and(leads_on) {
        return node;
    }
    Node::Element(pieces.like(element, vec![node]))
}

/// Phrases cleaned: elements without content or sense go, white space at both ends goes.
pub(super) fn phrases(mut nodes: Vec<Node>) -> Vec<Node> {
    if !nodes.iter().any(|node| matches!(node, Node::Element(_))) {
        trim(&mut nodes);
        return nodes;
    }
    let mut out = Vec::with_capacity(nodes.len());
    clean(nodes, &mut Vec::new(), &mut out);
    trim(&mut out);
    out
}

fn clean(nodes: Vec<Node>, inside: &mut Vec<Tag>, out: &mut Vec<Node>) {
    for node in nodes {
        match node {
            Node::Element(element) if element.tag == Tag::Br || element.tag == Tag::Wbr => {
                out.push(Node::element(element.tag, Vec::new()));
            }
            // Media elements are holes by now.
            Node::Element(element) if !keeps_meaning(element.tag) || inside.contains(&element.tag) => {
                clean(element.children, inside, out);
            }
            Node::Element(mut element) => {
                let children = std::mem::take(&mut element.children);
                inside.push(element.tag);
                clean(children, inside, &mut element.children);
                inside.pop();
                push_phrase(element, out);
            }
            other => out.push(other),
        }
    }
}

fn keeps_meaning(tag: Tag) -> bool {
    tag.is_phrase() && !matches!(tag, Tag::Picture | Tag::Source | Tag::Audio | Tag::Video | Tag::Iframe | Tag::Img)
}

/// An empty phrase may still part two words, or be where a link leads.
fn push_phrase(element: Element, out: &mut Vec<Node>) {
    if !shows_nothing(&element.children) || element.identity().is_some() {
        out.push(Node::Element(element));
    } else {
        out.extend(element.children.into_iter().filter(|child| matches!(child, Node::Text(_)) || names_a_place(child)));
    }
}

/// Drops white space and line breaks at both ends, and the white space inside the first and last text.
fn trim(nodes: &mut Vec<Node>) {
    let edge = |node: &Node| node.is_blank_text() || node.tag() == Some(Tag::Br);
    while nodes.last().is_some_and(edge) {
        nodes.pop();
    }
    let start = nodes.iter().position(|node| !edge(node)).unwrap_or(nodes.len());
    nodes.drain(..start);
    trim_start(nodes);
    trim_end(nodes);
}

fn trim_start(nodes: &mut [Node]) {
    match nodes.first_mut() {
        Some(Node::Text(text)) if text.starts_with(is_edge_space) => {
            let blank = text.len() - text.trim_start_matches(is_edge_space).len();
            text.drain(..blank);
        }
        Some(Node::Element(element)) => trim_start(&mut element.children),
        _ => {}
    }
}

fn trim_end(nodes: &mut [Node]) {
    match nodes.last_mut() {
        Some(Node::Text(text)) => text.truncate(text.trim_end_matches(is_edge_space).len()),
        Some(Node::Element(element)) => trim_end(&mut element.children),
        _ => {}
    }
}

/// Ideographic spaces are how Chinese pages indent paragraphs: the style sheet's business.
fn is_edge_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}'
}

/// Any content → one line, and the media that were in it.
pub(super) fn single_line(nodes: Vec<Node>) -> (Vec<Node>, Vec<Node>) {
    let (mut line, mut media) = (Vec::new(), Vec::new());
    flatten(nodes, " ", &mut line, &mut media);
    (phrases(line), media)
}

/// Any content → preformatted phrases, a block being a line, and the media that were in it.
pub(super) fn preformatted(nodes: Vec<Node>) -> (Vec<Node>, Vec<Node>) {
    let (mut lines, mut media) = (Vec::new(), Vec::new());
    flatten(with_lines_of_code(nodes), "\n", &mut lines, &mut media);
    let mut out = Vec::with_capacity(lines.len());
    clean(lines, &mut Vec::new(), &mut out);
    let empty = |node: &Node| matches!(node, Node::Text(text) if is_blank(text));
    while out.last().is_some_and(empty) {
        out.pop();
    }
    (out, media)
}

/// WeChat's editor makes an element of code of each line.
fn with_lines_of_code(nodes: Vec<Node>) -> Vec<Node> {
    let is_code = |node: &Node| node.tag() == Some(Tag::Code);
    if nodes.len() < 2 || !nodes.iter().all(is_code) {
        return nodes;
    }
    let mut lines = Vec::with_capacity(nodes.len() * 2);
    for line in nodes {
        if lines.last().is_some_and(|before| !text_of(std::slice::from_ref(before)).ends_with('\n')) {
            lines.push(Node::Text("\n".to_owned()));
        }
        lines.push(line);
    }
    lines
}

fn flatten(nodes: Vec<Node>, between: &str, line: &mut Vec<Node>, media: &mut Vec<Node>) {
    for node in nodes {
        match node {
            Node::Media(hole) if !hole.inline => media.push(Node::Media(hole)),
            Node::Element(mut element) if element.tag.is_phrase() && !element.tag.is_void() => {
                let mut children = Vec::new();
                flatten(std::mem::take(&mut element.children), between, &mut children, media);
                element.children = children;
                line.push(Node::Element(element));
            }
            Node::Element(element) if !element.tag.is_phrase() => {
                if !line.is_empty() {
                    line.push(Node::Text(between.to_owned()));
                }
                flatten(element.children, between, line, media);
                line.push(Node::Text(between.to_owned()));
            }
            other => line.push(other),
        }
    }
}
