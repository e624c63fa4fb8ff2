//! The date that a page shows its readers, sought where nothing else tells one: in marks of its markup, else in a short line that says
//! what the date is of (`来源：晨港日报 2024-06-15 09:10`).

use chrono_tz::Tz;
use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};

use super::date::{self, ReadDate};
use super::html::improve::{LABELS, is_sentence, unlabelled};

/// The date of an article stands above its text: no more tags and texts than this are looked at.
const MOST_TOKENS: usize = 4000;

/// A longer line is text, in characters.
const LONGEST_LINE: usize = 80;

/// The date that a body shows, as it was written or marked. What `accepts` refuses is none.
pub(super) fn of(body: &str, zone: Tz, accepts: impl Fn(&ReadDate) -> bool) -> Option<ReadDate> {
    let read = |text: &str| date::of_matter(text, zone).filter(&accepts);
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let (mut line, mut is_next_text, mut of_line, mut of_time) = (String::new(), false, None, None);
    for Ok(token) in Tokenizer::new_with_emitter(body, emitter).take(MOST_TOKENS) {
        match token {
            Token::StartTag(tag) => {
                if let Some(date) = marked(&tag).and_then(|text| read(&text)) {
                    return Some(date);
                }
                is_next_text = attribute(&tag, b"id").is_some_and(|id| id == "publish_time");
                if &**tag.name == b"time" {
                    of_time = of_time.or_else(|| read(&attribute(&tag, b"datetime")?));
                }
                end_line(&tag.name, &mut line, &mut of_line, &read);
            }
            Token::EndTag(tag) => end_line(&tag.name, &mut line, &mut of_line, &read),
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text.value);
                if std::mem::take(&mut is_next_text)
                    && let Some(date) = read(&text)
                {
                    return Some(date);
                }
                let mut parts = text.split('\n');
                line.push_str(parts.next().unwrap_or_default());
                for part in parts {
                    of_line = of_line.or_else(|| in_line(&line, &read));
                    line.clear();
                    line.push_str(part);
                }
            }
            _ => {}
        }
    }
    of_line.or_else(|| in_line(&line, &read)).or(of_time)
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
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

fn end_line(tag: &[u8], line: &mut String, of_line: &mut Option<ReadDate>, read: &impl Fn(&str) -> Option<ReadDate>) {
    const IN_LINE: &[&[u8]] = &[b"a", b"abbr", b"b", b"em", b"font", b"i", b"small", b"span", b"strong", b"time", b"u"];
    if !IN_LINE.contains(&tag) {
        *of_line = of_line.or_else(|| in_line(line, read));
        line.clear();
    }
}

/// The date in a line that is a date with its time, or says what the date is of.
fn in_line(line: &str, read: &impl Fn(&str) -> Option<ReadDate>) -> Option<ReadDate> {
    let line = line.trim();
    if line.len() < 8 || line.chars().count() > LONGEST_LINE || is_sentence(line) {
        return None;
    }
    let whole = || read(unlabelled(line)).filter(|date| date.has_time || unlabelled(line) != line);
    let has_label =
        || LABELS.iter().any(|label| line.contains(label)) || line.contains("来源") || line.contains("來源");
    whole().or_else(|| if has_label() { dates_in(line).find_map(read) } else { None })
}

/// What may be a date in a line: from a year on, as far as there are parts of dates.
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
    years.filter(begins).map(move |at| {
        let rest = &line[at..];
        rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].trim()
    })
}
