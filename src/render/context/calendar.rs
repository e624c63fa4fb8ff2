//! What the archive by date shows: a year's months, a month's days.

use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;
use tera::Context;

use super::lists::Counted;
use super::{Link, Maker};
use crate::plan::SiteMap;
use crate::plan::pages::day_index;

/// A day in a month's calendar.
#[derive(Serialize)]
struct Day {
    day: u32,
    href: Option<String>,
    count: usize,
}

/// The years before and after one that have articles.
pub(crate) fn years_beside(map: &SiteMap, year: i32) -> [Option<i32>; 2] {
    let years = || map.months.iter().map(|((of, _), _)| *of);
    [years().filter(|of| *of < year).max(), years().filter(|of| *of > year).min()]
}

/// The months before and after one that have articles.
pub(crate) fn months_beside(map: &SiteMap, month: (i32, u32)) -> [Option<(i32, u32)>; 2] {
    let months = || map.months.iter().map(|(of, _)| *of);
    [months().filter(|of| *of < month).max(), months().filter(|of| *of > month).min()]
}

/// The days before and after one that have articles.
pub(crate) fn days_beside(map: &SiteMap, day: NaiveDate) -> [Option<NaiveDate>; 2] {
    // Newest first.
    let Ok(at) = map.days.binary_search_by(|(of, _)| day.cmp(of)) else { return [None, None] };
    [map.days.get(at + 1), at.checked_sub(1).and_then(|at| map.days.get(at))].map(|beside| beside.map(|(day, _)| *day))
}

impl<'site> Maker<'site> {
    pub(super) fn year(&self, year: i32, context: &mut Context) {
        // From January on, as a year is read.
        let months = self.site.map.months.iter().rev().filter(|((of, _), _)| *of == year);
        let months: Vec<Counted<'_>> = months
            .map(|((_, month), range)| Counted {
                title: self.dates.month(year, *month).into(),
                href: self.href(&format!("{year:04}/{month:02}/index.html")),
                count: range.len(),
                spark: None,
            })
            .collect();
        let [older, newer] = years_beside(self.site.map, year).map(|year| year.map(|year| self.year_link(year)));
        context.insert("page", &self.page(self.dates.year(year)));
        context.insert("months", &months);
        context.insert("older", &older);
        context.insert("newer", &newer);
    }

    fn year_link(&self, year: i32) -> Link<'site> {
        self.link(self.dates.year(year), &format!("{year:04}/index.html"))
    }

    pub(super) fn month_link(&self, (year, month): (i32, u32)) -> Link<'site> {
        self.link(self.dates.month(year, month), &format!("{year:04}/{month:02}/index.html"))
    }

    pub(super) fn month(&self, year: i32, month: u32, context: &mut Context) {
        let beside = months_beside(self.site.map, (year, month));
        let [older, newer] = beside.map(|month| month.map(|month| self.month_link(month)));
        context.insert("page", &self.page(self.dates.month(year, month)));
        context.insert("up", &[self.year_link(year)]);
        context.insert("weekdays", &self.site.labels.weekdays);
        context.insert("weeks", &self.cells(year, month).chunks(7).collect::<Vec<_>>());
        context.insert("older", &older);
        context.insert("newer", &newer);
    }

    /// A month's days in whole weeks from Monday to Sunday; nothing stands where another month's days would.
    fn cells(&self, year: i32, month: u32) -> Vec<Option<Day>> {
        let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else { return Vec::new() };
        let before = first.weekday().num_days_from_monday() as usize;
        let mut cells: Vec<Option<Day>> = (0..before).map(|_| None).collect();
        cells.extend(first.iter_days().take_while(|day| day.month() == month).map(|day| Some(self.day_cell(day))));
        cells.resize_with(cells.len().next_multiple_of(7), || None);
        cells
    }

    fn day_cell(&self, day: NaiveDate) -> Day {
        let days = &self.site.map.days;
        // Newest first.
        let at = days.binary_search_by(|(of, _)| day.cmp(of)).ok();
        let count = at.map_or(0, |at| days[at].1.len());
        let href = at.map(|_| self.href(&day_index(day)));
        Day { day: day.day(), href, count }
    }
}
