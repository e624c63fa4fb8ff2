//! Markdown → markup, which then goes through the same pass as all markup.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::angle_words::Words;
use super::emphasis::{PART, parts, unparted};
use super::fences::{Fences, fence_of};
use super::footnotes::with_notes_last;
use super::formulas::has_formulas;
use super::loose_markdown::prepared;
use super::prose::{ends_of_short_lines, name_headings, with_captions, with_linked_addresses, with_prose_flush};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// HTML, in which white space and line breaks mean nothing.
    Html,
    /// Markdown, with HTML in it.
    Markdown,
}

/// Who wrote a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A scraper, which writes no Markdown around markup.
    Scraper,
    /// Anybody.
    Unknown,
}

/// Tells how a body is written, by its first character that shows; a scraper's bodies are HTML as soon as they hold any block of it. Where lines that begin as Markdown's do are as many
/// as blocks, or blank lines part paragraphs that are in no block, it is Markdown all the same: a picture or a comment
/// stands before many a text.
pub fn markup_of(body: &str, by: Writer) -> Markup {
    let start = body.trim_start();
    let opens_block = start.strip_prefix('<').is_some_and(|rest| rest.starts_with("!--") || opens_one_of(rest, BLOCKS));
    let holds_block = || tags(body).any(|rest| opens_one_of(rest, MARKS));
    let is_html = opens_block || (by == Writer::Scraper && !holds(body, "](") && holds_block());
    if is_html && !is_mostly_marks(body) && !has_paragraphs(body) { Markup::Html } else { Markup::Markdown }
}

/// What follows each `<`.
pub(super) fn tags(text: &str) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'<', text.as_bytes()).map(|at| &text[at + 1..])
}

/// Whether a text holds another, by the processor's widest steps: bodies are long, and most hold none.
fn holds(text: &str, mark: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some()
}

/// The lines of a text. Most bodies are one line, in which the standard library looks for an end a word at a time.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

fn is_blank(line: &str) -> bool {
    line.chars().all(char::is_whitespace)
}

fn is_mostly_marks(body: &str) -> bool {
    // Most have no such line: then nothing else need be asked.
    let may_be = lines(body).any(is_marked) || holds(body, "](") || holds(body, "**");
    let marks = if may_be { marks(body) } else { 0 };
    marks > 0 && marks >= blocks(body)
}

/// Whether paragraphs without a tag stand between blank lines, outside all elements but boxes, and more than one: as HTML they would be
/// one. Where paragraphs are indented, or blank lines stand in what Markdown would then read (a listing within a block, indented tags),
/// it is HTML all the same.
fn has_paragraphs(body: &str) -> bool {
    // Most bodies have no blank line: then no tag need be looked at.
    if !lines(body.trim()).any(is_blank) {
        return false;
    }
    let (mut boxes, mut others, mut listings, mut paragraphs) = (0_usize, 0_usize, 0_usize, 0_usize);
    let (mut is_behind_blank, mut is_boxed, mut is_whole) = (true, false, true);
    for line in lines(body.trim()) {
        let text = line.trim();
        if text.is_empty() {
            if listings > 0 && !is_whole {
                return false;
            }
            is_boxed |= boxes > 0;
        } else if is_behind_blank && listings == 0 {
            if line.starts_with("    ") || line.starts_with('\t') {
                return false;
            }
            paragraphs += usize::from(others == 0 && !text.starts_with('<'));
        }
        let last_end = line.rfind("-->");
        for rest in tags(line) {
            let (tag, is_end) = rest.strip_prefix('/').map_or((rest, false), |tag| (tag, true));
            let count = |open: &mut usize| *open = if is_end { open.saturating_sub(1) } else { *open + 1 };
            if opens_one_of(tag, BOXES) {
                count(&mut boxes);
            } else if opens_one_of(tag, LISTINGS) {
                // Only one that begins a block goes on over blank lines.
                is_whole = is_behind_blank && text.starts_with("<pre");
                count(&mut listings);
            } else if opens_one_of(tag, BLOCKS) && !opens_one_of(tag, VOID) {
                count(&mut others);
            } else if rest.starts_with("!--") && last_end.is_none_or(|end| end < line.len() - rest.len()) {
                return false;
            }
        }
        is_behind_blank = text.is_empty();
    }
    // Who writes code in tags writes no Markdown around it.
    let is_of_html = is_boxed && tags(body).any(|rest| opens_one_of(rest, &["code", "kbd", "samp", "tt"]));
    paragraphs > 1 && boxes == 0 && others == 0 && listings == 0 && !is_of_html
}

/// Elements that only hold others.
const BOXES: &[&str] = &["article", "aside", "center", "div", "figure", "footer", "header", "main", "section"];

