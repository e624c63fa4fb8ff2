//! Captions: a line that follows a picture, sound or film and is marked as its caption becomes its `figcaption`.
//!
//! Scrapers mark captions in many ways: a `figcaption` that lost its figure, a class, a paragraph that is wholly
//! `<small>`, a leading `▲`. Looser signs (shortness, italics) are not taken:
//! a caption shown as a paragraph harms nobody, a paragraph shown as a caption may.

use super::improve::is_sentence;
use super::media_ref::{MediaKind, MediaRef};
use super::tree::{Attr, Element, Node, Tag, is_blank, text_of};

/// Longer texts are no captions: an unclosed tag has swallowed the article. In characters.
const MAX_CAPTION: usize = 400;

/// A longer paragraph begins with a caption's words by chance, in characters.
const MAX_MARKED: usize = 150;

/// Whether a text is short enough for a caption.
pub(super) fn is_short(caption: &[Node]) -> bool {
    text_of(caption).chars().count() <= MAX_CAPTION
}

/// Whether a line beside a caption may say whose picture it is: it is no prose.
pub(super) fn is_credit(line: &[Node]) -> bool {
    let text = text_of(line);
    text.chars().count() <= MAX_MARKED && !is_sentence(&text)
}

/// Beginnings that only captions and credits have.
const MARKS: &[&str] = &[
    "▲",
    "△",
    "图像来源",
    "圖像來源",
    "图像加注文字",
    "圖像加註文字",
    "图片来源",
    "圖片來源",
    "（图片来源",
    "（圖片來源",
    "(图片来源",
    "(圖片來源",
    "图片说明",
    "圖片說明",
    "图／",
    "圖／",
    "图/",
    "圖/",
    "图|",
    "图 |",
    "图｜",
    "图丨",
    "（图/",
    "(图/",
    "图片来自",
    "圖片來自",
    "资料图：",
    "資料圖：",
    "↑",
    "图源",
    "圖源",
    "图为",
    "圖為",
    "图：",
    "圖：",
    "Image source",
    "Photo:",
    "Photo by",
    "Image:",
];

/// Gives every figure of a flow the captions that follow it; a caption without a picture becomes a paragraph.
pub(super) fn attach_captions(flow: &mut Vec<Node>) {
    if !flow.iter().any(|node| matches!(node.tag(), Some(Tag::Figure | Tag::Figcaption))) {
        return;
    }
    let mut out: Vec<Node> = Vec::with_capacity(flow.len());
    let mut waiting: Option<Element> = None;
    for node in flow.drain(..) {
        match node {
            Node::Element(figure) if figure.tag == Tag::Figure => {
                let mut figure = figure;
                // A caption over its picture, where no picture stood before.
                if figure.children.len() > 1 {
                    flush(&mut waiting, &mut out);
                } else if let Some(caption) = waiting.take() {
                    figure.children.push(Node::Element(caption));
                }
                out.push(Node::Element(figure));
            }
            Node::Element(caption) if caption.tag == Tag::Figcaption => match figure_for(&mut out, |_| true) {
                Some(figure) => add_caption(figure, caption.children),
                None => {
                    flush(&mut waiting, &mut out);
                    waiting = Some(caption);
                }
            },
            other => {
                flush(&mut waiting, &mut out);
                // A loose sign counts only for one that has no caption yet.
                match (figure_for(&mut out, |figure| figure.children.len() == 1), other) {
                    (Some(figure), Node::Element(line)) if is_marked(&line) => {
                        add_caption(figure, unwrap_small(line.children));
                    }
                    (_, other) => out.push(other),
                }
            }
        }
    }
    flush(&mut waiting, &mut out);
    *flow = out;
}

/// Whether a line says some words and no more, however they are parted.
pub(super) fn says(line: &[Node], words: &str) -> bool {
    text_of(line).split_whitespace().eq(words.split_whitespace())
}

/// A line behind a picture that is word for word what the picture says of itself is its caption; boxes are gone by now.
pub fn attach_said(flow: &mut Vec<Node>, media: &[MediaRef]) {
    if !flow.iter().any(|node| node.tag() == Some(Tag::Figure)) {
        return;
    }
    let mut out: Vec<Node> = Vec::with_capacity(flow.len());
    for node in flow.drain(..) {
        let is_said = |figure: &Element| match (figure.children.as_slice(), &node) {
            ([Node::Media(hole)], Node::Element(line)) if line.tag == Tag::P => {
                let picture = media.get(hole.index).filter(|medium| medium.kind == MediaKind::Picture);
                picture.is_some_and(|picture| !picture.alt.is_empty() && says(&line.children, &picture.alt))
            }
            _ => false,
        };
        match (figure_for(&mut out, is_said), node) {
            (Some(figure), Node::Element(line)) => {
                // Links may lead to the line.
                let is_new = |(attr, _): &(Attr, String)| figure.attr(*attr).is_none();
                let attrs: Vec<_> = line.attrs.into_iter().filter(is_new).collect();
                figure.attrs.extend(attrs);
                add_caption(figure, line.children);
            }
            (_, node) => out.push(node),
        }
    }
    *flow = out;
}

