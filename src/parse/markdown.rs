//! Markdown → markup, which then goes through the same pass as all markup.

use std::collections::HashMap;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};
use unicase::UniCase;

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

/// Brings footnotes, wherever they are written, into one list at the end, in the order in which the text refers to
/// them; what nothing refers to comes last. Each leads back to where it is first referred to.
fn with_notes_last<'text>(events: impl Iterator<Item = Event<'text>>) -> Vec<Event<'text>> {
    let (mut body, mut notes) = cut_out_notes(events);
    if notes.is_empty() {
        return body;
    }
    let mut numbers = Numbers::of(&notes);
    body.iter_mut().for_each(|event| numbers.refer(event));
    body.push(Event::Html("<hr><ol>".into()));
    let mut unseen = 0..notes.len();
    // A note may refer to another, which then follows.
    for number in 1..=notes.len() {
        let is_referred_to = number <= numbers.order.len();
        if !is_referred_to && let Some(place) = unseen.find(|place| numbers.by_place[*place].is_none()) {
            numbers.give(place);
        }
        let Some(&place) = numbers.order.get(number - 1) else { break };
        let mut note = std::mem::take(&mut notes[place].events);
        note.iter_mut().for_each(|event| numbers.refer(event));
        push_note(note, number, is_referred_to, &mut body);
    }
    body.push(Event::Html("</ol>".into()));
    body
}

/// A footnote and what it says.
struct Note<'text> {
    name: CowStr<'text>,
    events: Vec<Event<'text>>,
}

/// What is written outside footnotes, and the footnotes.
fn cut_out_notes<'text>(events: impl Iterator<Item = Event<'text>>) -> (Vec<Event<'text>>, Vec<Note<'text>>) {
    let (mut body, mut notes, mut open) = (Vec::new(), Vec::<Note<'text>>::new(), Vec::new());
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(name)) => {
                open.push(notes.len());
                notes.push(Note { name, events: Vec::new() });
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                open.pop();
            }
            event => open.last().map_or(&mut body, |place| &mut notes[*place].events).push(event),
        }
    }
    (body, notes)
}

/// The numbers of footnotes, from one, in the order in which they are given.
struct Numbers<'text> {
    /// The first note of each name, whose case the parser ignores, and so do we.
    places: HashMap<UniCase<CowStr<'text>>, usize>,
    by_place: Vec<Option<usize>>,
    order: Vec<usize>,
}

impl<'text> Numbers<'text> {
    fn of(notes: &[Note<'text>]) -> Self {
        // Of several with one name the last would stand: so the first is put in last.
        let named = notes.iter().enumerate().rev().map(|(place, note)| (UniCase::new(note.name.clone()), place));
        Self { places: named.collect(), by_place: vec![None; notes.len()], order: Vec::new() }
    }

    /// Gives a note the next number.
    fn give(&mut self, place: usize) -> usize {
        self.order.push(place);
        *self.by_place[place].insert(self.order.len())
    }

    /// Makes a link of a reference.
    fn refer(&mut self, event: &mut Event<'text>) {
        let Event::FootnoteReference(name) = event else { return };
        let Some(&place) = self.places.get(&UniCase::new(name.clone())) else { return };
        let link = if let Some(number) = self.by_place[place] {
            format!("<sup><a href=\"#note-{number}\">{number}</a></sup>")
        } else {
            let number = self.give(place);
            format!("<sup><a href=\"#note-{number}\" id=\"note-ref-{number}\">{number}</a></sup>")
        };
        *event = Event::InlineHtml(link.into());
    }
}

fn push_note<'text>(mut note: Vec<Event<'text>>, number: usize, is_referred_to: bool, out: &mut Vec<Event<'text>>) {
    let last = matches!(note.last(), Some(Event::End(TagEnd::Paragraph))).then(|| note.pop()).flatten();
    out.push(Event::Html(format!("<li id=\"note-{number}\">").into()));
    out.append(&mut note);
    if is_referred_to {
        out.push(Event::InlineHtml(format!(" <a href=\"#note-ref-{number}\">↩</a>").into()));
    }
    out.extend(last);
    out.push(Event::Html("</li>".into()));
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
    fn footnotes_are_a_list_at_the_end_in_the_order_of_their_references() {
        let text =
            "[^free]: 无人提起\n\n一[^b]，二[^a]，又一[^b]。\n\n[^a]: 甲，见[^c]\n[^b]: 乙\n[^c]: 丙\n\n末段。\n";
        let html = to_html(text).replace('\n', "");
        let (body, notes) = html.split_once("<hr>").unwrap();
        assert_eq!(
            body,
            "<p>一<sup><a href=\"#note-1\" id=\"note-ref-1\">1</a></sup>，\
             二<sup><a href=\"#note-2\" id=\"note-ref-2\">2</a></sup>，\
             又一<sup><a href=\"#note-1\">1</a></sup>。</p><p>末段。</p>"
        );
        assert_eq!(
            notes,
            "<ol><li id=\"note-1\"><p>乙 <a href=\"#note-ref-1\">↩</a></p></li>\
             <li id=\"note-2\"><p>甲，见<sup><a href=\"#note-3\" id=\"note-ref-3\">3</a></sup> \
             <a href=\"#note-ref-2\">↩</a></p></li>\
             <li id=\"note-3\"><p>丙 <a href=\"#note-ref-3\">↩</a></p></li>\
             <li id=\"note-4\"><p>无人提起</p></li></ol>"
        );
        assert_eq!(to_html("无定义[^x]\n"), "<p>无定义[^x]</p>\n");
    }

    #[test]
    fn a_footnotes_name_is_read_in_any_case_and_none_is_lost() {
        let html = to_html("一[^Straße]\n\n[^STRASSE]: 甲\n[^strasse]: 又甲\n").replace('\n', "");
        assert!(html.contains("id=\"note-ref-1\">1</a>"), "{html}");
        assert!(html.ends_with("<p>甲 <a href=\"#note-ref-1\">↩</a></p></li><li id=\"note-2\"><p>又甲</p></li></ol>"));
        let nested = to_html("一[^a]\n\n[^a]: 甲\n\n    > [^b]: 乙\n\n    又甲\n");
        assert!(["甲", "乙", "又甲"].iter().all(|text| nested.contains(text)), "{nested}");
    }

    #[test]
    fn indented_markup_is_no_listing() {
        assert_eq!(to_html("文字\n\n    <div>a</div>\n    b\n"), "<p>文字</p>\n<div>a</div>\nb\n\n");
        assert!(to_html("text\n\n    let x = 1;\n").contains("<pre><code>"));
    }
}
