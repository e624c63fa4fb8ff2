//! The loose tree → the strict one: [`normalise`].
//!
//! After it, what is inside what is as HTML's content models demand, in the form to which a parser would bring
//! it: a flow holds blocks alone, a paragraph phrases alone, a list items, a table sections of rows of cells. Boxes
//! (`div` and its kin) are gone, two line breaks are a new paragraph, pictures stand in figures with their
//! captions, and nothing is empty. A tree of this shape, printed, is what a parser reads back: that is why the
//! sanitiser's output is a fixed point.

use super::captions::{attach_captions, is_credit, is_short};
use super::phrases::{paragraphs, phrases, place_alone, single_line};
use super::table::table;
use super::tree::{Attr, Element, Node, Tag, shows_nothing, text_of};

/// Brings a body's tree into the strict form.
pub fn normalise(nodes: Vec<Node>) -> Vec<Node> {
    flow(nodes)
}

/// Any content → blocks.
pub(super) fn flow(nodes: Vec<Node>) -> Vec<Node> {
    let mut out = Vec::with_capacity(nodes.len());
    flow_into(nodes, &mut out);
    attach_captions(&mut out);
    out
}

pub(super) fn flow_into(nodes: Vec<Node>, out: &mut Vec<Node>) {
    if nodes.iter().all(Node::is_phrase) {
        return paragraphs(nodes, out);
    }
    let mut line = Vec::new();
    // Where a link may lead though nothing stands there, the next block begins.
    let mut place = None;
    for node in nodes {
        match node {
            Node::Element(element) if !element.tag.is_phrase() => {
                place = place_alone(&line).or(place);
                paragraphs(std::mem::take(&mut line), out);
                let first = out.len();
                block(element, out);
                if let Some(Node::Element(block)) = out.get_mut(first)
                    && let Some(place) = place.take().filter(|_| block.identity().is_none())
                {
                    block.attrs.push((Attr::Id, place));
                }
            }
            // Between blocks, as most are.
            blank if line.is_empty() && blank.is_blank_text() => {}
            phrase => line.push(phrase),
        }
    }
    paragraphs(line, out);
}

fn block(mut element: Element, out: &mut Vec<Node>) {
    let children = std::mem::take(&mut element.children);
    match element.tag {
        tag if tag.is_heading() => heading(element, children, out),
        Tag::Pre => pre(element, children, out),
        Tag::Blockquote => push_unless_empty(element, flow(children), out),
        Tag::Ul | Tag::Ol => list(element, children, out),
        Tag::Li => stray_item(element, children, out),
        Tag::Dl => definitions(element, children, out),
        Tag::Table => table(element, children, out),
        Tag::Details => details(element, children, out),
        // A box that is called a caption and holds the picture itself, or half the article, is none.
        Tag::Figcaption if !holds_picture(&children) && is_short(&children) => {
            push_unless_empty(element, with_credit_apart(cell_content(children)), out);
        }
        Tag::Hr => out.push(Node::element(Tag::Hr, Vec::new())),
        // Paragraphs, boxes, figures (a caption stays behind its picture) and parts without their whole.
        _ => flow_box(&element, children, out),
    }
}

/// A caption in which small letters at the end stand apart: whose picture it is, in a line of its own on the page.
fn with_credit_apart(mut caption: Vec<Node>) -> Vec<Node> {
    if let [.., Node::Text(before), Node::Element(credit)] = caption.as_mut_slice()
        && credit.tag == Tag::Small
        && !before.ends_with(char::is_whitespace)
    {
        before.push(' ');
    }
    caption
}

/// Whether there is a picture, sound or film that does not stand in a line.
pub(super) fn holds_picture(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Media(hole) => !hole.inline,
        Node::Element(element) => holds_picture(&element.children),
        Node::Text(_) => false,
    })
}

/// What names a box, and how its text is read.
fn is_inherited(attr: Attr) -> bool {
    matches!(attr, Attr::Id | Attr::Lang | Attr::Dir)
}

/// What is inside a box takes the box's place; the first block inherits what names it, all of them its language.
fn flow_box(element: &Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let first = out.len();
    let is_caption = |node: &Node| node.tag() == Some(Tag::Figcaption);
    // Then its caption is that of the picture before. (Where a figure's own medium could not be kept, `media` has left a box.)
    let is_caption_alone =
        element.tag == Tag::Figure && children.iter().all(|node| is_caption(node) || node.is_blank_text());
    flow_into(children, out);
    if element.tag == Tag::Figure && !is_caption_alone {
        let mut inner = out.split_off(first);
        join_credits(&mut inner);
        attach_captions(&mut inner);
        out.append(&mut inner);
    }
    for (attr, value) in element.attrs.iter().filter(|(attr, _)| is_inherited(*attr)) {
        let heirs = if *attr == Attr::Id || value.len() > LONGEST_COPIED { 1 } else { usize::MAX };
        for node in out[first..].iter_mut().take(heirs) {
            if let Node::Element(heir) = node
                && heir.attr(*attr).is_none()
            {
                heir.attrs.push((*attr, value.clone()));
            }
        }
    }
}