/// Elements whose blank lines are their own.
const LISTINGS: &[&str] = &["pre", "script", "style", "svg", "textarea"];

/// Those of [`BLOCKS`] that have no end tag, or whose end tag does not matter.
const VOID: &[&str] = &["amp-img", "hr", "img", "link", "meta", "time", "!doctype"];

fn is_marked(line: &str) -> bool {
    let text = line.trim_start_matches(' ');
    // Most begin with a tag, a letter or a Han character.
    let may_be = |byte: &u8| !(byte.is_ascii_alphabetic() || matches!(byte, b'<' | 0xe4..=0xe9));
    line.len() - text.len() < 4
        && text.as_bytes().first().is_some_and(may_be)
        && (begins_with_mark(text) || fence_of(line).is_some())
}

/// Lines that begin as Markdown's do or hold its links or bold text, outside listings and markup, and pictures inside.
fn marks(body: &str) -> usize {
    let (mut code, mut markup) = (Fences::default(), InMarkup::No);
    let is_mark = |line: &&str| {
        let was_inside = code.are_open();
        markup = if was_inside { markup } else { markup.after(line) };
        code.takes(line);
        let is_in_markup = markup != InMarkup::No;
        !was_inside && if is_in_markup { is_picture(line.trim()) } else { is_marked(line) || holds_mark(line) }
    };
    lines(body).filter(is_mark).count()
}

/// Whether a line is one picture: `![words](a.jpg)`.
pub(super) fn is_picture(line: &str) -> bool {
    line.starts_with("![") && line.ends_with(')') && line.contains("](")
}

fn holds_mark(line: &str) -> bool {
    let is_bold =
        || line.split("**").skip(1).step_by(2).any(|text| text.trim().len() == text.len() && !text.is_empty());
    line.contains("](") || (line.matches("**").count() > 1 && is_bold())
}

/// Blocks of markup outside listings.
fn blocks(body: &str) -> usize {
    let mut code = Fences::default();
    let is_outside = |line: &&str| {
        code.takes(line);
        !code.are_open()
    };
    let in_line = |line: &str| tags(line).filter(|rest| opens_one_of(rest, MARKS)).count();
    lines(body).filter(is_outside).map(in_line).sum()
}

/// Whether a line belongs to a block of HTML, which Markdown leaves as it is (CommonMark's kinds 6 and 1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InMarkup {
    No,
    /// Up to a blank line.
    Block,
    /// Up to the end tag of this element.
    Raw(&'static str),
}

impl InMarkup {
    /// After one more line.
    pub(super) fn after(self, line: &str) -> Self {
        let text = line.trim_start();
        let raw =
            |rest: &str| ["pre", "script", "style", "textarea"].into_iter().find(|name| opens_one_of(rest, &[name]));
        let now = match (self, text.strip_prefix('<')) {
            (Self::No, Some(rest)) => match raw(rest.trim_start_matches('/')) {
                Some(name) => Self::Raw(name),
                None if opens_one_of(rest.trim_start_matches('/'), BLOCKS) => Self::Block,
                None => Self::No,
            },
            (Self::Block, _) if text.is_empty() => Self::No,
            (state, _) => state,
        };
        // A listing may begin within a line.
        let opened = tags(line).find_map(raw).filter(|_| now != Self::No || self != Self::No);
        let now = opened.map_or(now, Self::Raw);
        let ends =
            |name: &str| tags(line).any(|rest| rest.strip_prefix('/').is_some_and(|rest| opens_one_of(rest, &[name])));
        match now {
            Self::Raw(name) if ends(name) => Self::Block,
            state => state,
        }
    }
}

/// A heading, an item of a list, a quotation.
fn begins_with_mark(line: &str) -> bool {
    if !line.starts_with(|c: char| matches!(c, '-' | '*' | '+' | '>' | '#') || c.is_ascii_digit()) {
        return false;
    }
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = rest.len() < line.len() && rest.len() + 4 > line.len();
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    ["- ", "* ", "+ ", "> "].iter().any(|mark| line.starts_with(mark))
        || (is_number && (rest.starts_with(". ") || rest.starts_with(") ")))
        || ((1..=6).contains(&hashes) && line[hashes..].starts_with(' '))
}

/// Elements that begin a block (CommonMark's kinds 1, 4 and 6 of HTML blocks, and boxes that are no CommonMark).
pub(super) const BLOCKS: &[&str] = &[
    "address",
    "amp-img",
    "article",
    "aside",
    "audio",
    "blockquote",
    "body",
    "center",
    "details",
    "dialog",
    "dd",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "img",
    "li",
    "link",
    "main",
    "menu",
    "meta",
    "nav",
    "noscript",
    "object",
    "ol",
    "p",
    "picture",
    "pre",
    "script",
    "section",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "template",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
    "video",
    "!doctype",
];

