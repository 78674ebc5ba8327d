//! Periods: whole days of a time zone, and the days, weeks or months that they consist of. Pure.

use crate::{local_day::day_start, text_enum};
use chrono::{DateTime, Datelike, Days as Plus, Months, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use serde::Serialize;

/// The most intervals of one answer: a year of days, and room for a month before it.
pub const MOST_INTERVALS: usize = 400;

text_enum! {
    /// The length of the intervals for which figures are shown one by one.
    pub enum Interval {
        /// Days, from midnight to midnight.
        Day = "day",
        /// Weeks, which begin on Mondays.
        Week = "week",
        /// Months of the calendar.
        Month = "month",
    }
}

/// From one instant to another, which is not included. An absent beginning or end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The first instant.
    pub from: Option<DateTime<Utc>>,
    /// The first instant after it.
    pub until: Option<DateTime<Utc>>,
}

/// Days of a time zone, the first and the last included. An absent beginning or end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first day.
    pub first: Option<NaiveDate>,
    /// The last day.
    pub last: Option<NaiveDate>,
    /// The time zone.
    pub zone: Tz,
}

/// The first and the last day of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// An interval would consist of too many parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must not give more than {MOST_INTERVALS} intervals: send a longer interval or a shorter period"
)]
pub struct TooManyIntervals;

/// Figures of one day, week or month, as far as it belongs to the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Interval{F}")]
pub struct InInterval<F> {
    /// The first day of the interval.
    #[schemars(with = "crate::time_format::Day")]
    pub start_date: NaiveDate,
    /// The last day of the interval, which is included.
    #[schemars(with = "crate::time_format::Day")]
    pub end_date: NaiveDate,
    /// The figures.
    #[serde(flatten)]
    pub figures: F,
}

impl<F> InInterval<F> {
    /// Figures of those days.
    pub const fn of(days: Days, figures: F) -> Self {
        Self {
            start_date: days.first,
            end_date: days.last,
            figures,
        }
    }
}

impl Period {
    /// From the beginning of the first day to the end of the last.
    #[must_use]
    pub fn range(&self) -> Range {
        Range {
            from: self.first.and_then(|day| day_start(day, self.zone)),
            until: self.last.and_then(|day| day_end(day, self.zone)),
        }
    }

    /// The days, weeks or months of the period, in order. An open beginning is the day of `earliest`; nothing comes after the
    /// day of `now`. The first and the last interval are cut off where the period begins and ends.
    ///
    /// # Errors
    /// There are more than [`MOST_INTERVALS`].
    pub fn intervals(
        &self,
        interval: Interval,
        earliest: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Days>, TooManyIntervals> {
        let day = |at: DateTime<Utc>| at.with_timezone(&self.zone).date_naive();
        let today = day(now);
        let last = self.last.map_or(today, |last| last.min(today));
        let mut next = self.first.unwrap_or_else(|| day(earliest));
        let mut intervals = Vec::new();
        while next <= last {
            if intervals.len() == MOST_INTERVALS {
                return Err(TooManyIntervals);
            }
            let end = interval.last_day(next).unwrap_or(last).min(last);
            intervals.push(Days {
                first: next,
                last: end,
            });
            let Some(following) = end.succ_opt() else {
                break;
            };
            next = following;
        }
        Ok(intervals)
    }
}

impl Interval {
    /// The last day of the interval that a day belongs to; `None` at the end of the calendar.
    fn last_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                day.checked_add_days(Plus::new(u64::from(Weekday::Sun.days_since(day.weekday()))))
            }
            Self::Month => day
                .with_day(1)?
                .checked_add_months(Months::new(1))?
                .pred_opt(),
        }
    }
}

impl Days {
    /// The instant at which the days begin.
    #[must_use]
    pub fn begin(&self, zone: Tz) -> Option<DateTime<Utc>> {
        day_start(self.first, zone)
    }

    /// The first instant after the days.
    #[must_use]
    pub fn end(&self, zone: Tz) -> Option<DateTime<Utc>> {
        day_end(self.last, zone)
    }
}

fn day_end(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    day_start(day.succ_opt()?, zone)
}

#[cfg(test)]
mod tests;
