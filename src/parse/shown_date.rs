//! The date that a page shows above its text, sought where nothing else tells one: in marks of its markup, else in a short line that says
//! what the date is of (`来源：晨港日报 2024-06-15 09:10`).

use chrono_tz::Tz;
use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};

use super::date::{self, ReadDate};
use super::html::improve::is_sentence;
use super::page_head::attribute;

/// The text has begun after so many lines, or with a sentence of so many characters: dates in it are of what it tells.
const MOST_LINES: usize = 20;
const SENTENCE: usize = 20;

/// A longer line is text, in characters; so is one around a `time`.
const LONGEST_LINE: usize = 80;
const AROUND_TIME: usize = 40;

/// What stands before a colon and the date of publication.
const LABELS: &[&str] = &[
    "时间",
    "時間",
    "日期",
    "发布",
    "发布时间",
    "发布日期",
    "發布時間",
    "發布日期",
    "發佈時間",
    "發佈日期",
    "发表时间",
    "发表日期",
    "發表時間",
    "發表日期",
    "Published",
    "Posted",
    "Created",
    "Date",
];

/// What stands beside that date in its line.
const SIGNS: &[&str] = &["来源", "來源", "发布于", "发表于", "發布於", "發佈於", "發表於", "Published on", "Posted on"];

/// What begins a line of a writer's name, which ends with the date.
const WRITERS: &[&str] = &["作者", "记者", "記者", "编辑", "編輯", "撰文", "By ", "by "];

/// What parts such a line.
const PARTINGS: &[&str] = &[" · ", " | ", "｜", " • "];

/// The date that a body shows above its text. What `accepts` refuses is none.
pub(super) fn of(body: &str, zone: Tz, accepts: impl Fn(&ReadDate) -> bool) -> Option<ReadDate> {
    let read = |text: &str| date::read(text, zone).filter(&accepts);
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let (mut line, mut lines, mut is_hidden) = (Line::default(), 0, false);
    for Ok(token) in Tokenizer::new_with_emitter(body, emitter) {
        let (ends_line, text) = match &token {
            Token::StartTag(tag) => {
                if let Some(date) = marked(tag).and_then(|text| read(&text)) {
                    return Some(date);
                }
                is_hidden |= is_unseen(&tag.name);
                (!is_in_line(&tag.name), None)
            }
            Token::EndTag(tag) => {
                is_hidden &= !is_unseen(&tag.name);
                (!is_in_line(&tag.name), None)
            }
            Token::String(text) if !is_hidden => (false, Some(String::from_utf8_lossy(&text.value))),
            _ => continue,
        };
        let mut parts = text.as_deref().unwrap_or_default().split('\n');
        line.text.push_str(parts.next().unwrap_or_default());
        // A tag that ends a line is as a line break.
        for part in parts.map(Some).chain(ends_line.then_some(None)) {
            if let Some(date) = line.date(&read) {
                return Some(date);
            }
            lines += usize::from(!line.text.trim().is_empty());
            if lines > MOST_LINES || line.begins_text() {
                return None;
            }
            line = Line { text: part.unwrap_or_default().to_owned(), ..Line::default() };
        }
        if let Token::StartTag(tag) = &token {
            line.take_tag(tag);
        }
    }
    line.date(&read)
}

/// A line of a page, while it is read.
#[derive(Default)]
struct Line {
    text: String,
    /// What a `time` in it says.
    time: Option<String>,
    /// Whether it is that in which WeChat shows the date.
    is_date: bool,
}

impl Line {
    fn take_tag(&mut self, tag: &StartTag<()>) {
        // Behind other words it is that of what they tell.
        let before = self.text.trim();
        if &**tag.name == b"time" && (before.is_empty() || SIGNS.iter().any(|sign| before.contains(sign))) {
            self.time = self.time.take().or_else(|| attribute(tag, b"datetime"));
        }
        self.is_date |= attribute(tag, b"id").is_some_and(|id| id == "publish_time");
    }

    /// The date of a line that is one with its time, or says what it is of.
    fn date(&self, read: &impl Fn(&str) -> Option<ReadDate>) -> Option<ReadDate> {
        let line = self.text.trim();
        let length = line.chars().take(LONGEST_LINE + 1).count();
        if length > LONGEST_LINE || is_sentence(line) {
            return None;
        }
        let of_time = || read(self.time.as_deref().filter(|_| length <= AROUND_TIME)?);
        // `- **日期**：…` in Markdown; in a list a time is an event's.
        let is_mark = |c: char| c.is_whitespace() || matches!(c, '*' | '-' | '>' | '#' | '_');
        let is_label = |label: &str| {
            let bare = label.trim_matches(is_mark);
            LABELS.contains(&bare) && !(label.starts_with('-') && matches!(bare, "时间" | "時間"))
        };
        let labelled = || line.split_once(['：', ':']).filter(|(label, _)| is_label(label));
        let whole = || match labelled() {
            Some((_, date)) => read(date),
            None => read(line).filter(|date| date.has_time || self.is_date),
        };
        let has_sign = || SIGNS.iter().any(|sign| line.contains(sign));
        let within = || if has_sign() { dates_in(line).find_map(read) } else { None };
        of_time().or_else(whole).or_else(within).or_else(|| of_byline(line, read))
    }

