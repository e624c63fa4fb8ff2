//! The title that a body repeats, or that it alone has.

use std::cell::LazyCell;

use super::improve::{LEADING, ends_with_dash, is_bold_heading, is_sentence};
use super::tree::{Node, Tag, text_of};
use crate::parse::text::is_han;

/// Takes the repeated title out of the body, and says how it stood there; without a known one, a leading first-level heading
/// is the title.
pub fn take_title(nodes: &mut Vec<Node>, known: Option<&str>) -> Option<String> {
    let Some(title) = known else {
        let title = take_first_heading(nodes).or_else(|| take_first_line(nodes))?;
        take_repeated_heading(nodes, &title);
        return Some(title);
    };
    let first = folds(title).next()?;
    let wanted = LazyCell::new(|| Wanted { whole: folded(title), without_outlet: folded(without_outlet(title)) });
    let says_title = |node: &Node, anywhere: bool| {
        let Node::Element(block) = node else { return false };
        let fits = if anywhere { block.tag == Tag::H1 } else { block.tag == Tag::P || block.tag.is_heading() };
        if !fits {
            return false;
        }
        let text = text_of(&block.children);
        // News begin with short sentences that their titles begin with, too.
        let may_be_cut = block.tag.is_heading() || text.trim_end().ends_with('…') || text.trim_end().ends_with("...");
        let says = |text: &str| wanted.is(text) || (may_be_cut && wanted.begins_with(text));
        // A longer text is not the title, whatever it begins with; one that begins otherwise is none either.
        text.len() <= title.len() * 2 + 40 && folds(&text).next() == Some(first) && says(&folded(&text))
    };
    let leading = nodes.len().min(LEADING);
    let mut found = None;
    if let Some(at) = nodes[..leading].iter().position(|node| says_title(node, false)) {
        found = Some(text_of(&[nodes.remove(at)]).trim().to_owned());
    }
    let elsewhere = || nodes.iter().find(|node| says_title(node, true)).map(std::slice::from_ref);
    found = found.or_else(|| Some(text_of(elsewhere()?).trim().to_owned()));
    nodes.retain(|node| !says_title(node, true));
    take_repeated_heading(nodes, title);
    found
}

/// Medium's exports have the title twice, with a subtitle between.
fn take_repeated_heading(nodes: &mut Vec<Node>, title: &str) {
    let says_title = |node: &Node| match node {
        Node::Element(block) if block.tag.is_heading() => folds(&text_of(&block.children)).eq(folds(title)),
        _ => false,
    };
    if let Some(at) = nodes.iter().take(2).position(says_title) {
        nodes.remove(at);
    }
}

/// Takes the first-level heading at the beginning out, and its copies if there are no others of that level.
pub fn take_first_heading(nodes: &mut Vec<Node>) -> Option<String> {
    let (at, heading) = first_heading(nodes)?;
    let is_other = |node: &Node| node.tag() == Some(Tag::H1) && text_of(std::slice::from_ref(node)).trim() != heading;
    if nodes.iter().any(is_other) {
        nodes.remove(at);
    } else {
        nodes.retain(|node| node.tag() != Some(Tag::H1));
    }
    Some(heading)
}

/// Takes the first line out if it is all the title there is: the only heading, or a bold line before others that are not.
fn take_first_line(nodes: &mut Vec<Node>) -> Option<String> {
    let first = nodes.first()?;
    let is_heading = |node: &Node| node.tag().is_some_and(Tag::is_heading);
    let text = text_of(std::slice::from_ref(first)).trim().to_owned();
    let is_lone = is_heading(first) && !nodes[1..].iter().any(is_heading);
    let is_bold = || is_bold_heading(first) && !nodes.iter().take(4).skip(1).any(is_bold_heading);
    let says_who_or_where = ends_with_dash(first) || text.starts_with("By ");
    let is_title = nodes.len() > 1 && !text.is_empty() && !is_sentence(&text) && !says_who_or_where;
    (is_title && (is_lone || is_bold())).then(|| {
        nodes.remove(0);
        text
    })
}

/// What the headings of a body say.
pub fn headings_of(nodes: &[Node]) -> impl Iterator<Item = String> {
    let is_heading = |node: &&Node| node.tag().is_some_and(Tag::is_heading);
    nodes.iter().filter(is_heading).map(|node| text_of(std::slice::from_ref(node)).trim().to_owned())
}

/// Where the first-level heading at the beginning of a body stands, and what it says.
pub fn first_heading(nodes: &[Node]) -> Option<(usize, String)> {
    nodes.iter().take(LEADING).enumerate().find_map(|(at, node)| match node {
        Node::Element(block) if block.tag == Tag::H1 => {
            Some((at, text_of(&block.children).trim().to_owned())).filter(|(_, heading)| !heading.is_empty())
        }
        _ => None,
    })
}

/// A title without what differs between its copies: white space, punctuation, case.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(folds(text));
    out
}

fn folds(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| is_han(*c) || c.is_alphanumeric()).flat_map(|c| {
        let (plain, folded) = if is_han(c) { (Some(c), None) } else { (None, Some(c.to_lowercase())) };
        plain.into_iter().chain(folded.into_iter().flatten())
    })
}

/// The title that is looked for, folded, with and without the outlet's name behind it.
struct Wanted {
    whole: String,
    without_outlet: String,
}

impl Wanted {
    fn is(&self, text: &str) -> bool {
        text == self.whole || (!text.is_empty() && text == self.without_outlet)
    }

    fn begins_with(&self, text: &str) -> bool {
        text.chars().count() >= 4 && text.len() * 2 >= self.whole.len() && self.whole.starts_with(text)
    }
}

/// `Title - Outlet` → `Title`.
fn without_outlet(title: &str) -> &str {
    title_and_name(title).map_or(title, |(title, _)| title)
}

/// `Title - Outlet` → `Title` and `Outlet`.
pub fn title_and_name(title: &str) -> Option<(&str, &str)> {
    if !title.contains(['-', '–', '—', '|', '｜', '_']) {
        return None;
    }
    let parts = [" - ", " – ", " — ", " | ", "｜", "_"].iter().find_map(|mark| title.rsplit_once(mark));
    parts.map(|(title, name)| (title.trim_end(), name.trim()))
}