/// NetEase's paragraphs of a picture and its caption, parted by a break, are figures. (Two breaks part paragraphs.)
pub(super) fn figure_of_line(line: &mut Element) {
    let is_so = |class: &str| class.split_ascii_whitespace().any(|class| class == "f_center");
    if line.tag != Tag::P || !line.attr(Attr::Class).is_some_and(is_so) {
        return;
    }
    let is_break = |node: &Node| node.tag() == Some(Tag::Br);
    let Some(first) = line.children.iter().position(is_break) else { return };
    let mut shown = line.children[..first].iter().filter(|node| !node.is_blank_text());
    let is_picture = matches!((shown.next(), shown.next()), (Some(Node::Media(hole)), None) if !hole.inline);
    let behind = &line.children[first + 1..];
    let end = behind.iter().rposition(|node| !node.is_blank_text() && !is_break(node)).map_or(0, |last| last + 1);
    let is_words = |node: &Node| node.is_phrase() && !matches!(node, Node::Media(_));
    let is_line = |part: &[Node]| part.iter().all(is_words) && !part.iter().all(Node::is_blank_text);
    if !is_picture
        || !behind[..end].split(is_break).all(is_line)
        || text_of(&behind[..end]).chars().count() > MAX_MARKED
    {
        return;
    }
    let mut caption = line.children.split_off(first + 1);
    caption.truncate(end);
    line.children.pop();
    line.children.push(Node::element(Tag::Figcaption, caption));
    line.tag = Tag::Figure;
}

fn flush(waiting: &mut Option<Element>, out: &mut Vec<Node>) {
    let Some(caption) = waiting.take() else { return };
    if caption.children.iter().all(Node::is_phrase) {
        out.push(Node::element(Tag::P, caption.children));
    } else {
        out.extend(caption.children);
    }
}

/// The figure that the last block is, if it fits.
fn figure_for(out: &mut [Node], fits: impl Fn(&Element) -> bool) -> Option<&mut Element> {
    match out.last_mut() {
        Some(Node::Element(figure)) if figure.tag == Tag::Figure && fits(figure) => Some(figure),
        _ => None,
    }
}

fn add_caption(figure: &mut Element, line: Vec<Node>) {
    match figure.children.get_mut(1) {
        Some(Node::Element(caption)) if line.iter().chain(caption.children.last()).all(Node::is_phrase) => {
            caption.children.push(Node::Text(" ".to_owned()));
            caption.children.extend(line);
        }
        Some(Node::Element(caption)) => {
            caption.children = blocks(std::mem::take(&mut caption.children));
            caption.children.extend(blocks(line));
        }
        _ => figure.children.push(Node::element(Tag::Figcaption, line)),
    }
}

/// A line as a block, or blocks as they are.
fn blocks(nodes: Vec<Node>) -> Vec<Node> {
    if nodes.iter().all(Node::is_phrase) { vec![Node::element(Tag::P, nodes)] } else { nodes }
}

/// Whether a paragraph says of itself that it is a caption.
fn is_marked(line: &Element) -> bool {
    if line.tag != Tag::P {
        return false;
    }
    if is_wholly_small(&line.children) {
        return is_short(&line.children);
    }
    let text = text_of(&line.children);
    text.chars().count() <= MAX_MARKED && (begins_with_mark(&line.children) || ends_with_credit(&text))
}

/// Whether a line ends with who took or gave its picture: `新华社记者 李四 摄`, `（王五摄）`, `受访者供图`. What was filmed is prose.
fn ends_with_credit(line: &str) -> bool {
    /// In characters.
    const LONGEST_CREDIT: usize = 16;
    const LONGEST_GIVER: usize = 8;
    let line = line.trim_end();
    let in_brackets = line.strip_suffix(['）', ')']);
    let parts: &[char] =
        if in_brackets.is_some() { &['（', '('] } else { &['。', '！', '？', '；', '：', '，'] };
    let credit = in_brackets.unwrap_or(line).rsplit(parts).next().unwrap_or_default().trim();
    let length = credit.chars().count();
    let taken = || {
        let name = credit.strip_suffix(['摄', '攝'])?;
        let is_named = in_brackets.is_some() || name.ends_with(char::is_whitespace) || name.contains("记者");
        (is_named && !name.ends_with(['拍', '统', '統', '偷', '航', '珍'])).then_some(())
    };
    let given = || credit.ends_with("供图") || credit.ends_with("供圖");
    (length <= LONGEST_CREDIT && taken().is_some()) || (length <= LONGEST_GIVER && given())
}

fn begins_with_mark(line: &[Node]) -> bool {
    match line.first() {
        Some(Node::Text(text)) => {
            let text = text.trim_start();
            MARKS.iter().any(|mark| text.starts_with(mark))
        }
        Some(Node::Element(element)) => begins_with_mark(&element.children),
        _ => false,
    }
}

fn is_wholly_small(line: &[Node]) -> bool {
    let mut small = false;
    line.iter().all(|node| match node {
        Node::Text(text) => is_blank(text),
        Node::Element(element) if element.tag == Tag::Small => {
            small = true;
            true
        }
        _ => false,
    }) && small
}

fn unwrap_small(line: Vec<Node>) -> Vec<Node> {
    if !is_wholly_small(&line) {
        return line;
    }
    let mut out = Vec::with_capacity(line.len());
    let mut is_behind_small = false;
    for node in line {
        match node {
            Node::Element(small) => {
                // A caption and whose picture it is.
                out.extend(is_behind_small.then(|| Node::Text(" ".to_owned())));
                out.extend(small.children);
                is_behind_small = true;
            }
            text => {
                out.push(text);
                is_behind_small = false;
            }
        }
    }
    out
}
