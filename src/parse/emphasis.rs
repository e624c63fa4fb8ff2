//! Emphasis beside Chinese. CommonMark takes marks of emphasis between punctuation and a letter for text, as Latin scripts would have
//! it: `**注意：**这里` would show its asterisks, and `他_说_了` its underscores. A comment on the letter's side, which shows nothing, is
//! punctuation to it.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::markdown::Placed;
use super::text::is_han;

pub(super) const PART: &str = "<!---->";

/// Where a text needs comments so that CommonMark reads its emphasis as its author meant it; its events are then to be [`unparted`].
pub(super) fn parts(text: &str, events: &[Placed<'_>]) -> Vec<usize> {
    let mut parts: Vec<usize> = Vec::new();
    if text.contains(['*', '_', '~']) {
        for segment in segments(events) {
            part_emphasis(text, &segment, &mut parts);
        }
    }
    parts
}

/// An event without our comments, which have done their work: code, addresses and the texts of pictures would show them.
pub(super) fn unparted(event: Event<'_>) -> Event<'_> {
    let without = |text: CowStr<'_>| CowStr::from(text.replace(PART, ""));
    match event {
        Event::Code(text) if text.contains(PART) => Event::Code(without(text)),
        Event::Text(text) if text.contains(PART) => Event::Text(without(text)),
        Event::InlineHtml(html) if &*html == PART => Event::Text(CowStr::Borrowed("")),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if dest_url.contains(PART) => {
            Event::Start(Tag::Link { link_type, dest_url: without(dest_url), title, id })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) if dest_url.contains(PART) => {
            Event::Start(Tag::Image { link_type, dest_url: without(dest_url), title, id })
        }
        event => event,
    }
}

/// A piece of text in which emphasis may begin and end: a paragraph, a heading, a cell; and the places in it that are code or markup.
#[derive(Default)]
struct Segment {
    place: Range<usize>,
    holes: Vec<Range<usize>>,
}

fn segments(events: &[Placed<'_>]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut open = Segment::default();
    let (mut in_code, mut inner_end) = (false, 0);
    for (event, place) in events {
        let is_hole = match event {
            Event::Code(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) => true,
            Event::Start(Tag::Link { link_type, .. }) => matches!(link_type, LinkType::Autolink | LinkType::Email),
            _ => false,
        };
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => in_code = true,
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock) => in_code = false,
            _ => {}
        }
        let is_inline = match event {
            Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) | Event::SoftBreak | Event::HardBreak => !in_code,
            Event::FootnoteReference(_) => true,
            Event::Start(tag) => is_phrase(tag),
            Event::End(end) => is_end_of_phrase(*end),
            _ => false,
        };
        if is_inline {
            if open.place.is_empty() {
                open.place = place.clone();
            }
            // Behind the words of a link stands its address, or its label.
            if matches!(event, Event::End(TagEnd::Link | TagEnd::Image)) {
                open.holes.push(inner_end.min(place.end)..place.end);
            }
            inner_end = match event {
                Event::Start(_) => place.start + 1,
                _ => place.end,
            };
            open.place.end = open.place.end.max(place.end);
            open.holes.extend(is_hole.then(|| place.clone()));
        } else if !open.place.is_empty() {
            segments.push(std::mem::take(&mut open));
        }
    }
    segments.extend(Some(open).filter(|open| !open.place.is_empty()));
    segments
}