/// What stands between a figure's picture and its caption, such as who took it, belongs to the caption.
fn join_credits(figure: &mut [Node]) {
    let [Node::Element(picture), between @ .., Node::Element(caption)] = figure else { return };
    if picture.tag != Tag::Figure || caption.tag != Tag::Figcaption {
        return;
    }
    let is_line = |node: &Node| matches!(node, Node::Element(line) if line.tag == Tag::P && is_credit(&line.children));
    if between.iter().all(is_line) {
        for node in between {
            if let Node::Element(line) = node {
                line.tag = Tag::Figcaption;
            }
        }
    }
}

/// No language or direction has a longer name, in bytes: what is longer is not copied to every block of a box.
const LONGEST_COPIED: usize = 35;

pub(super) fn push_unless_empty(mut element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    if !shows_nothing(&children) {
        element.children = children;
        out.push(Node::Element(element));
    }
}

/// A longer heading is none: an unclosed tag has swallowed the text. In characters.
const MAX_HEADING: usize = 200;

/// A heading is one line; pictures in it follow it.
fn heading(element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    if text_of(&children).chars().count() > MAX_HEADING {
        return flow_box(&element, children, out);
    }
    let (line, media) = single_line(children);
    push_unless_empty(element, line, out);
    out.extend(media.into_iter().map(|media| Node::element(Tag::Figure, vec![media])));
}

/// Preformatted text holds phrases; a block in it was a line.
fn pre(element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let (mut lines, media) = super::phrases::preformatted(children);
    trim_line_feeds(&mut lines);
    push_unless_empty(element, lines, out);
    out.extend(media.into_iter().map(|media| Node::element(Tag::Figure, vec![media])));
}

/// A parser drops a line feed that follows the start tag: none may be left there.
fn trim_line_feeds(lines: &mut [Node]) {
    for node in lines {
        match node {
            Node::Text(text) => {
                *text = text.trim_start_matches('\n').to_owned();
                if !text.is_empty() {
                    return;
                }
            }
            Node::Element(element) if element.tag == Tag::Br => return,
            Node::Element(element) => {
                trim_line_feeds(&mut element.children);
                // What shows nothing may not be printed at all.
                if !shows_nothing(&element.children) {
                    return;
                }
            }
            Node::Media(_) => return,
        }
    }
}

/// The content of an item, a cell, a definition or a caption: a line of phrases where that is all, else blocks.
pub(super) fn cell_content(nodes: Vec<Node>) -> Vec<Node> {
    let nodes = unwrap_only_box(nodes);
    if nodes.iter().all(Node::is_phrase) {
        return phrases(nodes);
    }
    let mut blocks = flow(nodes);
    match blocks.as_mut_slice() {
        [Node::Element(only)] if only.tag == Tag::P && only.attrs.is_empty() => std::mem::take(&mut only.children),
        _ => blocks,
    }
}

/// `<li><div>text</div></li>` is `<li>text</li>`.
fn unwrap_only_box(mut nodes: Vec<Node>) -> Vec<Node> {
    loop {
        let mut shown = nodes.iter_mut().filter(|node| !node.is_blank_text());
        match (shown.next(), shown.next()) {
            (Some(Node::Element(only)), None)
                if matches!(only.tag, Tag::Div | Tag::P) && !only.attrs.iter().any(|(attr, _)| is_inherited(*attr)) =>
            {
                nodes = std::mem::take(&mut only.children);
            }
            _ => return nodes,
        }
    }
}

/// A list holds items alone: a list in it belongs to the item before, anything else becomes an item.
fn list(mut element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let mut items: Vec<Node> = Vec::new();
    let (mut loose, mut is_loose) = (Vec::new(), false);
    for node in children {
        match node {
            Node::Element(item) if item.tag == Tag::Li => {
                push_item(&mut items, std::mem::take(&mut loose));
                is_loose = false;
                let Element { attrs, children, .. } = item;
                push_unless_empty(
                    Element { tag: Tag::Li, attrs, children: Vec::new() },
                    cell_content(children),
                    &mut items,
                );
            }
            Node::Element(inner) if matches!(inner.tag, Tag::Ul | Tag::Ol) && !items.is_empty() && !is_loose => {
                nest(&mut items, inner);
            }
            other => {
                is_loose |= !shows_nothing(std::slice::from_ref(&other));
                loose.push(other);
            }
        }
    }
    push_item(&mut items, loose);
    if !items.is_empty() {
        element.children = items;
        out.push(Node::Element(element));
    }
}

