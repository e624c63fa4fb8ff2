//! Prose as Chinese authors write it in Markdown: paragraphs that are indented, lines that end where they are meant to, links to
//! headings.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::emphasis::{is_end_of_phrase, is_phrase};
use super::html::media_ref::is_picture_address;
use super::markdown::{Placed, opens_one_of};
use super::text::is_han;

/// A text whose indented paragraphs are none of Markdown's listings.
pub(super) fn with_prose_flush(text: &str, options: Options) -> Cow<'_, str> {
    let is_indented = |line: &str| line.starts_with("    ") || line.starts_with('\t');
    if text.is_ascii() || !text.lines().any(is_indented) {
        return Cow::Borrowed(text);
    }
    let listings = prose_in_listings(text, options);
    if listings.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut listings = listings.into_iter().peekable();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        while listings.next_if(|listing| listing.end <= at).is_some() {}
        let is_prose = listings.peek().is_some_and(|listing| listing.start < end);
        out.push_str(if is_prose { line.trim_start_matches([' ', '\t']) } else { line });
        at = end;
    }
    Cow::Owned(out)
}

/// Where indented listings stand that hold prose, and are in no list or quotation, of which the indentation might be a part.
fn prose_in_listings(text: &str, options: Options) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (event, place) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) if depth == 0 => {
                let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
                found.extend(is_prose(&text[start..place.end]).then_some(place));
            }
            Event::Start(Tag::List(_) | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_)) => depth += 1,
            Event::End(TagEnd::List(_) | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition) => depth -= 1,
            _ => {}
        }
    }
    found
}

/// Whether a listing is mostly Chinese, without columns, lines that are drawn and steps of indentation: others have Chinese in comments
/// and names at most.
fn is_prose(listing: &str) -> bool {
    let han = listing.chars().filter(|c| is_han(*c)).count();
    let narrow = listing.bytes().filter(u8::is_ascii_graphic).count();
    let is_drawn = |c: char| matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{257f}');
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_step =
        |(line, next): (&str, &str)| !next.trim().is_empty() && !line.trim().is_empty() && indent(line) != indent(next);
    let has_steps = listing.lines().zip(listing.lines().skip(1)).any(is_step);
    let has_columns = listing.lines().any(|line| line.trim().contains("  ") || line.trim().contains('\t'));
    han > narrow && !listing.contains(is_drawn) && !has_columns && !has_steps
}

/// A line of prose that was cut to fit some width, or after a long sentence, is at least so wide, in columns.
const WRAPPED: usize = 40;

