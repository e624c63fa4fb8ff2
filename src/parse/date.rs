//! Dates, in all the forms in which scraped articles write them.

use std::cell::Cell;
use std::ops::Range;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A date as it was written: with or without a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadDate {
    /// The moment; midnight in the site's zone where no time was written.
    pub at: DateTime<Utc>,
    /// Whether a time was written.
    pub has_time: bool,
}

/// How far dates are trusted: up to a day after the build's moment, for clocks and zones err.
///
/// It remembers which dates it was asked about: while [`Horizon::validity`] holds, a later build judges all alike.
#[derive(Debug)]
pub struct Horizon {
    end: i64,
    validity: Cell<Validity>,
}

/// The moments of builds, in Unix seconds, from the first up to but without the second, that judge dates alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity(i64, i64);

impl Validity {
    /// Whether a build of this moment judges alike.
    pub fn holds(self, now: DateTime<Utc>) -> bool {
        (self.0..self.1).contains(&now.timestamp())
    }
}

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

impl Horizon {
    /// The horizon of a build's moment.
    pub fn of(now: DateTime<Utc>) -> Self {
        Self { end: now.timestamp() + DAY, validity: Cell::new(Validity(i64::MIN, i64::MAX)) }
    }

    /// Whether a date can be trusted.
    pub fn trusts(&self, date: DateTime<Utc>) -> bool {
        let at = date.timestamp();
        let Validity(from, until) = self.validity.get();
        let is_trusted = at <= self.end;
        let narrowed =
            if is_trusted { Validity(from.max(at - DAY), until) } else { Validity(from, until.min(at - DAY)) };
        self.validity.set(narrowed);
        is_trusted
    }

    /// When all that was asked would be answered alike.
    pub fn validity(&self) -> Validity {
        self.validity.get()
    }
}

/// No form of a date is longer, in bytes.
const LONGEST: usize = 96;

/// A year of four digits and a day.
const FEWEST_DIGITS: usize = 5;

/// Reads a date in any known form. A date without a zone is in `zone`.
pub fn read(text: &str, zone: Tz) -> Option<ReadDate> {
    // Many a line of an article is asked whether it is one: it is looked at before it is copied.
    let text = text.trim().trim_matches(['"', '\'', '*', '(', ')', '（', '）']).trim();
    if text.len() > LONGEST * '\u{3000}'.len_utf8() || text.bytes().filter(u8::is_ascii_digit).count() < FEWEST_DIGITS {
        return None;
    }
    let text = &text.replace(['\u{a0}', '\u{3000}', '\t'], " ");
    if text.len() < 8 || text.len() > LONGEST {
        return None;
    }
    if is_span_of_hours(text) {
        return None;
    }
    in_form(text, zone)
        .or_else(|| {
            let (plain, offset) = plainer(text)?;
            match offset {
                Some(offset) => at_offset(naive(&plain)?, offset),
                None => in_form(&plain, zone),
            }
        })
        .filter(|written| is_plausible(written.at))
        // As it is remembered: in milliseconds, and without leap seconds.
        .and_then(|written| {
            Some(ReadDate { at: DateTime::from_timestamp_millis(written.at.timestamp_millis())?, ..written })
        })
}

/// Whether a text ends in two clocks, the later behind a dash, `14:00-16:00`, as what takes place is announced: it is no offset.
fn is_span_of_hours(text: &str) -> bool {
    let clock = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 2);
        Some((number(hour)?, number(minute)?))
    };
    let Some((before, after)) = text.rsplit_once(['-', '–', '—', '~', '～', '至']) else { return false };
    let first = before.rsplit(|c: char| c != ':' && !c.is_ascii_digit()).next().unwrap_or_default();
    // Of a moment in ISO's form an offset may stand right behind the minutes.
    let is_later = clock(first).zip(clock(after)).is_some_and(|(first, after)| first < after);
    is_later && !before.contains('T')
}

fn in_form(text: &str, zone: Tz) -> Option<ReadDate> {
    with_zone(text).or_else(|| without_zone(text, zone)).or_else(|| day_alone(text, zone))
}