/// Elements that no Markdown text would hold by chance.
const MARKS: &[&str] = &["p", "div", "br", "section", "figure", "table", "ul", "ol", "h2", "h3", "blockquote"];

/// Whether a text that follows `<` begins with one of the names.
pub(super) fn opens_one_of(rest: &str, names: &[&str]) -> bool {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '!')).unwrap_or(rest.len());
    let name = &rest[..end];
    name.len() <= 12 && names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// What of Markdown is known beside CommonMark: tables, footnotes, strikethrough, task lists, heading attributes, definitions.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST);

/// Markdown → markup.
pub fn to_html(text: &str) -> String {
    let prepared = prepared(text);
    let math = if has_formulas(&prepared) { Options::ENABLE_MATH } else { Options::empty() };
    let options = OPTIONS.union(math);
    let flush = with_prose_flush(&prepared, options);
    let text = &*as_meant(&flush, options);
    let (endless, words) = (endless(text), Words::of(text));
    let parser = Parser::new_ext(text, options).map(unparted).map(|event| harmless(event, &endless, &words));
    let mut events: Vec<Event<'_>> = Listings::new(parser).collect();
    if text.contains("![") {
        events = with_captions(events);
    }
    if text.contains("](#") {
        name_headings(&mut events);
    }
    if text.contains("://") {
        events = with_linked_addresses(events.into_iter());
    }
    if text.contains("[^") {
        events = with_notes_last(events.into_iter());
    }
    let mut out = String::with_capacity(text.len() * 5 / 4);
    pulldown_cmark::html::push_html(&mut out, events.into_iter());
    out
}

/// What the parser says, and where in the text.
pub(super) type Placed<'text> = (Event<'text>, Range<usize>);

/// A text with what makes CommonMark read Chinese as it is meant: comments beside emphasis, two blanks at the ends of lines that stay.
fn as_meant(text: &str, options: Options) -> Cow<'_, str> {
    if text.is_ascii() || !text.trim().contains(['\n', '*', '_', '~']) {
        return Cow::Borrowed(text);
    }
    let events: Vec<Placed<'_>> = Parser::new_ext(text, options).into_offset_iter().collect();
    let parts = parts(text, &events).into_iter().map(|at| (at, PART));
    let ends = ends_of_short_lines(text, &events).into_iter().map(|at| (at, "  "));
    let mut insertions: Vec<(usize, &str)> = parts.chain(ends).collect();
    insertions.sort_unstable();
    let mut out = String::with_capacity(text.len() + insertions.len() * PART.len());
    let mut done = 0;
    for (at, inserted) in insertions {
        out.extend([&text[done..at], inserted]);
        done = at;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Elements that take all that follows as their text, until their end tag (the tag filter of GFM, but for iframes).
const RAW: &[&str] = &["title", "textarea", "style", "xmp", "noembed", "noframes", "script", "plaintext"];

/// Those of these elements that have no end tag.
fn endless(text: &str) -> Vec<&'static str> {
    let mut endless = RAW.to_vec();
    for rest in tags(text).filter_map(|rest| rest.strip_prefix('/')) {
        endless.retain(|name| !opens_one_of(rest, &[name]));
    }
    endless
}

/// An element that has no end is a word about it; a formula is text as it is written.
fn harmless<'text>(event: Event<'text>, endless: &[&str], words: &Words<'_>) -> Event<'text> {
    let html = match &event {
        Event::InlineHtml(html) | Event::Html(html) if words.has(html) => return Event::Text(html.clone()),
        Event::InlineHtml(html) | Event::Html(html) => html,
        Event::InlineMath(formula) => return Event::Text(format!("${formula}$").into()),
        Event::DisplayMath(formula) => return Event::Text(format!("$${formula}$$").into()),
        _ => return event,
    };
    let opens = html.trim_start().strip_prefix('<').is_some_and(|rest| opens_one_of(rest, endless));
    if opens { Event::Text(html.clone()) } else { event }
}

/// Turns indented listings that begin with a tag back into markup: a scraper indents its HTML, and Markdown would
/// show the tags as text.
struct Listings<'text, Events: Iterator<Item = Event<'text>>> {
    events: std::iter::Peekable<Events>,
    in_markup: bool,
}

impl<'text, Events: Iterator<Item = Event<'text>>> Listings<'text, Events> {
    fn new(events: Events) -> Self {
        Self { events: events.peekable(), in_markup: false }
    }

    fn opens_markup(&mut self) -> bool {
        matches!(self.events.peek(), Some(Event::Text(text)) if begins_with_tag(text))
    }
}