/// The ends of lines of Chinese that end before any width is full: verse, addresses, who says what. CommonMark would run them together,
/// as it does lines that were cut at a width.
pub(super) fn ends_of_short_lines(text: &str, events: &[Placed<'_>]) -> Vec<usize> {
    let (mut block, mut kept) = (Lines::default(), Vec::new());
    for (event, place) in events {
        match event {
            Event::Start(Tag::Paragraph | Tag::Item) => block = Lines { is_text: true, ..Lines::default() },
            Event::Text(words) | Event::Code(words) => block.take(words),
            Event::SoftBreak => block.breaks.push(place.start),
            // Who writes tags writes line breaks as tags, too.
            Event::InlineHtml(_) => block.has_markup = true,
            Event::Start(tag) if is_phrase(tag) => {}
            Event::End(end) if is_end_of_phrase(*end) => {}
            Event::HardBreak | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            _ => std::mem::take(&mut block).keep(text, &mut kept),
        }
    }
    block.keep(text, &mut kept);
    kept
}

/// The lines of a paragraph.
#[derive(Default)]
struct Lines {
    is_text: bool,
    has_markup: bool,
    han: usize,
    narrow: usize,
    /// Where its lines end that may be run together.
    breaks: Vec<usize>,
}

impl Lines {
    fn take(&mut self, words: &str) {
        // Dates, numbers and addresses stand in lines of any script.
        let is_of_script = |word: &&str| !word.contains('@') && !word.contains("://");
        let letters = words.split_ascii_whitespace().filter(is_of_script).flat_map(str::bytes);
        self.narrow += letters.filter(u8::is_ascii_alphabetic).count();
        self.han += words.chars().filter(|c| !c.is_ascii()).count();
    }

    /// A tool cuts lines as they are written, addresses and all.
    fn keep(self, text: &str, kept: &mut Vec<usize>) {
        let is_short = |end: &usize| {
            let start = text[..*end].rfind('\n').map_or(0, |start| start + 1);
            let line = &text[start..*end];
            columns(line) < WRAPPED && !is_full(line, text[*end..].trim_start())
        };
        if self.is_text && !self.has_markup && self.han > self.narrow && self.breaks.iter().any(is_short) {
            kept.extend(self.breaks);
        }
    }
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The width that Pandoc and others fill, in columns.
const FILLED: usize = 72;

/// Whether a tool that cuts at blanks alone had to cut a line there: what follows up to the next blank would not have fitted. A blank
/// stands in such text between Han characters and others, so one must be in the line, and have been at its end.
fn is_full(line: &str, next: &str) -> bool {
    let piece = next.split_ascii_whitespace().next().unwrap_or_default();
    let is_beside_blank = line.ends_with(|c: char| c.is_ascii()) || piece.starts_with(|c: char| c.is_ascii());
    is_beside_blank && line.trim().contains(' ') && columns(line) + 1 + columns(piece) > FILLED
}

/// Names headings as GitHub and Jekyll do, so that links to them lead somewhere: in lower case, without punctuation, blanks as
/// hyphens, numbered where two are alike.
pub(super) fn name_headings(events: &mut [Event<'_>]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut open: Option<(usize, String)> = None;
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { id: None, .. }) => open = Some((at, String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, heading)) = &mut open {
                    heading.push_str(text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let Some((start, heading)) = open.take() else { continue };
                let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
                let slug: String = heading.trim().to_lowercase().chars().filter(is_kept).collect();
                let slug = slug.replace(' ', "-");
                let before = seen.entry(slug.clone()).and_modify(|count| *count += 1).or_insert(0);
                let name = if *before == 0 { slug } else { format!("{slug}-{before}") };
                if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
                    *id = Some(name.into()).filter(|name: &pulldown_cmark::CowStr<'_>| !name.is_empty());
                }
            }
            _ => {}
        }
    }
}

/// A picture that is a paragraph has a caption in its title (`![](a.jpg "caption")`), or in emphasis behind it.
pub(super) fn with_captions(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut out = Vec::with_capacity(events.len());
    let mut events = VecDeque::from(events);
    while let Some(event) = events.pop_front() {
        if matches!((&event, events.front()), (Event::Start(Tag::Paragraph), Some(Event::Start(Tag::Image { .. })))) {
            push_captioned(&mut events, &mut out);
        } else {
            out.push(event);
        }
    }
    out
}

/// Moves a paragraph that begins with a picture, but for its start.
fn push_captioned<'text>(events: &mut VecDeque<Event<'text>>, out: &mut Vec<Event<'text>>) {
    let end_of = |end: TagEnd| events.iter().position(|event| matches!(event, Event::End(found) if *found == end));
    let (Some(end), Some(picture)) = (end_of(TagEnd::Paragraph), end_of(TagEnd::Image)) else { return };
    let mut paragraph: Vec<Event<'text>> = events.drain(..=end).collect();
    paragraph.pop();
    let mut behind = paragraph.split_off(picture + 1);
    let in_emphasis = behind.iter().position(|event| !matches!(event, Event::SoftBreak | Event::HardBreak));
    let is_caption = in_emphasis.is_some_and(|start| is_one_emphasis(&behind[start..]));
    let title = match &mut paragraph[0] {
        Event::Start(Tag::Image { title, .. }) if behind.is_empty() => std::mem::replace(title, CowStr::Borrowed("")),
        _ => CowStr::Borrowed(""),
    };
    let is_alt = matches!(&paragraph[1], Event::Text(alt) if *alt == title);
    if is_caption {
        behind.drain(..=in_emphasis.unwrap_or_default());
        behind.pop();
    } else if title.is_empty() || is_alt || is_picture_address(&title) {
        out.push(Event::Start(Tag::Paragraph));
        out.append(&mut paragraph);
        out.append(&mut behind);
        return out.push(Event::End(TagEnd::Paragraph));
    } else {
        behind.push(Event::Text(title));
    }
    out.push(Event::Html("<figure>".into()));
    out.append(&mut paragraph);
    out.push(Event::Html("<figcaption>".into()));
    out.append(&mut behind);
    out.push(Event::Html("</figcaption></figure>\n".into()));
}