fn at_offset(at: NaiveDateTime, offset: FixedOffset) -> Option<ReadDate> {
    offset.from_local_datetime(&at).earliest().map(|at| ReadDate { at: at.with_timezone(&Utc), has_time: true })
}

/// A date without what other dates lack (a weekday, the zone's name in brackets, units for colons, halves of the day),
/// and its offset, if one is written.
fn plainer(text: &str) -> Option<(String, Option<FixedOffset>)> {
    // MarkDownload's `(UTC +08:00)`.
    let opened = text.replace("(UTC", " UTC").replace("(GMT", " GMT");
    let text = if opened == text { text } else { opened.trim_end_matches(')') };
    let (text, offset) = without_offset(without_brackets(text));
    let text = in_common_years(&without_weekday(text))?;
    let text = text.replace("a.m.", "am").replace("p.m.", "pm").replace(" at ", " ").replace(',', " ");
    let half = HALVES.iter().find(|(name, _)| text.contains(name));
    let text = half.map_or_else(|| text.clone(), |(name, _)| text.replace(name, " "));
    let text = text.replace(['时', '時', '点', '點'], ":").replace("分钟", "").replace("秒", "");
    let text = match text.split_once('分') {
        Some((before, after)) if after.trim().is_empty() => before.to_owned(),
        _ => text.replace('分', ":"),
    };
    let text = text.split_whitespace().map(without_ordinal).collect::<Vec<_>>().join(" ").replace(": ", ":");
    let text = if text.ends_with(':') { format!("{text}00") } else { text };
    let text = match half {
        Some((_, hours)) => in_24_hours(&text, hours)?,
        None => text,
    };
    Some((text, offset))
}

/// `8th` → `8`.
fn without_ordinal(word: &str) -> &str {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    number.filter(|number| number.parse::<u8>().is_ok()).unwrap_or(word)
}

/// `民國111年` → `2022年`: the years of the Republic of China begin with 1912.
fn in_common_years(text: &str) -> Option<String> {
    let bare = text.strip_prefix("中華").or_else(|| text.strip_prefix("中华")).unwrap_or(text);
    let Some(rest) = bare.strip_prefix("民國").or_else(|| bare.strip_prefix("民国")) else {
        return Some(text.to_owned());
    };
    let (year, rest) = rest.split_once('年')?;
    let year: u32 = year.trim().parse().ok().filter(|year| *year < 300)?;
    Some(format!("{}年{rest}", year + 1911))
}

/// Parts of a day before a clock of twelve hours, and the hours that each may have, of which those under 12 are the
/// later ones.
const HALVES: &[(&str, Range<u32>)] = &[
    ("凌晨", 0..12),
    ("早上", 0..12),
    ("上午", 0..12),
    ("中午", 10..15),
    ("下午", 12..24),
    ("傍晚", 12..24),
    ("晚上", 13..24),
    ("晚间", 13..24),
    ("晚間", 13..24),
];

/// None for an hour that the part of the day does not have: midnight is of one day or of the other.
fn in_24_hours(text: &str, hours: &Range<u32>) -> Option<String> {
    let (day, clock) = text.rsplit_once(' ')?;
    let (hour, rest) = clock.split_once(':')?;
    let hour: u32 = hour.parse().ok().filter(|hour| *hour < 24)?;
    let hour = [hour, hour + 12, hour % 12].into_iter().find(|hour| hours.contains(hour))?;
    Some(format!("{day} {hour:02}:{rest}"))
}

fn without_brackets(text: &str) -> &str {
    let is_more = |inner: &str| !inner.contains(|c: char| c.is_ascii_digit()) && !inner.contains("北京时间");
    let opened = text.rfind(['(', '（']).filter(|at| is_more(&text[*at..]));
    opened.map_or(text, |at| text[..at].trim_end())
}

/// No zone is farther from Greenwich, in hours (<https://www.iana.org/time-zones>).
const FARTHEST: i32 = 14;

