//! The strict tree made better to read: what the page says elsewhere goes, what was only painted gets its meaning.
//!
//! 1. [`drop_twins`]: a picture that stands there twice stands there once;
//! 2. [`drop_repeated_words`]: a picture's words that its caption says, too, are said once;
//! 3. [`strip_texts`]: an outlet's boilerplate, by `[[strip]]` rules;
//! 4. [`take_byline`]: a leading line of date and author moves into the article's header;
//! 5. [`take_title`](super::titles::take_title): the title that the scraper repeated goes;
//! 6. [`headings`]: paragraphs that are wholly bold become headings, levels start at 2 without gaps;
//! 7. [`rules`]: rules that part nothing go.

use super::captions;
use super::media_ref::MediaRef;
use super::tree::{Attr, Element, Node, Tag, is_blank, shows_nothing, text_of};
use crate::config::StripWhat;
use crate::parse::date::ReadDate;

/// Drops every paragraph, item and heading that holds one of the rules' texts.
pub fn strip_texts(nodes: &mut Vec<Node>, rules: &[&StripWhat]) {
    let texts: Vec<&str> = rules
        .iter()
        .filter_map(|rule| if let StripWhat::Text(text) = rule { Some(text.as_str()) } else { None })
        .collect();
    if !texts.is_empty() {
        drop_blocks_with(nodes, &texts);
    }
}

fn drop_blocks_with(nodes: &mut Vec<Node>, texts: &[&str]) {
    nodes.retain_mut(|node| match node {
        Node::Element(block) if block.tag.holds_phrases() || block.children.iter().all(Node::is_phrase) => {
            let was_empty = block.children.is_empty();
            drop_lines_with(&mut block.children, texts);
            // A cell must stay, or those behind it would be another column's.
            was_empty || !block.children.is_empty() || matches!(block.tag, Tag::Td | Tag::Th)
        }
        Node::Element(block) => {
            drop_blocks_with(&mut block.children, texts);
            !block.children.is_empty()
        }
        _ => true,
    });
}

/// Drops the lines, between line breaks, that hold one of the texts.
fn drop_lines_with(nodes: &mut Vec<Node>, texts: &[&str]) {
    let holds = |line: &[Node]| {
        let text = text_of(line);
        texts.iter().any(|wanted| text.contains(wanted))
    };
    if !holds(nodes) {
        return;
    }
    let is_break = |node: &Node| node.tag() == Some(Tag::Br);
    let lines = nodes.split(is_break).filter(|line| !holds(line));
    *nodes = lines.collect::<Vec<_>>().join(&Node::element(Tag::Br, Vec::new()));
}

/// Of two pictures beside each other that are one, the one with a caption stays: themes show an article's picture over it, too.
pub fn drop_twins(nodes: &mut Vec<Node>, media: &[MediaRef]) {
    let shown = |node: &Node| match node {
        Node::Element(figure) if figure.tag == Tag::Figure => hole_in(&figure.children).and_then(|at| media.get(at)),
        _ => None,
    };
    nodes.dedup_by(|second, first| {
        let is_one_bare = !(has_caption(first) && has_caption(second));
        let are_twins = is_one_bare && shown(first).zip(shown(second)).is_some_and(|(a, b)| a.is_same(b));
        if are_twins && !has_caption(first) {
            std::mem::swap(first, second);
        }
        if let (true, Node::Element(kept), Node::Element(gone)) = (are_twins, first, second)
            && matches!((kept.children.first(), gone.children.first()), (Some(Node::Media(_)), Some(Node::Element(_))))
        {
            // A link around it goes around the other.
            std::mem::swap(&mut kept.children[0], &mut gone.children[0]);
        }
        are_twins
    });
}

/// What a caption says the picture's own words need not: read aloud, or beside a link to a picture that could not be had,
/// it would be said twice.
pub fn drop_repeated_words(nodes: &[Node], media: &mut [MediaRef]) {
    for node in nodes {
        let Node::Element(block) = node else { continue };
        if block.tag != Tag::Figure {
            drop_repeated_words(&block.children, media);
        } else if let Some(medium) = hole_in(&block.children).and_then(|at| media.get_mut(at))
            && !medium.alt.is_empty()
            && block.children[1..].iter().any(|caption| says(caption, &medium.alt))
        {
            medium.alt = Box::default();
        }
    }
}

fn says(node: &Node, words: &str) -> bool {
    let Node::Element(caption) = node else { return false };
    caption.tag == Tag::Figcaption && captions::says(&caption.children, words)
}

fn has_caption(node: &Node) -> bool {
    matches!(node, Node::Element(figure) if figure.children.len() > 1)
}

/// The number of the medium that a figure shows, in a link or not.
fn hole_in(nodes: &[Node]) -> Option<usize> {
    match nodes.first()? {
        Node::Media(hole) => Some(hole.index),
        Node::Element(link) => hole_in(&link.children),
        Node::Text(_) => None,
    }
}

/// A line of date and author looks at the first blocks alone.
pub(super) const LEADING: usize = 4;