fn push_item(items: &mut Vec<Node>, content: Vec<Node>) {
    push_unless_empty(Element::new(Tag::Li, Vec::new()), cell_content(content), items);
}

fn nest(items: &mut [Node], inner: Element) {
    let mut nested = Vec::new();
    block(inner, &mut nested);
    if let Some(Node::Element(item)) = items.last_mut() {
        if item.children.iter().all(Node::is_phrase) {
            let line = std::mem::take(&mut item.children);
            item.children = vec![Node::element(Tag::P, line)];
        }
        item.children.extend(nested);
    }
}

/// Items outside a list make one.
fn stray_item(element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let Element { attrs, .. } = element;
    let item = Element { tag: Tag::Li, attrs, children: Vec::new() };
    let mut items = Vec::new();
    push_unless_empty(item, cell_content(children), &mut items);
    match out.last_mut() {
        Some(Node::Element(list)) if list.tag == Tag::Ul && list.attr(Attr::Class) == Some(STRAY) => {
            list.children.extend(items);
        }
        _ if items.is_empty() => {}
        _ => out.push(Node::Element(Element {
            tag: Tag::Ul,
            attrs: vec![(Attr::Class, STRAY.to_owned())],
            children: items,
        })),
    }
}

/// Marks a list that stray items made, so that the next one joins it. Classes are never printed.
const STRAY: &str = "stray";

/// A definition list holds terms, then definitions; where pictures are the terms it is a gallery.
fn definitions(element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let mut parts: Vec<Element> = Vec::new();
    collect_definitions(children, &mut parts);
    let mut terms = parts.iter().filter(|part| part.tag == Tag::Dt).peekable();
    let is_gallery = terms.peek().is_some() && terms.all(|term| shows_media_alone(&term.children));
    let is_whole =
        parts.first().is_some_and(|part| part.tag == Tag::Dt) && parts.last().is_some_and(|part| part.tag == Tag::Dd);
    if is_gallery || !is_whole {
        for mut part in parts {
            part.tag = if is_gallery && part.tag == Tag::Dd { Tag::Figcaption } else { Tag::Div };
            block(part, out);
        }
        return;
    }
    let mut items = Vec::new();
    for part in parts {
        let Element { tag, attrs, children } = part;
        let content = if tag == Tag::Dt { term(children) } else { cell_content(children) };
        items.push(Node::Element(Element { tag, attrs, children: content }));
    }
    push_unless_empty(element, items, out);
}

fn term(nodes: Vec<Node>) -> Vec<Node> {
    let (mut line, media) = single_line(nodes);
    line.extend(media);
    line
}

fn collect_definitions(nodes: Vec<Node>, parts: &mut Vec<Element>) {
    for node in nodes {
        match node {
            Node::Element(part) if matches!(part.tag, Tag::Dt | Tag::Dd) => parts.push(part),
            Node::Element(part) if part.tag == Tag::Div => collect_definitions(part.children, parts),
            other if shows_nothing(std::slice::from_ref(&other)) => {}
            other => match parts.last_mut() {
                Some(last) if last.tag == Tag::Dd => last.children.push(other),
                _ => parts.push(Element::new(Tag::Dd, vec![other])),
            },
        }
    }
}

pub(super) fn shows_media_alone(nodes: &[Node]) -> bool {
    !shows_nothing(nodes) && text_of(nodes).trim().is_empty()
}

/// A summary first, then blocks.
fn details(element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let mut summary = None;
    let mut rest = Vec::new();
    for node in children {
        match node {
            Node::Element(first) if first.tag == Tag::Summary && summary.is_none() => summary = Some(first),
            other => rest.push(other),
        }
    }
    let content = flow(rest);
    let Some(summary) = summary else { return out.extend(content) };
    let (line, media) = single_line(summary.children);
    if shows_nothing(&line) {
        return out.extend(content);
    }
    let mut all = vec![Node::element(Tag::Summary, line)];
    all.extend(media.into_iter().map(|media| Node::element(Tag::Figure, vec![media])));
    all.extend(content);
    push_unless_empty(element, all, out);
}