/// Cuts an offset off the end: `+0800`, `+08`, `+08:00`, `UTC+8`, `GMT+0800`, `+0800 CST`, `北京时间`.
fn without_offset(text: &str) -> (&str, Option<FixedOffset>) {
    let whole = (text, None);
    if let Some(before) = text.trim_end_matches(['）', ')']).strip_suffix("北京时间") {
        return (before.trim_end_matches(['（', '(', ' ']), FixedOffset::east_opt(8 * 3600));
    }
    let named = NAMED.iter().find_map(|(name, hours)| Some((text.strip_suffix(name)?.strip_suffix(' ')?, hours)));
    if let Some((before, hours)) = named.filter(|(before, _)| before.contains(':')) {
        return (before.trim_end(), FixedOffset::east_opt(hours * 3600));
    }
    let bare = text.trim_end_matches(|c: char| c.is_ascii_uppercase()).trim_end();
    // A name alone tells nothing: CST is a time of two continents.
    let bare = if bare.ends_with(|c: char| c.is_ascii_digit()) && bare.contains(['+', '-']) { bare } else { text };
    let Some(sign) = bare.rfind(['+', '-', '−']) else { return whole };
    let digits: String = bare[sign..].chars().skip(1).filter(|c| *c != ':').collect();
    let before = bare[..sign].trim_end();
    let name = ["UTC", "GMT"].iter().find_map(|name| before.strip_suffix(name));
    // `2024-05-02` has no offset: a clock stands before one.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !name.unwrap_or(before).contains(':') {
        return whole;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return whole,
    };
    let (Ok(hours), Ok(minutes)) = (hours.parse::<i32>(), minutes.parse::<i32>()) else { return whole };
    // No zone is off Greenwich by other minutes.
    if hours > FARTHEST || !matches!(minutes, 0 | 30 | 45) {
        return whole;
    }
    let seconds = hours * 3600 + minutes * 60;
    let offset = FixedOffset::east_opt(if bare[sign..].starts_with('+') { seconds } else { -seconds });
    match offset {
        Some(_) => (name.unwrap_or(before).trim_end(), offset),
        None => whole,
    }
}

/// Names of zones that mean one alone, and their hours east of Greenwich.
const NAMED: &[(&str, i32)] = &[("EST", -5), ("EDT", -4), ("PST", -8), ("PDT", -7), ("HKT", 8), ("JST", 9), ("KST", 9)];

fn without_weekday(text: &str) -> String {
    const ENGLISH: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let first = text.split([' ', ',']).next().unwrap_or_default();
    let is_day = first.get(..3).is_some_and(|start| ENGLISH.iter().any(|day| start.eq_ignore_ascii_case(day)));
    if is_day && first.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return text[first.len()..].trim_start_matches([',', ' ']).to_owned();
    }
    for prefix in ["星期", "礼拜", "禮拜", "周", "週"] {
        if let Some(at) = text.find(prefix) {
            let rest = &text[at + prefix.len()..];
            if let Some(day) = rest.chars().next().filter(|c| "一二三四五六日天".contains(*c)) {
                let before = text[..at].trim_end_matches([' ', '(', '（']);
                return format!("{before} {}", rest[day.len_utf8()..].trim_start_matches([' ', ')', '）', ',', '，']));
            }
        }
    }
    text.to_owned()
}

/// Nothing that a mirror holds is older than the press or newer than the century after this one.
fn is_plausible(at: DateTime<Utc>) -> bool {
    use chrono::Datelike as _;
    (1600..2200).contains(&at.year())
}

