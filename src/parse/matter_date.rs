//! Dates of front matter: numbers, and what is in no form at all but says its day, with a label, a zone's name, a clock that cannot be.

use std::borrow::Cow;

use chrono_tz::Tz;

use super::date::{ReadDate, read, stamp};

/// Reads a date of front matter, where a number is a moment.
pub(super) fn of_matter(text: &str, zone: Tz) -> Option<ReadDate> {
    // `…+08:00[Asia/Shanghai]` says its zone twice.
    let text = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')).map_or(text, |(date, _)| date);
    let (text, zone) = without_place(text, zone);
    let of_number = || stamp(text).map(|at| ReadDate { at, has_time: true });
    read(text, zone).or_else(of_number).or_else(|| loosely(text, zone))
}

/// A zone whose name means several, or nothing, is `zone`.
fn loosely(text: &str, zone: Tz) -> Option<ReadDate> {
    let text = without_label(text.trim()).replace("Sept.", "Sep").replace("Sept ", "Sep ");
    let text = &*in_digits(&text);
    read(text, zone)
        .or_else(|| read(without_name(text)?, zone))
        // A day can be right where its time is not.
        .or_else(|| read(text.split([' ', 'T']).next()?, zone))
}

/// `更新时间：2021-09-01` → `2021-09-01`.
fn without_label(text: &str) -> &str {
    let label = text.split_once(['：', ':']).filter(|(label, _)| !label.contains(|c: char| c.is_ascii_digit()));
    label.map_or(text, |(_, rest)| rest.trim())
}

/// `2021-09-01T08:05:00 Asia/Shanghai`.
fn without_place(text: &str, zone: Tz) -> (&str, Tz) {
    let parts = text.rsplit_once(' ').filter(|(_, name)| name.contains('/'));
    let named = parts.and_then(|(before, name)| Some((before.trim_end(), name.trim_matches(['(', ')']).parse().ok()?)));
    named.unwrap_or((text, zone))
}

/// `… 08:05 CST`.
fn without_name(text: &str) -> Option<&str> {
    let (before, name) = text.rsplit_once(' ')?;
    let is_name = (2..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase());
    is_name.then_some(before.trim_end())
}

/// `二〇二一年九月一日` → `2021年9月1日`.
fn in_digits(text: &str) -> Cow<'_, str> {
    let date = || {
        let (year, rest) = text.split_once('年')?;
        let (month, rest) = rest.split_once('月')?;
        let (day, rest) = rest.split_once('日')?;
        let digits: Option<String> = year.chars().map(|c| char::from_digit(digit(c)?, 10)).collect();
        Some(format!("{}年{}月{}日{rest}", digits?, number(month)?, number(day)?))
    };
    date().map_or(Cow::Borrowed(text), Cow::Owned)
}

fn digit(c: char) -> Option<u32> {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let c = if matches!(c, '零' | '○' | 'Ｏ') { '〇' } else { c };
    DIGITS.iter().position(|digit| *digit == c).and_then(|digit| u32::try_from(digit).ok())
}

/// `三十一` → 31.
fn number(text: &str) -> Option<u32> {
    let ones =
        |text: &str| if text.is_empty() { Some(0) } else { text.parse().ok().or_else(|| digit(only_char(text)?)) };
    match text.split_once('十') {
        Some(("", rest)) => Some(10 + ones(rest)?),
        Some((tens, rest)) => Some(10 * ones(tens)? + ones(rest)?),
        None => ones(text),
    }
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_no_form_says_its_day_at_least() {
        let cases = [
            ("2021-09-01 08:05:00 CST", "2021-09-01T08:05:00Z"),
            ("2021-09-01T08:05:00 Asia/Shanghai", "2021-09-01T00:05:00Z"),
            ("2021-09-01 08:05:00 (Asia/Shanghai)", "2021-09-01T00:05:00Z"),
            ("2021-09-01T08:05:00+08:00[Asia/Shanghai]", "2021-09-01T00:05:00Z"),
            ("更新时间：2021-09-01 08:05", "2021-09-01T08:05:00Z"),
            ("2021-09-01 25:00", "2021-09-01T00:00:00Z"),
            ("Sept. 1, 2021", "2021-09-01T00:00:00Z"),
            ("Updated: September 1, 2021 at 8:05 a.m. ET", "2021-09-01T08:05:00Z"),
            ("二〇二一年九月一日", "2021-09-01T00:00:00Z"),
            ("二零二一年十二月三十一日", "2021-12-31T00:00:00Z"),
        ];
        for (text, wanted) in cases {
            let read = of_matter(text, Tz::UTC).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), wanted, "{text}");
        }
        for text in ["soon", "2021-13-45", "2021年", "二年", "第一月二日"] {
            assert_eq!(loosely(text, Tz::UTC), None, "{text}");
        }
    }
}