pub(super) fn is_phrase(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

pub(super) fn is_end_of_phrase(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// A run of marks, and what stands on its sides.
#[derive(Clone, Copy)]
struct Run {
    mark: u8,
    at: usize,
    length: usize,
    before: Option<char>,
    next: Option<char>,
}

fn part_emphasis(text: &str, segment: &Segment, parts: &mut Vec<usize>) {
    let runs = runs_of(text, segment);
    for mark in [b'*', b'_', b'~'] {
        let of_mark: Vec<&Run> = runs.iter().filter(|run| run.mark == mark).collect();
        let mut rest = of_mark.as_slice();
        while let [open, others @ ..] = rest {
            rest = others;
            let joints = others.iter().take_while(|run| open.length == 2 && run.is_joint()).count();
            if let Some(close) = others.get(joints).filter(|close| open.length == close.length && open.length < 4) {
                parts.extend(others[..joints].iter().map(|joint| joint.at + 2));
                let places = match (&others[..joints], mark) {
                    ([], b'_') => parts_of_low(open, close, text),
                    ([], _) => parts_of(open, close),
                    ([first, ..], _) => {
                        [parts_of(open, &first.end())[0], parts_of(&others[joints - 1].start(), close)[1]]
                    }
                };
                parts.extend(places.into_iter().flatten());
                rest = &others[joints + 1..];
            }
        }
    }
}

impl Run {
    /// Whether four marks are the end of bold text and the beginning of more: `**甲****乙**`. Within a number they stand for what is not
    /// said.
    fn is_joint(&self) -> bool {
        let is_said = |c: char| !c.is_whitespace();
        let is_of_number = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let is_between = self.before.is_some_and(is_said) && self.next.is_some_and(is_said);
        self.length == 4 && is_between && !(is_of_number(self.before) && is_of_number(self.next))
    }

    fn end(&self) -> Self {
        Self { length: 2, next: Some('*'), ..*self }
    }

    fn start(&self) -> Self {
        Self { at: self.at + 2, length: 2, before: Some('*'), ..*self }
    }
}

/// The runs of one to three marks of a segment, or four asterisks, that are neither code nor escaped.
fn runs_of(text: &str, segment: &Segment) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = segment.place.start;
    let mut holes = segment.holes.iter().peekable();
    while let Some(found) = text[at..segment.place.end].find(['*', '_', '~', '\\']) {
        at += found;
        while holes.next_if(|hole| hole.end <= at).is_some() {}
        if let Some(hole) = holes.peek().filter(|hole| hole.contains(&at)) {
            at = hole.end;
            continue;
        }
        let marked = &text[at..];
        if marked.starts_with('\\') {
            at += marked.chars().take(2).map(char::len_utf8).sum::<usize>();
            if at >= segment.place.end {
                break;
            }
            continue;
        }
        let mark = marked.as_bytes()[0];
        let length = marked.bytes().take_while(|byte| *byte == mark).count();
        let end = at + length;
        if (length <= 3 || (length == 4 && mark == b'*')) && (mark != b'~' || length == 2) {
            runs.push(Run {
                mark,
                at,
                length,
                before: text[..at].chars().next_back(),
                next: text[end..].chars().next(),
            });
        }
        at = end;
        if at >= segment.place.end {
            break;
        }
    }
    runs
}

/// What shows nothing is none of CommonMark's punctuation either.
fn is_letter(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}'))
}

/// Where the two ends of an emphasis need a comment. Asterisks that stand for what is not said (`张*、李**（男）`) are none: what
/// they enclose does not end with a mark, and if it begins with one, that is a bracket.
fn parts_of(open: &Run, close: &Run) -> [Option<usize>; 2] {
    // Bold text alone may begin or end with another mark or sign: one asterisk more often stands for something else.
    let is_sign =
        |c: char| open.length > 1 && !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '*' | '_' | '~' | '\\');
    let is_mark = |c: Option<char>| c.is_some_and(|c| is_wide_mark(c) || is_sign(c));
    let size = if close.before.is_some_and(|c| c.is_ascii()) { 1 } else { '。'.len_utf8() };
    // More stands between the two than the mark.
    let is_whole = is_mark(close.before) && close.at > open.at + open.length + size;
    let is_one_of = |c: Option<char>, chars: &[char]| c.is_some_and(|c| chars.contains(&c));
    let is_price = is_one_of(open.next, &['$', '￥', '€', '£']) && is_letter(close.before);
    // No name ends with one of these.
    let is_title = is_one_of(open.next, &['《', '“', '「', '【'])
        && is_one_of(close.before, &['的', '了', '着', '吗', '呢', '吧', '们']);
    let is_begun = open.length > 1 && (is_price || is_title);
    let opens = (is_whole && is_mark(open.next)) || is_begun;
    let closes = is_whole && is_letter(close.next);
    [(opens && is_letter(open.before)).then_some(open.at), closes.then_some(close.at + close.length)]
}

/// The same for underscores, which stand between letters in names and addresses: those beside Chinese, around Chinese, mean emphasis.
fn parts_of_low(open: &Run, close: &Run, text: &str) -> [Option<usize>; 2] {
    let inner = &text[open.at + open.length..close.at];
    let is_wide_letter = |c: Option<char>| is_letter(c) && c.is_some_and(|c| !c.is_ascii());
    let is_narrow_letter = |c: Option<char>| is_letter(c) && c.is_some_and(|c| c.is_ascii());
    let is_tight = !inner.starts_with(char::is_whitespace) && !inner.ends_with(char::is_whitespace);
    let is_name = is_narrow_letter(open.before)
        || is_narrow_letter(close.next)
        || word_around(text, open.at..close.at + close.length).contains(['/', '\\', '.', '@']);
    if !is_tight || is_name || !inner.chars().any(is_han) {
        return [None, None];
    }
    [is_wide_letter(open.before).then_some(open.at), is_wide_letter(close.next).then_some(close.at + close.length)]
}