fn with_zone(text: &str) -> Option<ReadDate> {
    const FORMS: &[&str] = &[
        "%Y-%m-%d %H:%M:%S%.f %z",
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "%Y-%m-%d %H:%M:%S%.f%z",
        "%Y-%m-%dT%H:%M%z",
        "%Y-%m-%d %H:%M %z",
        // As Twitter and Weibo say it.
        "%a %b %d %H:%M:%S %z %Y",
    ];
    let at = DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| DateTime::parse_from_rfc2822(text).ok())
        .or_else(|| FORMS.iter().find_map(|form| DateTime::parse_from_str(text, form).ok()))
        .or_else(|| utc_by_name(text));
    let at = at.filter(|at: &DateTime<FixedOffset>| at.offset().local_minus_utc().abs() <= FARTHEST * 3600);
    at.map(|at| ReadDate { at: at.with_timezone(&Utc), has_time: true })
}

fn utc_by_name(text: &str) -> Option<DateTime<FixedOffset>> {
    let rest = ["UTC", "GMT", "Z"].iter().find_map(|name| text.strip_suffix(name))?.trim_end();
    naive(rest).map(|at| at.and_utc().fixed_offset())
}

fn without_zone(text: &str, zone: Tz) -> Option<ReadDate> {
    local(naive(text)?, zone).map(|at| ReadDate { at, has_time: true })
}

fn naive(text: &str) -> Option<NaiveDateTime> {
    const FORMS: &[&str] = &[
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y%m%dT%H%M%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y.%m.%d %H:%M:%S",
        "%Y.%m.%d %H:%M",
        "%Y年%m月%d日 %H:%M:%S",
        "%Y年%m月%d日 %H:%M",
        "%Y年%m月%d日%H:%M",
        "%Y年%m月%d日 %I:%M %p",
        "%Y-%m-%d %I:%M %p",
        // Their commas are gone by then.
        "%B %d %Y %I:%M %p",
        "%B %d %Y %I:%M:%S %p",
        "%B %d %Y %H:%M",
        "%B %d %Y %H:%M:%S",
        "%d %B %Y %H:%M",
        "%d %B %Y %H:%M:%S",
        "%d %B %Y %I:%M %p",
        "%Y年%m月%d日%H:%M:%S",
    ];
    FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

fn day_alone(text: &str, zone: Tz) -> Option<ReadDate> {
    const FORMS: &[&str] = &["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%B %d %Y", "%d %B %Y", "%Y%m%d"];
    let compact: String = text.split(' ').collect();
    let day = FORMS
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(&compact, "%Y年%m月%d日").ok())?;
    local(day.and_time(NaiveTime::MIN), zone).map(|at| ReadDate { at, has_time: false })
}

/// A local time that a change of the clocks skipped is read as if the clocks had not changed, by the offset of the day before: a
/// zone may skip a whole day.
fn local(at: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    const BEFORE: TimeDelta = TimeDelta::days(2);
    let skipped = || zone.from_local_datetime(&at.checked_sub_signed(BEFORE)?).earliest()?.checked_add_signed(BEFORE);
    zone.from_local_datetime(&at).earliest().or_else(skipped).map(|at| at.with_timezone(&Utc))
}

/// A Unix time in milliseconds (13 digits) or seconds (10 digits), as scrapers stamp headers and file names.
pub fn stamp(text: &str) -> Option<DateTime<Utc>> {
    let number: i64 = text.trim().parse().ok()?;
    match text.trim().len() {
        12 | 13 => DateTime::from_timestamp_millis(number),
        9 | 10 => DateTime::from_timestamp(number, 0),
        _ => None,
    }
    .filter(|at| is_plausible(*at) && at.timestamp() > 0)
}

/// The date in a file name: `2021-12-17-title`, `1639742343000_title`.
pub fn of_file_name(stem: &str, zone: Tz) -> Option<ReadDate> {
    if let Some(day) = jekyll_day(stem) {
        return local(day.and_time(NaiveTime::MIN), zone).map(|at| ReadDate { at, has_time: false });
    }
    let digits = stem.split(['_', '-', '.']).next().unwrap_or(stem);
    // Nine to twelve digits are more likely a number of the outlet's own.
    (digits.len() == 13).then(|| stamp(digits)).flatten().map(|at| ReadDate { at, has_time: true })
}

