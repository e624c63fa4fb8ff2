//! Where a text speaks to a tool: [`marks`], outside listings.

use std::cmp::Ordering;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::arguments::Arguments;
use crate::parse::foreign_markdown::{is_word, near};
use crate::parse::markdown::{Markup, OPTIONS, opens_one_of};

/// The tools whose shape a mark has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Tool {
    Hugo,
    /// Hugo's example of a shortcode, which is text.
    HugoEscaped,
    Zola,
    /// Zola's that stand alone.
    ZolaValue,
    Hexo,
    WordPress,
}

/// Where something is said to a tool.
#[derive(Clone, Debug)]
pub(super) struct Mark<'text> {
    pub(super) tool: Tool,
    pub(super) name: &'text str,
    pub(super) is_end: bool,
    pub(super) arguments: Arguments<'text>,
    pub(super) place: Range<usize>,
}

/// Those of WordPress's own that may stand in what it exports.
const WORDPRESS: &[&str] =
    &["caption", "wp_caption", "embed", "youtube", "audio", "video", "sourcecode", "code", "gallery"];

/// How the marks begin by which builders of pages (WPBakery, Divi, Avada, Shortcodes Ultimate) put boxes around text.
const BUILDERS: &[&str] = &["vc_", "et_pb_", "fusion_", "su_"];

pub(super) fn is_of_builder(name: &str) -> bool {
    BUILDERS.iter().any(|builder| name.starts_with(builder))
}

fn is_of_wordpress(rest: &str) -> bool {
    opens_one_of(rest, WORDPRESS) || is_of_builder(rest)
}

pub(super) fn may_hold_marks(body: &str) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr2_iter(b'{', b'[', bytes).any(|at| match (bytes[at], bytes.get(at + 1)) {
        (b'{', next) => matches!(next, Some(b'{' | b'%')),
        _ => is_of_wordpress(&body[at + 1..]),
    })
}

/// All marks outside listings, in order.
pub(super) fn marks(body: &str, markup: Markup) -> Vec<Mark<'_>> {
    let mut listings = listings(body, markup).into_iter().peekable();
    let mut marks: Vec<Mark<'_>> = Vec::new();
    for at in memchr::memchr2_iter(b'{', b'[', body.as_bytes()) {
        while listings.next_if(|listing| listing.end <= at).is_some() {}
        let is_shown = listings.peek().is_some_and(|listing| listing.contains(&at));
        let is_inside = marks.last().is_some_and(|last| last.place.end > at);
        if !is_shown && !is_inside {
            marks.extend(mark_at(body, at));
        }
    }
    marks
}

/// What shows marks as they are: Markdown's listings and code, code in elements, and Liquid's `raw`; in order, none within another.
fn listings(body: &str, markup: Markup) -> Vec<Range<usize>> {
    let mut found = if markup == Markup::Markdown { code_in_markdown(body) } else { Vec::new() };
    found.sort_unstable_by_key(|code| code.start);
    let code = whole(found);
    let is_code = |at: usize| code.binary_search_by(|range| by_place(range, at)).is_ok();
    let mut found = code.clone();
    for [start, end] in [["<pre", "</pre"], ["<code", "</code"]] {
        let mut starts = memchr::memmem::find_iter(body.as_bytes(), start).filter(|at| !is_code(*at)).peekable();
        let mut ends = memchr::memmem::find_iter(body.as_bytes(), end).filter(|at| !is_code(*at));
        while let Some(start) = starts.next() {
            let Some(end) = ends.find(|end| *end > start) else { break };
            found.push(start..end);
            while starts.next_if(|next| *next < end).is_some() {}
        }
    }
    let mut raw = None;
    for at in memchr::memmem::find_iter(body.as_bytes(), "{%") {
        let inner = near(&body[at + 2..]).split_once("%}").map(|(inner, _)| inner.trim_matches('-').trim());
        match (inner, raw) {
            (Some("raw"), None) => raw = Some(at),
            (Some("endraw"), Some(start)) => {
                found.push(start..at);
                raw = None;
            }
            _ => {}
        }
    }
    found.sort_unstable_by_key(|listing| listing.start);
    whole(found)
}

fn by_place(range: &Range<usize>, at: usize) -> Ordering {
    if range.contains(&at) { Ordering::Equal } else { range.start.cmp(&at) }
}

fn code_in_markdown(body: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(body, OPTIONS).into_offset_iter();
    let is_code = |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
    events.filter(|(event, _)| is_code(event)).map(|(_, place)| place).collect()
}

/// Sorted ranges without those within others.
fn whole(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut whole: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match whole.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => whole.push(range),
        }
    }
    whole
}

/// No mark is longer, in bytes.
const LONGEST: usize = 1000;

fn mark_at(body: &str, at: usize) -> Option<Mark<'_>> {
    let rest = &body[at..];
    let near = &rest[..rest.floor_char_boundary(LONGEST)];
    let cut = |open: &str, close: &str| {
        let (inner, _) = near.strip_prefix(open)?.split_once(close)?;
        Some((inner.trim(), at..at + open.len() + inner.len() + close.len()))
    };
    let mark = |tool, (inner, place): (&str, Range<usize>)| mark_of(tool, body, inner, place);
    if let Some(found) = cut("{{<", ">}}").or_else(|| cut("{{%", "%}}")) {
        return mark(Tool::Hugo, found);
    }
    let is_named = || near[2..].trim_start().starts_with(|c: char| c.is_ascii_alphabetic());
    if near.starts_with("{{") && !is_named() {
        return None;
    }
    if let Some((inner, place)) = cut("{{", "}}") {
        return mark(Tool::ZolaValue, (inner, place))
            .filter(|mark| mark.name.len() < inner.len() && inner.ends_with(')'));
    }
    if let Some((inner, place)) = cut("{%", "%}") {
        let is_call = inner.ends_with(')') && inner.split('(').next().is_some_and(is_word);
        let tool = if is_call || inner == "end" { Tool::Zola } else { Tool::Hexo };
        return mark(tool, (inner.trim_matches('-').trim(), place));
    }
    let is_wordpress = is_of_wordpress(rest[1..].trim_start_matches('/'));
    let found = mark(Tool::WordPress, cut("[", "]").filter(|_| is_wordpress)?)?;
    let after = &body[found.place.end..];
    let is_link = after.starts_with(['(', ':']) || (after.starts_with('[') && !after.starts_with("[/"));
    (is_of_builder(found.name) || (WORDPRESS.contains(&found.name) && !is_link)).then_some(found)
}

fn mark_of<'text>(tool: Tool, body: &'text str, inner: &str, place: Range<usize>) -> Option<Mark<'text>> {
    // From the body itself, whose lifetime a closure cannot name.
    let start = place.start + body[place.clone()].find(inner)?;
    let inner = &body[start..start + inner.len()];
    if let Some(shown) = inner.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
        return Some(Mark { tool: Tool::HugoEscaped, name: shown, is_end: false, arguments: Arguments(""), place });
    }
    let bare = inner.strip_prefix('/').map(str::trim_start);
    let of_end = bare.or_else(|| inner.strip_prefix("end").filter(|_| matches!(tool, Tool::Hexo | Tool::Zola)));
    let text = of_end.unwrap_or(inner);
    let end =
        text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'))).unwrap_or(text.len());
    let (name, arguments) = text.split_at(end);
    let arguments = arguments.trim().trim_start_matches('(').trim_end_matches([')', '/']);
    let is_named = !name.is_empty() || (tool == Tool::Zola && of_end.is_some());
    is_named.then_some(Mark { tool, name, is_end: of_end.is_some(), arguments: Arguments(arguments), place })
}
