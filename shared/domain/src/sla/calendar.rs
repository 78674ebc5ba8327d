//! Business calendars: weekly hours, holidays and their time zone. Pure.
//!
//! A minute counts if its local time lies in an interval of its weekday, and its local date is no holiday.
//! So an hour that repeats when clocks go back counts twice, and a skipped hour does not count.

use crate::people::Weekday;
use chrono::{DateTime, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A second, in microseconds.
pub const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
/// A day of 24 hours, in microseconds.
pub const DAY: i64 = 24 * 60 * MINUTE;
/// A week, in microseconds.
pub const WEEK: i64 = 7 * DAY;

/// A business calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "CalendarText", into = "CalendarText")]
pub struct Calendar {
    text: CalendarText,
    /// The working hours of each day from Monday on: microseconds since midnight, in order and disjoint.
    days: [Vec<(i64, i64)>; 7],
    /// Working time of a plain week, in microseconds.
    weekly: i64,
    /// Holidays as days since 1970-01-01, in order.
    holidays: Vec<i64>,
}

/// Working hours: only in these do clocks run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Calendar")]
pub struct CalendarText {
    /// The time zone of the working hours and the holidays.
    #[schemars(schema_with = "crate::time_format::zone_schema")]
    pub timezone: Tz,
    /// The working hours of every week.
    pub hours: Vec<Hours>,
    /// The local dates on which nobody works.
    #[schemars(with = "Vec<crate::time_format::Day>")]
    pub holidays: Vec<NaiveDate>,
}

/// Working hours that begin on one day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "CalendarHours")]
pub struct Hours {
    /// The day of the week on which the working hours begin.
    pub day: Weekday,
    /// The local time at which they begin.
    #[schemars(with = "crate::time_format::ClockTime")]
    pub start: TimeOfDay,
    /// The local time at which they end. An end at or before the start is on the next day.
    #[schemars(with = "crate::time_format::ClockTime")]
    pub end: TimeOfDay,
}

impl Hours {
    /// Its start in minutes since Monday 00:00, and its length in minutes, 1 to 1440.
    #[must_use]
    pub fn span(self) -> (i64, i64) {
        let (start, end) = (i64::from(self.start.0), i64::from(self.end.0));
        let length = if end > start {
            end - start
        } else {
            end + 1440 - start
        };
        (weekday_number(self.day) * 1440 + start, length)
    }
}

/// A time of day in minutes since midnight, 0 to 1440; as text `08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub u16);

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:02}:{:02}", self.0 / 60, self.0 % 60))
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            let all = hours.checked_mul(60)?.checked_add(minutes)?;
            (minutes < 60 && all <= 1440).then_some(Self(all))
        };
        read().ok_or_else(|| D::Error::custom("must be HH:MM"))
    }
}

impl schemars::JsonSchema for Calendar {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        CalendarText::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        CalendarText::json_schema(generator)
    }
}

impl From<Calendar> for CalendarText {
    fn from(calendar: Calendar) -> Self {
        calendar.text
    }
}

impl From<CalendarText> for Calendar {
    /// Accepts all hours; overlapping hours count once.
    fn from(text: CalendarText) -> Self {
        let mut days: [Vec<(i64, i64)>; 7] = Default::default();
        for hours in &text.hours {
            let (mut from, mut left) = hours.span();
            while left > 0 {
                let in_day = from.rem_euclid(1440);
                let taken = left.min(1440 - in_day);
                let day = usize::try_from(from.div_euclid(1440).rem_euclid(7));
                if let Some(day) = day.ok().and_then(|day| days.get_mut(day)) {
                    day.push((in_day * MINUTE, (in_day + taken) * MINUTE));
                }
                from += taken;
                left -= taken;
            }
        }
        for day in &mut days {
            merge(day);
        }
        let spans = days.iter().flatten();
        let weekly = spans.map(|(from, to)| to - from).sum();
        let mut holidays: Vec<i64> = text.holidays.iter().map(|date| day_number(*date)).collect();
        holidays.sort_unstable();
        Self {
            text,
            days,
            weekly,
            holidays,
        }
    }
}

impl Calendar {
    /// The calendar as it was sent.
    #[must_use]
    pub const fn text(&self) -> &CalendarText {
        &self.text
    }

    /// Working time of a plain week, in microseconds.
    #[must_use]
    pub const fn weekly(&self) -> i64 {
        self.weekly
    }

    /// The working hours of a local day, numbered since 1970-01-01: microseconds since midnight. A holiday has
    /// none.
    #[must_use]
    pub fn day(&self, number: i64) -> &[(i64, i64)] {
        if self.has_holiday(number, number) {
            return &[];
        }
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((number + 3).rem_euclid(7));
        let day = weekday.ok().and_then(|weekday| self.days.get(weekday));
        day.map_or(&[], Vec::as_slice)
    }

    /// Whether one of these local days is a holiday; both bounds are included.
    #[must_use]
    pub fn has_holiday(&self, first: i64, last: i64) -> bool {
        let next = self.holidays.partition_point(|day| *day < first);
        self.holidays.get(next).is_some_and(|day| *day <= last)
    }

    /// The offset of local time from UTC at an instant, in microseconds.
    #[must_use]
    pub fn offset(&self, at: i64) -> i64 {
        let Some(at) = DateTime::from_timestamp(at.div_euclid(SECOND), 0) else {
            return 0;
        };
        let offset = self
            .text
            .timezone
            .offset_from_utc_datetime(&at.naive_utc())
            .fix();
        i64::from(offset.local_minus_utc()) * SECOND
    }
}

/// Sorts intervals and joins those that touch.
fn merge(spans: &mut Vec<(i64, i64)>) {
    spans.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::with_capacity(spans.len());
    for &(from, to) in spans.iter() {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    *spans = merged;
}

const fn weekday_number(day: Weekday) -> i64 {
    match day {
        Weekday::Mon => 0,
        Weekday::Tue => 1,
        Weekday::Wed => 2,
        Weekday::Thu => 3,
        Weekday::Fri => 4,
        Weekday::Sat => 5,
        Weekday::Sun => 6,
    }
}

fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}