/// A name that is a day alone, or goes on after it with something else than Jekyll's dash, has a date too.
fn jekyll_day(stem: &str) -> Option<NaiveDate> {
    let alone = || {
        let day = stem.get(..10).filter(|_| !stem[10..].starts_with(|c: char| c.is_ascii_digit()))?;
        NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()
    };
    split_jekyll_name(stem).map(|(day, _)| day).or_else(alone)
}

/// Jekyll's file names: day, dash, slug.
pub fn split_jekyll_name(stem: &str) -> Option<(NaiveDate, &str)> {
    // Most names begin otherwise.
    stem.starts_with(|first: char| first.is_ascii_digit()).then_some(())?;
    let mut parts = stem.splitn(4, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let slug = parts.next()?;
    let number =
        |text: &str, most: usize| (text.len() <= most && !text.is_empty()).then(|| text.parse::<u32>().ok()).flatten();
    let year = match year.len() {
        2 => 2000 + number(year, 2)?,
        4 => number(year, 4)?,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?).map(|day| (day, slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_and_marks_around_a_date_are_none_of_it() {
        let marked = format!("{0}2021-12-17{1}11:23{0}", "*".repeat(100), "\u{3000}".repeat(60));
        for text in [marked.as_str(), "（2021-12-17 11:23）", " \u{3000}2021-12-17\t11:23 "] {
            assert_eq!(
                read(text, Tz::UTC).map(|date| date.at.to_rfc3339()).as_deref(),
                Some("2021-12-17T11:23:00+00:00"),
                "{text}"
            );
        }
        assert_eq!(read(&"2021-12-17 ".repeat(40), Tz::UTC), None);
    }

    #[test]
    fn what_a_change_of_the_clocks_skipped_is_read_by_the_offset_before() {
        for (text, zone, wanted) in [
            ("2024-03-10 02:30", Tz::America__New_York, "2024-03-10T07:30:00+00:00"),
            ("2011-12-30 12:00", Tz::Pacific__Apia, "2011-12-30T22:00:00+00:00"),
        ] {
            assert_eq!(read(text, zone).map(|date| date.at.to_rfc3339()).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn every_form_that_scrapers_write_is_read() {
        let cases = [
            ("2021-12-17 11:23:10 (北京时间)", "2021-12-17T03:23:10Z"),
            ("2017-10-25T00:31:01.000Z", "2017-10-25T00:31:01Z"),
            ("2025-11-01 06:04:02.000000000 +00:00", "2025-11-01T06:04:02Z"),
            ("2025-11-01 15:34:42.000000000 +08:00", "2025-11-01T07:34:42Z"),
            ("2025-11-01 15:34:42 +0800", "2025-11-01T07:34:42Z"),
            ("Fri, 17 Dec 2021 11:23:10 GMT", "2021-12-17T11:23:10Z"),
            ("2025-11-11\u{a0}09:52  \u{a0}", "2025-11-11T01:52:00Z"),
            ("2025年11月27日", "2025-11-26T16:00:00Z"),
            ("2025年 11月 7日", "2025-11-06T16:00:00Z"),
            ("**2023-11-02**", "2023-11-01T16:00:00Z"),
            ("July 4, 2023", "2023-07-03T16:00:00Z"),
            ("Jul 08 2022", "2022-07-07T16:00:00Z"),
            ("July 8th, 2022", "2022-07-07T16:00:00Z"),
            ("8 Jul, 2022", "2022-07-07T16:00:00Z"),
            ("Jul 8, 2022 at 10:30 AM", "2022-07-08T02:30:00Z"),
            ("Fri Jul 08 10:00:00 +0800 2022", "2022-07-08T02:00:00Z"),
            ("2024-03-05T10:11:12 (UTC +08:00)", "2024-03-05T02:11:12Z"),
            ("2024-03-05 10:11 (UTC+8)", "2024-03-05T02:11:00Z"),
            ("2022.7.8 10:30:05", "2022-07-08T02:30:05Z"),
            ("2022年7月8日 3:05 PM", "2022-07-08T07:05:00Z"),
            ("民國111年7月8日", "2022-07-07T16:00:00Z"),
            ("中華民國111年7月8日 10:30", "2022-07-08T02:30:00Z"),
            ("2024/05/02 08:00:00 +0800", "2024-05-02T00:00:00Z"),
            ("2024-05-02 08:00:00+08", "2024-05-02T00:00:00Z"),
            ("2024-05-02 08:00:00.000 +0800 CST", "2024-05-02T00:00:00Z"),
            ("2024-05-02 08:00 UTC+8", "2024-05-02T00:00:00Z"),
            ("2024-05-02 08:00:00 UTC-05:00", "2024-05-02T13:00:00Z"),
            ("2024年05月02日 08时00分", "2024-05-02T00:00:00Z"),
            ("2024年05月02日08时01分30秒", "2024-05-02T00:01:30Z"),
            ("2024年5月2日 下午3:04", "2024-05-02T07:04:00Z"),
            ("2024年5月2日 上午12:04", "2024-05-01T16:04:00Z"),
            ("2024年5月2日 中午11:30", "2024-05-02T03:30:00Z"),
            ("2024年5月2日 中午1:30", "2024-05-02T05:30:00Z"),
            ("2024年5月2日 晚上8:10", "2024-05-02T12:10:00Z"),
            ("2024年5月2日 下午15:10", "2024-05-02T07:10:00Z"),
            ("2024年5月2日 星期四 08:00", "2024-05-02T00:00:00Z"),
            ("2024年5月2日（周四）", "2024-05-01T16:00:00Z"),
            ("Thursday, May 2, 2024", "2024-05-01T16:00:00Z"),
            ("Thu May 02 2024 08:00:00 GMT+0800 (中国标准时间)", "2024-05-02T00:00:00Z"),
            ("20240502", "2024-05-01T16:00:00Z"),
            ("20240615T101112Z", "2024-06-15T10:11:12Z"),
            ("May 2, 2024, 8:04 p.m. EDT", "2024-05-03T00:04:00Z"),
            ("Thu, May 2, 2024 12:05 AM PST", "2024-05-02T08:05:00Z"),
            ("2024-05-02 08:00 HKT", "2024-05-02T00:00:00Z"),
        ];
        for (text, expected) in cases {
            let read = read(text, Tz::Asia__Shanghai).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), expected, "{text}");
        }
        for text in [
            "15 分钟前",
            "5 月 12 分公司 3456 号",
            "周一到周五 8:00-18:00",
            "2024年5月2日14:00-16:00",
            "2024-05-02 08:00-10:00",
            "2024-05-02 14:00:00 -16:00",
            "+262142-12-31 23:00:00",
            "tel. 010-6512-8888",
            "第 20 次 3 点 12 分",
        ] {
            assert_eq!(read(text, Tz::UTC), None, "{text}");
        }
        assert_eq!(read("0001-01-01", Tz::UTC), None);
        assert_eq!(read("+262142-12-31 23:00:00", Tz::America__New_York), None, "its offset leads beyond all dates");
        let offset = read("2024-05-02T08:00-05:00", Tz::UTC).map(|date| date.at.to_rfc3339());
        assert_eq!(offset.as_deref(), Some("2024-05-02T13:00:00+00:00"));
    }

    #[test]
    fn a_date_is_what_is_remembered_of_it() {
        for text in ["2016-12-31 23:59:60", "2016-12-31T11:23:60.1234567Z"] {
            let at = read(text, Tz::UTC).unwrap().at;
            assert_eq!(DateTime::from_timestamp_millis(at.timestamp_millis()), Some(at), "{text}");
        }
    }

    #[test]
    fn stamps_are_told_from_numbers() {
        assert!(of_file_name("1639742343000_title", Tz::UTC).is_some_and(|written| written.has_time));
        assert_eq!(of_file_name("1047440", Tz::UTC), None);
        assert!(of_file_name("2021-12-17", Tz::UTC).is_some() && of_file_name("2021-12-18_foo", Tz::UTC).is_some());
        assert_eq!(stamp("NaN"), None);
    }
}