/// What stands around a place up to blanks and punctuation of Chinese: names of files and addresses are words.
fn word_around(text: &str, place: Range<usize>) -> &str {
    const FAR: usize = 200;
    let is_end = |c: char| c.is_whitespace() || is_wide_mark(c);
    let from = text.ceil_char_boundary(place.start.saturating_sub(FAR));
    let to = text.floor_char_boundary((place.end + FAR).min(text.len()));
    let start = text[from..place.start].char_indices().rev().find(|(_, c)| is_end(*c));
    let start = start.map_or(from, |(at, c)| from + at + c.len_utf8());
    let end = text[place.end..to].find(is_end).map_or(to, |at| place.end + at);
    &text[start..end]
}

/// Punctuation of Chinese and Japanese, which stands without a space.
fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

#[cfg(test)]
mod tests {
    use crate::parse::markdown::to_html;

    fn shown(text: &str) -> String {
        to_html(text).trim().to_owned()
    }

    #[test]
    fn emphasis_stands_beside_wide_marks() {
        let cases = [
            (
                "**注意：**这里。他说**“你好”**然后*走*了。",
                "<p><strong>注意：</strong>这里。他说<strong>“你好”</strong>然后<em>走</em>了。</p>",
            ),
            ("`**注意：**这里` \\**注意：**这里", "<p><code>**注意：**这里</code> **注意：**这里</p>"),
            ("```\n**注意：**这里\n```\n", "<pre><code>**注意：**这里\n</code></pre>"),
            ("前**《书》的**后", "<p>前<strong>《书》的</strong>后</p>"),
            ("价格**$100**，", "<p>价格<strong>$100</strong>，</p>"),
            ("**甲****乙**丙", "<p><strong>甲</strong><strong>乙</strong>丙</p>"),
            ("**问：****答：**文", "<p><strong>问：</strong><strong>答：</strong>文</p>"),
            (
                "**1.**第一条，气温**-5℃**左右，转发**#话题#**啊，用**C++**写",
                "<p><strong>1.</strong>第一条，气温<strong>-5℃</strong>左右，转发<strong>#话题#</strong>啊，用<strong>C++</strong>写</p>",
            ),
            ("他说，\u{200b}**“丙”**\u{200b}丁", "<p>他说，\u{200b}<strong>“丙”</strong>\u{200b}丁</p>"),
            ("**重点 **后，前** 重点**", "<p><strong>重点</strong> 后，前 <strong>重点</strong></p>"),
            ("前~~“删”~~后", "<p>前<del>“删”</del>后</p>"),
            (
                "1.  第一条\n\n    **注意：**要",
                "<ol>\n<li>\n<p>第一条</p>\n<p><strong>注意：</strong>要</p>\n</li>\n</ol>",
            ),
            (
                "文。\n\n```make```\n\n**注：**乙",
                "<p>文。</p>\n<p><code>make</code></p>\n<p><strong>注：</strong>乙</p>",
            ),
            (
                "> ```c\n> *“a”*b\n",
                "<blockquote>\n<pre><code class=\"language-c\">*“a”*b\n</code></pre>\n</blockquote>",
            ),
            (
                "他在_河口日报_上写道，这是_最后一次_。__注意：__后来",
                "<p>他在<em>河口日报</em>上写道，这是<em>最后一次</em>。<strong>注意：</strong>后来</p>",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(shown(text), wanted);
        }
        for (text, wanted) in [
            ("<https://e.example.org/河口_事件_表>", "<a href=\"https://e.example.org/河口_事件_表\">"),
            ("![图](<截图_河口_码头.png>)", "<img src=\"截图_河口_码头.png\""),
            ("[文][河口_事件_表]\n\n[河口_事件_表]: /a", "<a href=\"/a\">文</a>"),
            ("文[^注_甲_乙]\n\n[^注_甲_乙]: 注文", "id=\"note-1\">"),
            ("**==甲乙==**与", "<strong><mark>甲乙</mark></strong>与"),
        ] {
            let html = percent_encoding::percent_decode_str(&shown(text)).decode_utf8().unwrap().into_owned();
            assert!(html.contains(wanted), "{html}");
        }
        for text in [
            "嫌疑人张*、李*、王*",
            "李**（男）、张**（女）",
            "李**“多次”殴打张**的事实",
            "报告_2021_终稿",
            "河口_会议纪要_终稿.docx",
            "C:\\甲_乙_丙\\d.txt",
            "见a_甲_b",
            "张*（男）与李*等人",
            "电话138****1234，另一号139****5678",
            "2 ** 3 ** 4",
        ] {
            assert_eq!(shown(text), format!("<p>{text}</p>"));
        }
    }
}