/// A line that was taken out of the body, because the article's header says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Byline {
    /// The date that the line is.
    pub date: ReadDate,
    /// The names before it, if any.
    pub authors: Vec<String>,
}

/// Takes the leading line whose last part is a date, as `accepted` tells, out of the body.
pub fn take_byline(nodes: &mut Vec<Node>, accepted: impl Fn(&str) -> Option<ReadDate>) -> Option<Byline> {
    for at in 0..nodes.len().min(LEADING) {
        let Node::Element(block) = &nodes[at] else { continue };
        if block.tag != Tag::P || !block.children.iter().all(Node::is_phrase) {
            continue;
        }
        let text = text_of(&block.children);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let Some((date, names)) = lines.split_last() else { continue };
        if names.iter().all(|line| are_names(line))
            && names.iter().map(|name| name.chars().count()).sum::<usize>() <= MAX_NAMES
            && let Some(date) = accepted(unlabelled(date))
        {
            let names = names.iter().filter(|line| !is_label(line)).map(|line| unlabelled(line));
            let byline = Byline { date, authors: names.flat_map(authors_of).collect() };
            nodes.remove(at);
            return Some(byline);
        }
        if is_sentence(&text) {
            // The text has begun.
            return None;
        }
    }
    None
}

pub(in crate::parse) fn is_sentence(text: &str) -> bool {
    text.contains(['。', '！', '？', '；', '!', '?'])
}

/// No Chinese name is longer, in characters: what a comma parts otherwise is prose.
const LONGEST_NAME: usize = 4;

fn are_names(line: &str) -> bool {
    !is_sentence(line)
        && !is_salutation(line)
        && (!line.contains('，') || line.split('，').all(|name| name.chars().count() <= LONGEST_NAME))
}

/// What stands before sources.
const SOURCES: &[&str] = &["来源", "來源"];

/// What stands before dates and names.
const LABELS: &[&str] = &[
    "时间",
    "時間",
    "日期",
    "作者",
    "发布",
    "發布",
    "发表",
    "發表",
    "更新",
    "Published",
    "Updated",
    "Posted",
    "Date",
    "By",
];

/// Those of them that may be of anything.
const MOMENTS: &[&str] = &["时间", "時間", "日期", "Date"];

/// What ends with a colon speaks to somebody, unless it is the label of what follows.
fn is_salutation(line: &str) -> bool {
    is_label(line) && !LABELS.iter().chain(SOURCES).any(|label| line.contains(label))
}

/// A longer text before a colon is no label, in bytes.
const LONGEST_LABEL: usize = 24;

/// What stands behind a label of a date or an author in its line: `发布时间：2024-06-15 08:30`.
fn unlabelled(line: &str) -> &str {
    // That of an event is none of the article's.
    let is_of_article = |kind: &str| kind.is_empty() || kind.contains(['发', '發', '刊', '稿', '更', ' ']);
    let is_named = |label: &str, known: &str| match label.strip_suffix(known) {
        Some(kind) => !MOMENTS.contains(&known) || is_of_article(kind),
        None => false,
    };
    let is_known = |label: &str| label.len() <= LONGEST_LABEL && LABELS.iter().any(|known| is_named(label, known));
    match line.split_once(['：', ':']) {
        Some((label, rest)) if is_known(label.trim()) => rest.trim(),
        _ => line,
    }
}

fn is_label(line: &str) -> bool {
    line.ends_with(['：', ':'])
}

/// A longer line before a date is text, in characters.
const MAX_NAMES: usize = 60;

