//! Markdown → markup, which then goes through the same pass as all markup.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::footnotes::with_notes_last;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// HTML, in which white space and line breaks mean nothing.
    Html,
    /// Markdown, with HTML in it.
    Markdown,
}

/// Tells how a body is written, by its first character that shows; `scraped` bodies are HTML as soon as they hold
/// any block of it, for a scraper writes no Markdown around markup.
pub fn markup_of(body: &str, scraped: bool) -> Markup {
    let start = body.trim_start();
    let opens_block = start.strip_prefix('<').is_some_and(|rest| rest.starts_with("!--") || opens_one_of(rest, BLOCKS));
    let holds_block = || body.match_indices('<').any(|(at, _)| opens_one_of(&body[at + 1..], MARKS));
    if opens_block || (scraped && !body.contains("](") && holds_block()) { Markup::Html } else { Markup::Markdown }
}

/// Elements that begin a block (CommonMark's kinds 1, 4 and 6 of HTML blocks, and boxes that are no CommonMark).
const BLOCKS: &[&str] = &[
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
fn opens_one_of(rest: &str, names: &[&str]) -> bool {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '!')).unwrap_or(rest.len());
    let name = &rest[..end];
    name.len() <= 12 && names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Markdown → markup: tables, footnotes, strikethrough, task lists, heading attributes.
pub fn to_html(text: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let events = Listings::new(Parser::new_ext(text, options));
    if text.contains("[^") {
        pulldown_cmark::html::push_html(&mut out, with_notes_last(events).into_iter());
    } else {
        pulldown_cmark::html::push_html(&mut out, events);
    }
    out
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
            assert_eq!(markup_of(html, false), Markup::Html, "{html}");
        }
        for markdown in ["# a", "text <div>a</div>", "<https://e.example.org>", "<em>a</em> *b*", "a < b"] {
            assert_eq!(markup_of(markdown, false), Markup::Markdown, "{markdown}");
        }
        assert_eq!(markup_of("文字<br><br>文字", true), Markup::Html);
    }

    #[test]
    fn indented_markup_is_no_listing() {
        assert_eq!(to_html("文字\n\n    <div>a</div>\n    b\n"), "<p>文字</p>\n<div>a</div>\nb\n\n");
        assert!(to_html("text\n\n    let x = 1;\n").contains("<pre><code>"));
    }
}