fn begins_with_tag(text: &str) -> bool {
    text.trim_start().strip_prefix('<').is_some_and(|rest| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        rest.starts_with("!--")
            || opens_one_of(rest, BLOCKS)
            || opens_one_of(rest, &["a", "span", "br", "strong", "em", "b", "i", "font"])
    })
}

impl<'text, Events: Iterator<Item = Event<'text>>> Iterator for Listings<'text, Events> {
    type Item = Event<'text>;

    fn next(&mut self) -> Option<Event<'text>> {
        match self.events.next()? {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) if self.opens_markup() => {
                self.in_markup = true;
                self.next()
            }
            Event::End(TagEnd::CodeBlock) if self.in_markup => {
                self.in_markup = false;
                Some(Event::Html("\n".into()))
            }
            Event::Text(text) if self.in_markup => Some(Event::Html(text)),
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_told_from_markdown() {
        for html in ["<div>a</div>", "\n <!-- c --><p>", "<IMG src=x>", "<p>a\n\n    b"] {
            assert_eq!(markup_of(html, Writer::Unknown), Markup::Html, "{html}");
        }
        for markdown in ["# a", "text <div>a</div>", "<https://e.example.org>", "<em>a</em> *b*", "a < b"] {
            assert_eq!(markup_of(markdown, Writer::Unknown), Markup::Markdown, "{markdown}");
        }
        assert_eq!(markup_of("文字<br><br>文字", Writer::Scraper), Markup::Html);
        for markdown in [
            "<img src=x>\n\n# 甲\n\n1. 一\n2. 二\n",
            "<!-- toc -->\n\n正文\n\n- 一\n- 二\n",
            "## 小节\n\n正文<br>下一行",
            "```html\n<div>\n```\n\n**粗体**文字",
            "<div class=\"entry\">\n\n第一段，**老周**说。\n\n第二段。\n\n</div>",
        ] {
            assert_eq!(markup_of(markdown, Writer::Scraper), Markup::Markdown, "{markdown}");
        }
        for html in [
            "<div>\n<p>一</p>\n<p>二</p>\n- 三\n</div>",
            "<p>文字。</p><div class=\"highlight\"><pre>\n# install\n\n- name: a\n\n# run\n\n- name: b\n</pre></div><p>文字。</p>",
            "<div>\n1. 一\n2. 二\n- 甲\n</div>",
            "<p>\n\n被告人李*。\n\n</p>\n<p>\n\n1. 价格5*3*2。\n\n</p>\n",
            "<div>\n\n一\n\n二<code>a*b*c</code>\n\n</div>",
        ] {
            assert_eq!(markup_of(html, Writer::Scraper), Markup::Html, "{html}");
        }
    }

    #[test]
    fn a_word_about_an_element_swallows_nothing() {
        assert_eq!(to_html("网页的 <title> 标签很重要"), "<p>网页的 &lt;title&gt; 标签很重要</p>\n");
        assert!(to_html("a <title>b</title> c").contains("<title>"));
    }

    #[test]
    fn what_only_looks_like_a_tag_is_text() {
        let cases = [
            (
                "泛型 List<String>，书名<The Book>，`cp` <src> <your-name>。",
                "泛型 List&lt;String&gt;，书名&lt;The Book&gt;，<code>cp</code> &lt;src&gt; &lt;your-name&gt;。",
            ),
            ("甲<u>乙</u><big>丙<x-y>丁</x-y>", "甲<u>乙</u><big>丙<x-y>丁</x-y>"),
        ];
        for (text, wanted) in cases {
            assert_eq!(to_html(text), format!("<p>{wanted}</p>\n"));
        }
    }

    #[test]
    fn a_formula_is_as_it_was_written_and_money_is_none() {
        assert_eq!(
            to_html(r"设 $S=\{x\,|\,x>0\}$，则 $a^*b^*$。"),
            "<p>设 $S=\\{x\\,|\\,x&gt;0\\}$，则 $a^*b^*$。</p>\n"
        );
        assert_eq!(to_html("$$\na & b \\\\ c\n$$"), "<p>$$\na &amp; b \\\\ c\n$$</p>\n");
        assert_eq!(to_html("从$5**涨**到$10，又到$12。"), "<p>从$5<strong>涨</strong>到$10，又到$12。</p>\n");
    }

    #[test]
    fn indented_markup_is_no_listing() {
        assert_eq!(to_html("文字\n\n    <div>a</div>\n    b\n"), "<p>文字</p>\n<div>a</div>\nb\n\n");
        assert!(to_html("text\n\n    let x = 1;\n").contains("<pre><code>"));
    }
}