/// `null 周依恩` is what a scraper makes of a section and an author of which it knew one.
fn authors_of(line: &str) -> Vec<String> {
    line.split(['、', ',', '，', ';'])
        .map(|name| {
            name.split_whitespace().filter(|word| *word != "null" && *word != "undefined").collect::<Vec<_>>().join(" ")
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// Longer bold paragraphs are emphasis, not headings, in characters: Han say more in one.
const MAX_BOLD_HEADING: usize = 60;

/// Makes headings of bold paragraphs, then brings all levels into order: from 2, each at most one deeper than the
/// one before.
pub fn headings(nodes: &mut [Node]) {
    let has_headings = nodes.iter().any(|node| node.tag().is_some_and(Tag::is_heading));
    promote_bold(nodes, if has_headings { Tag::H5 } else { Tag::H2 });
    let mut open = Vec::new();
    level(nodes, &mut open);
}

fn promote_bold(nodes: &mut [Node], heading: Tag) {
    let paragraphs = nodes.iter().filter(|node| node.tag() == Some(Tag::P)).count();
    let first = nodes.iter().position(|node| node.tag() == Some(Tag::P));
    let is_dateline = |at: usize| first == Some(at) && ends_with_dash(&nodes[at]);
    let bold: Vec<usize> = (0..nodes.len()).filter(|at| is_bold_heading(&nodes[*at]) && !is_dateline(*at)).collect();
    // Where most of a text is bold, boldness says nothing. A text that ends with one is signed by it.
    if bold.is_empty() || bold.len() * 2 > paragraphs {
        return;
    }
    let last = nodes.len() - 1;
    for at in bold.into_iter().filter(|at| *at < last) {
        if let Node::Element(paragraph) = &mut nodes[at] {
            paragraph.tag = heading;
            paragraph.children = unwrap_bold(std::mem::take(&mut paragraph.children));
        }
    }
}

/// `华盛顿 —` before the first paragraph says where it was written.
pub(super) fn ends_with_dash(node: &Node) -> bool {
    text_of(std::slice::from_ref(node)).trim_end().ends_with(['—', '–'])
}

pub(super) fn is_bold_heading(node: &Node) -> bool {
    let Node::Element(paragraph) = node else { return false };
    if paragraph.tag != Tag::P || !is_wholly_bold(&paragraph.children) {
        return false;
    }
    let text = text_of(&paragraph.children);
    let text = text.trim();
    let weight = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    text.contains(char::is_alphanumeric)
        && weight <= 2 * MAX_BOLD_HEADING
        && !is_wholly_link(&paragraph.children)
        && !text.ends_with(['。', '，', '；', ',', ';'])
        && !text.contains('\n')
        && !is_aside(text)
}

/// A bold line that is a link leads elsewhere: to what else there is to read.
fn is_wholly_link(nodes: &[Node]) -> bool {
    let mut shown = nodes.iter().filter(|node| !node.is_blank_text());
    match (shown.next(), shown.next()) {
        (Some(Node::Element(only)), None) => {
            (only.tag == Tag::A && only.attr(Attr::Href).is_some()) || is_wholly_link(&only.children)
        }
        _ => false,
    }
}

/// What the lines begin with that say who made a text, before a mark or the name.
const CREDITS: &[&str] = &[
    "责任编辑",
    "責任編輯",
    "编辑",
    "編輯",
    "作者",
    "记者",
    "記者",
    "撰文",
    "摄影",
    "攝影",
    "文",
    "图",
    "圖",
    "来源",
    "來源",
    "校对",
    "校對",
    "审校",
    "審校",
    "监制",
    "監製",
    "翻译",
    "翻譯",
    "编译",
    "編譯",
    "整理",
];

/// Whether a line is of the text's makers, or all in one pair of brackets: no heading, however bold.
fn is_aside(line: &str) -> bool {
    let closing = ['）', ')'];
    let is_bracketed =
        line.starts_with(['（', '(']) && line.ends_with(closing) && line.find(closing) == line.rfind(closing);
    let is_mark = |rest: &str| rest.starts_with(['：', ':', '／', '/', '｜', '|', ' ', '\u{a0}', '\u{3000}']);
    is_bracketed || CREDITS.iter().any(|credit| line.strip_prefix(credit).is_some_and(is_mark))
}

fn is_wholly_bold(line: &[Node]) -> bool {
    let mut bold = false;
    line.iter().all(|node| match node {
        Node::Text(text) => is_blank(text),
        Node::Element(element) if is_place(element) => true,
        Node::Element(element) if matches!(element.tag, Tag::Strong | Tag::B) => {
            bold = true;
            true
        }
        Node::Element(element) if matches!(element.tag, Tag::Em | Tag::I | Tag::U) => {
            let inner = is_wholly_bold(&element.children);
            bold |= inner;
            inner
        }
        _ => false,
    }) && bold
}

/// Where links lead, and nothing is shown.
fn is_place(element: &Element) -> bool {
    element.tag == Tag::A && element.attr(Attr::Href).is_none() && shows_nothing(&element.children)
}

fn unwrap_bold(line: Vec<Node>) -> Vec<Node> {
    line.into_iter()
        .flat_map(|node| match node {
            Node::Element(element) if matches!(element.tag, Tag::Strong | Tag::B) => element.children,
            Node::Element(element) if is_place(&element) => vec![Node::Element(element)],
            Node::Element(element) => vec![Node::Element(Element {
                children: unwrap_bold(element.children),
                ..Element::new(element.tag, Vec::new())
            })],
            other => vec![other],
        })
        .collect()
}

/// `open` holds the input's levels of the headings that the current one is under.
fn level(nodes: &mut [Node], open: &mut Vec<usize>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        let Some(written) = element.tag.heading_level() else {
            level(&mut element.children, open);
            continue;
        };
        while open.last().is_some_and(|above| *above >= written) {
            open.pop();
        }
        open.push(written);
        element.tag = Tag::heading(open.len() + 1);
    }
}

/// Drops rules at both ends and beside each other.
pub fn rules(nodes: &mut Vec<Node>) {
    let is_rule = |node: &Node| node.tag() == Some(Tag::Hr);
    nodes.dedup_by(|second, first| is_rule(second) && is_rule(first));
    while nodes.last().is_some_and(is_rule) {
        nodes.pop();
    }
    if nodes.first().is_some_and(is_rule) {
        nodes.remove(0);
    }
}
