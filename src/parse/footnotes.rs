//! Footnotes of Markdown → one list at the end of the body.
//!
//! [`with_notes_last`] cuts the notes out of the parser's events, numbers them in the order in which the text refers to
//! them, and appends them as a list of plain markup, which then goes through the same pass as all markup.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use unicase::UniCase;

/// Brings footnotes, wherever they are written, into one list at the end, in the order in which the text refers to
/// them; what nothing refers to comes last. Each leads back to where it is first referred to.
pub(super) fn with_notes_last<'text>(events: impl Iterator<Item = Event<'text>>) -> Vec<Event<'text>> {
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
        let way_back = || Event::InlineHtml(format!(" <a href=\"#note-ref-{number}\">↩</a>").into());
        body.push(Event::Html(format!("<li id=\"note-{number}\">").into()));
        push_note(note, is_referred_to.then(way_back), &mut body);
        body.push(Event::Html("</li>".into()));
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

/// The way back stands in the last paragraph.
fn push_note<'text>(mut note: Vec<Event<'text>>, way_back: Option<Event<'text>>, out: &mut Vec<Event<'text>>) {
    let last = matches!(note.last(), Some(Event::End(TagEnd::Paragraph))).then(|| note.pop()).flatten();
    out.append(&mut note);
    out.extend(way_back);
    out.extend(last);
}

#[cfg(test)]
mod tests {
    use crate::parse::markdown::to_html;

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
}