    fn begins_text(&self) -> bool {
        is_sentence(&self.text) && self.text.chars().take(SENTENCE).count() == SENTENCE
    }
}

/// The date of a line that names a writer, `作者：吴铭 2022-05-06`, or of whose parts one is a date: `城南晚报 · 2022年5月6日`. Of those that
/// begin with one, what follows may be what happened.
fn of_byline(line: &str, read: &impl Fn(&str) -> Option<ReadDate>) -> Option<ReadDate> {
    let of_writer = || {
        let is_of_writer = WRITERS.iter().any(|sign| line.starts_with(sign));
        read(line.rsplit_once([' ', '\u{3000}']).filter(|_| is_of_writer)?.1)
    };
    // `By Jane Harbour, December 5, 2023`: English has three words in a date.
    let of_english_writer = || {
        let (at, _) = line.rmatch_indices(' ').nth(2)?;
        read(&line[at + 1..]).filter(|_| line[..at].strip_prefix("By ").is_some_and(is_name))
    };
    let in_parts = || {
        let parting = PARTINGS.iter().find(|parting| line.contains(**parting) && !line.starts_with('|'))?;
        line.split(parting).skip(1).find_map(|part| read(part.trim()))
    };
    of_writer().or_else(of_english_writer).or_else(in_parts)
}

/// Whether words are written as a person's name is: those before a day that is told, `By order of the King`, are not.
fn is_name(words: &str) -> bool {
    const MOST: usize = 6;
    const PARTICLES: &[&str] =
        &["and", "&", "al", "bin", "da", "de", "del", "den", "der", "di", "la", "le", "van", "von"];
    let is_of_name = |word: &str| word.starts_with(char::is_uppercase) || PARTICLES.contains(&word);
    let words: Vec<&str> = words.strip_suffix(',').unwrap_or(words).split(' ').collect();
    // One word may be a day of the week.
    (2..=MOST).contains(&words.len()) && words.into_iter().all(is_of_name)
}

fn is_in_line(tag: &[u8]) -> bool {
    matches!(tag, b"a" | b"abbr" | b"b" | b"em" | b"font" | b"i" | b"small" | b"span" | b"strong" | b"time" | b"u")
}

/// What holds no text of the page, or a picture's, with a date of its own.
fn is_unseen(tag: &[u8]) -> bool {
    matches!(tag, b"script" | b"style" | b"template" | b"title" | b"figcaption")
}

/// What a tag says of the date, if it says that it is that of the article (<https://schema.org/datePublished>,
/// <https://microformats.org/wiki/h-entry>).
fn marked(tag: &StartTag<()>) -> Option<String> {
    let of_schema = |name: String| matches!(&*name.to_ascii_lowercase(), "datepublished" | "datecreated");
    let of_class = |class: &str| matches!(class, "dt-published" | "entry-date" | "published");
    let is_date = attribute(tag, b"itemprop").is_some_and(of_schema)
        || attribute(tag, b"class").is_some_and(|classes| classes.split_ascii_whitespace().any(of_class));
    let values = [b"content".as_slice(), b"datetime", b"title"];
    values.into_iter().filter(|_| is_date).find_map(|name| attribute(tag, name))
}

/// What may be a date in a line, the first two: from a year on, as far as there are parts of dates.
fn dates_in(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| {
        c.is_ascii_digit()
            || matches!(c, '-' | '/' | '.' | ':' | ' ' | '\u{3000}' | '\u{a0}' | 'T' | 'Z' | '+')
            || "年月日上下午时分秒".contains(c)
    };
    let years = line.match_indices(['1', '2']).map(|(at, _)| at);
    let begins = move |at: &usize| {
        let is_inside = line[..*at].ends_with(|c: char| c.is_ascii_digit());
        !is_inside && line[*at..].bytes().take_while(u8::is_ascii_digit).count() == 4
    };
    years.filter(begins).take(2).map(move |at| {
        let rest = &line[at..];
        rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].trim()
    })
}