/// Whether all is in one emphasis.
fn is_one_emphasis(events: &[Event<'_>]) -> bool {
    let mut depth = 0_usize;
    let ends = events.iter().position(|event| {
        match event {
            Event::Start(Tag::Emphasis) => depth += 1,
            Event::End(TagEnd::Emphasis) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    matches!(events.first(), Some(Event::Start(Tag::Emphasis))) && ends == Some(events.len() - 1)
}

/// Web addresses that stand in the text as they are become links, as on GitHub.
pub(super) fn with_linked_addresses<'text>(events: impl Iterator<Item = Event<'text>>) -> Vec<Event<'text>> {
    let (mut out, mut in_link, mut in_code) = (Vec::new(), 0_usize, false);
    for event in TextMergeStream::new(events) {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => in_link += 1,
            Event::End(TagEnd::Link | TagEnd::Image) => in_link = in_link.saturating_sub(1),
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::InlineHtml(html) => match html.strip_prefix("</") {
                Some(end) if opens_one_of(end, &["a"]) => in_link = in_link.saturating_sub(1),
                None if opens_one_of(html.trim_start_matches('<'), &["a"]) => in_link += 1,
                _ => {}
            },
            Event::Text(text) if in_link == 0 && !in_code && text.contains("://") => {
                push_linked(text, &mut out);
                continue;
            }
            _ => {}
        }
        out.push(event);
    }
    out
}

fn push_linked(text: &str, out: &mut Vec<Event<'_>>) {
    let mut done = 0;
    for (at, _) in text.match_indices("http").filter(|(at, _)| is_begun_at(text, *at)) {
        let Some(length) = length_of_address(&text[at..]).filter(|_| at >= done) else { continue };
        let address = CowStr::from(text[at..at + length].to_owned());
        out.push(Event::Text(text[done..at].to_owned().into()));
        out.push(Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: address.clone(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }));
        out.push(Event::Text(address));
        out.push(Event::End(TagEnd::Link));
        done = at + length;
    }
    out.push(Event::Text(text[done..].to_owned().into()));
}

fn is_begun_at(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// What is longer is no address that somebody wrote, in bytes.
const LONGEST: usize = 1000;

/// How long the address is with which a text begins, in bytes: it ends before Chinese, unless that belongs to it; then nobody can tell.
fn length_of_address(text: &str) -> Option<usize> {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_of_address =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}');
    let end = text.find(|c| !is_of_address(c)).unwrap_or(text.len());
    if end >= LONGEST - '。'.len_utf8() {
        return None;
    }
    let goes_on = text[end..].starts_with(is_han) && text[..end].ends_with(['/', '=', '_', '-']);
    let mut address = &text[..end];
    loop {
        let bare = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
        let is_open = bare.ends_with(')') && bare.matches(')').count() > bare.matches('(').count()
            || bare.ends_with(']') && bare.matches(']').count() > bare.matches('[').count();
        let bare = if is_open { &bare[..bare.len() - 1] } else { bare };
        if bare.len() == address.len() {
            break;
        }
        address = bare;
    }
    let has_host = host.starts_with(|c: char| c.is_ascii_alphanumeric()) && address.len() > text.len() - host.len();
    (has_host && !goes_on && address.contains('.')).then_some(address.len())
}

#[cfg(test)]
mod tests {
    use crate::parse::markdown::to_html;

