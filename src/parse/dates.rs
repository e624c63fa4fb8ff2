//! When an article was published and changed, by the design's order of trust.

use chrono::{DateTime, TimeDelta, Utc};

use super::date::{self, Horizon};
use super::html::improve::Byline;
use super::parts::SourceParts;
use super::{Faults, front_matter, shown_date};
use crate::config::Config;
use crate::diagnostics::Code;

/// The dates of an article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    pub(super) date: Option<DateTime<Utc>>,
    pub(super) published: Option<DateTime<Utc>>,
    pub(super) updated: Option<DateTime<Utc>>,
}

/// A visible date may be so much older than the date and still be the same article's.
const WEEK: TimeDelta = TimeDelta::days(7);
const DAY: TimeDelta = TimeDelta::days(1);

impl Dates {
    /// The order of trust: front matter, header stamp, a saved page's head, visible line, file name, when it was changed, what
    /// is shown above the text. What lies in the future is not trusted.
    pub(super) fn of(
        written: &SourceParts<'_>,
        byline: Option<&Byline>,
        config: &Config,
        horizon: &Horizon,
        faults: &mut Faults<'_>,
    ) -> Self {
        let visible = byline.and_then(|byline| date::read(&byline.date, config.timezone));
        let mut said: Vec<(String, &str)> = Vec::new();
        let trusted = trusted(written, config, horizon, |message, hint| said.push((message, hint)));
        let changed = written
            .matter
            .text(front_matter::CHANGES)
            .or_else(|| written.page.modified.clone())
            .and_then(|text| date::of_matter(&text, config.timezone))
            .filter(|changed| horizon.trusts(changed.at));
        let of_name = || date::of_file_name(written.stem(), config.timezone);
        let shown = || shown_date::of(written.body, config.timezone, |date| horizon.trusts(date.at));
        let trusted_name = || of_name().filter(|named| horizon.trusts(named.at));
        let date = trusted.or(visible).or_else(trusted_name).or(changed).or_else(shown);
        if date.is_none() {
            let ahead = of_name().filter(|_| said.is_empty()).map(|named| (untrusted(named), HINT_AHEAD));
            said.extend(ahead);
            match said.last_mut() {
                Some((why, _)) => why.push_str(": it goes to `undated/`"),
                None => said.push(("no date is known: it goes to `undated/`".to_owned(), HINT)),
            }
        }
        for (message, hint) in said {
            faults.warn(Code::Date, message, hint);
        }
        let Some(date) = date.map(|written| written.at) else {
            return Self { date: None, published: None, updated: None };
        };
        let earlier = visible
            .filter(|visible| visible.has_time && visible.at < date && date - visible.at <= WEEK)
            .map(|visible| visible.at);
        let updated = changed.map(|changed| changed.at).filter(|changed| *changed > date);
        Self { date: Some(date), published: earlier, updated: updated.or_else(|| earlier.map(|_| date)) }
    }

    /// Whether a visible line is a date that the header can say instead.
    pub(super) fn accepts(written: &SourceParts<'_>, line: &str, config: &Config, horizon: &Horizon) -> bool {
        let Some(visible) = date::read(line, config.timezone) else { return false };
        match trusted(written, config, horizon, |_, _| ()) {
            None => horizon.trusts(visible.at),
            Some(date) if visible.has_time => visible.at <= date.at && date.at - visible.at <= WEEK,
            Some(date) => visible.at <= date.at && date.at - visible.at < DAY,
        }
    }
}

const HINT: &str = "give the front matter a `date`, such as 2024-05-02 06:04:02 +08:00";

const HINT_AHEAD: &str = "mend the date; what is to wait until then is held back by `draft: true`";

fn untrusted(date: date::ReadDate) -> String {
    format!("{} lies in the future and is not trusted", date.at.format("%Y-%m-%d"))
}

fn trusted(
    written: &SourceParts<'_>,
    config: &Config,
    horizon: &Horizon,
    mut warn: impl FnMut(String, &'static str),
) -> Option<date::ReadDate> {
    let mut in_matter = written.matter.texts(front_matter::DATES);
    // To Jekyll, `published` is no date, and to others it may be an imprint.
    if let Some(other) =
        written.matter.text(&["published"]).filter(|text| date::of_matter(text, config.timezone).is_none())
    {
        in_matter.retain(|text| *text != other);
    }
    let mut read = in_matter.iter().map(|text| (text, date::of_matter(text, config.timezone)));
    let read = read.clone().find(|(_, date)| date.is_some()).or_else(|| read.next());
    if let Some((text, None)) = read {
        warn(format!("`{text}` is no date that we can read"), HINT);
    }
    let stamp = written.header.stamp.map(|at| date::ReadDate { at, has_time: true });
    let day = written.header.day.and_then(|text| date::read(text, config.timezone));
    let page = written.page.published.as_deref().and_then(|text| date::of_matter(text, config.timezone));
    let mut candidates = read.and_then(|(_, date)| date).into_iter().chain(stamp).chain(day).chain(page);
    candidates.find(|date| {
        let trusted = horizon.trusts(date.at);
        if !trusted {
            warn(untrusted(*date), HINT_AHEAD);
        }
        trusted
    })
}
