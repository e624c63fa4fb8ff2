//! When an article was published and changed, by the design's order of trust.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::date::{self, Horizon, ReadDate};
use super::matter_date::of_matter;
use super::parts::SourceParts;
use super::{Faults, front_matter, shown_date};
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

/// The date that an article says it has, in front matter, in a scraper's header or in a saved page's head, and what there is to say of
/// those that cannot be trusted, with what to do.
pub(super) struct SaidDate {
    /// The site's, for dates without one.
    zone: Tz,
    date: Option<ReadDate>,
    faults: Vec<(String, &'static str)>,
}

impl SaidDate {
    pub(super) fn of(written: &SourceParts<'_>, zone: Tz, horizon: &Horizon) -> Self {
        let mut faults = Vec::new();
        let mut in_matter = written.matter.texts(front_matter::DATES);
        // To Jekyll, `published` is no date, and to others it may be an imprint.
        if let Some(other) = written.matter.text(&["published"]).filter(|text| of_matter(text, zone).is_none()) {
            in_matter.retain(|text| *text != other);
        }
        let mut read = in_matter.iter().map(|text| (text, of_matter(text, zone)));
        let read = read.clone().find(|(_, date)| date.is_some()).or_else(|| read.next());
        if let Some((text, None)) = read {
            faults.push((format!("`{text}` is no date that we can read"), HINT));
        }
        let stamp = written.header.stamp.map(|at| ReadDate { at, has_time: true });
        let day = written.header.day.and_then(|text| date::read(text, zone));
        let page = written.page.published.as_deref().and_then(|text| of_matter(text, zone));
        let mut candidates = read.and_then(|(_, date)| date).into_iter().chain(stamp).chain(day).chain(page);
        let date = candidates.find(|date| {
            let is_trusted = horizon.trusts(date.at);
            if !is_trusted {
                faults.push((untrusted(*date, zone), HINT_AHEAD));
            }
            is_trusted
        });
        Self { zone, date, faults }
    }

    /// The date that a visible line is, if the header can say it instead.
    pub(super) fn accepts(&self, line: &str, horizon: &Horizon) -> Option<ReadDate> {
        date::read(line, self.zone).filter(|visible| match self.date {
            None => horizon.trusts(visible.at),
            Some(date) if visible.has_time => visible.at <= date.at && date.at - visible.at <= WEEK,
            Some(date) => visible.at <= date.at && date.at - visible.at < DAY,
        })
    }
}

impl Dates {
    /// The order of trust: front matter, header stamp, a saved page's head, visible line, file name, when it was changed, what
    /// is shown above the text. What lies in the future is not trusted.
    pub(super) fn of(
        written: &SourceParts<'_>,
        said: SaidDate,
        visible: Option<ReadDate>,
        horizon: &Horizon,
        faults: &mut Faults<'_>,
    ) -> Self {
        let SaidDate { zone, date: trusted, faults: mut said } = said;
        let changed = written
            .matter
            .text(front_matter::CHANGES)
            .or_else(|| written.page.modified.clone())
            .and_then(|text| of_matter(&text, zone))
            .filter(|changed| horizon.trusts(changed.at));
        let of_name = || date::of_file_name(written.stem(), zone);
        let shown = || shown_date::of(written.body, zone, |date| horizon.trusts(date.at));
        let trusted_name = || of_name().filter(|named| horizon.trusts(named.at));
        let date = trusted.or(visible).or_else(trusted_name).or(changed).or_else(shown);
        if date.is_none() {
            let ahead = of_name().filter(|_| said.is_empty()).map(|named| (untrusted(named, zone), HINT_AHEAD));
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
}

const HINT: &str = "give the front matter a `date`, such as 2024-05-02 06:04:02 +08:00";

const HINT_AHEAD: &str = "mend the date; what is to wait until then is held back by `draft: true`";

fn untrusted(date: ReadDate, zone: Tz) -> String {
    format!("{} lies in the future and is not trusted", date.at.with_timezone(&zone).format("%Y-%m-%d"))
}