    #[test]
    fn lines_end_where_they_are_meant_to() {
        let long = "这一行很长，长到没有人会在这里换行，除非编辑器把它切断，";
        let cases = [
            (
                "出席者：\n张三 镇长\n李四 书记".to_owned(),
                "<p>出席者：<br />\n张三 镇长<br />\n李四 书记</p>\n".to_owned(),
            ),
            ("> 诗一行\n> 诗二行".to_owned(), "<blockquote>\n<p>诗一行<br />\n诗二行</p>\n</blockquote>\n".to_owned()),
            ("甲**注：**乙\n丙".to_owned(), "<p>甲<strong>注：</strong>乙<br />\n丙</p>\n".to_owned()),
            (format!("{long}\n{long}\n完。"), format!("<p>{long}\n{long}\n完。</p>\n")),
            (
                format!("会议通知\n2024年6月5日{long}{long}"),
                format!("<p>会议通知<br />\n2024年6月5日{long}{long}</p>\n"),
            ),
            // As Pandoc fills lines.
            (
                format!("会议上，来自 12\n个国家的{long}{long}"),
                format!("<p>会议上，来自 12\n个国家的{long}{long}</p>\n"),
            ),
            ("one\ntwo".to_owned(), "<p>one\ntwo</p>\n".to_owned()),
            ("甲<br>\n乙".to_owned(), "<p>甲<br>\n乙</p>\n".to_owned()),
            ("- 甲\n  乙\n- 丙".to_owned(), "<ul>\n<li>甲<br />\n乙</li>\n<li>丙</li>\n</ul>\n".to_owned()),
        ];
        for (text, wanted) in cases {
            assert_eq!(to_html(&text), wanted);
        }
    }

    #[test]
    fn indented_prose_is_no_listing() {
        assert_eq!(
            to_html("导语。\n\n    老周今年**七十二**岁。\n\n\t他说：“我不知道。”\n\n        她说\n        没有"),
            "<p>导语。</p>\n<p>老周今年<strong>七十二</strong>岁。</p>\n<p>他说：“我不知道。”</p>\n<p>她说<br />\n没有</p>\n"
        );
        for listing in ["姓名      年龄\n    张三      三十", "┌──┐\n    │甲乙丙丁│", "如果甲大于乙：\n        输出甲"]
        {
            assert!(to_html(&format!("名单：\n\n    {listing}")).contains("<pre><code>"), "{listing}");
        }
        assert!(to_html("文。\n\n    let 甲 = 1; // 一\n").contains("<pre><code>"));
        assert!(to_html("- 甲\n\n        乙乙乙\n").contains("<pre><code>"));
    }

    #[test]
    fn addresses_in_the_text_are_links() {
        let link = |address: &str| format!("<a href=\"{address}\">{address}</a>");
        let (a, b) = (link("https://e.example.org/x_y_z?q=1"), link("http://e.example.org"));
        assert_eq!(
            to_html("见https://e.example.org/x_y_z?q=1，后（http://e.example.org）。"),
            format!("<p>见{a}，后（{b}）。</p>\n")
        );
        assert_eq!(to_html("(http://e.example.org)."), format!("<p>({b}).</p>\n"));
        for text in ["https://e.example.org/wiki/香港", "xhttp://e.example.org", "http://", "https://甲"] {
            assert_eq!(to_html(text), format!("<p>{text}</p>\n"));
        }
        for text in ["`http://e.example.org`", "[http://e.example.org](/a)", "<a href=\"/a\">http://e.example.org</a>"]
        {
            assert_eq!(to_html(text).matches("href=\"http").count(), 0, "{text}");
        }
    }

    #[test]
    fn links_to_headings_find_them() {
        let html = to_html("[一](#第二-section) \n\n## 第二 Section！\n\n## 第二 Section\n\n## 三 {#own}\n");
        for heading in ["<h2 id=\"第二-section\">", "<h2 id=\"第二-section-1\">", "<h2 id=\"own\">"] {
            assert!(html.contains(heading), "{html}");
        }
        assert!(to_html("## 第二\n").starts_with("<h2>"));
    }
}
