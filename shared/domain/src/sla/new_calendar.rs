//! Calendars as admins send them: every fault at once. Paths are relative to the calendar. Pure.

use crate::sla::{Calendar, CalendarText, Hours, TimeOfDay};
use crate::{
    field_error::{Constraint, Entries, FieldErrors},
    people::{
        Weekday,
        fields::{EndOfDay, time_of_day, timezone},
    },
};
use chrono::{NaiveDate, Timelike};
use std::collections::HashSet;

/// The most intervals of a week.
const MOST_HOURS: usize = 100;
const MOST_HOLIDAYS: usize = 500;
const MINUTES_OF_A_WEEK: i64 = 7 * 1440;

/// A calendar as an admin sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCalendar {
    /// See [`CalendarText::timezone`]. That it is there is for the caller, as of the hours.
    pub timezone: Option<String>,
    /// See [`CalendarText::hours`].
    pub hours: Option<Entries<Hours>>,
    /// See [`CalendarText::holidays`].
    pub holidays: Option<Entries<String>>,
}

/// An interval as an admin sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewHours {
    /// See [`Hours::day`].
    pub day: Option<Weekday>,
    /// See [`Hours::start`].
    pub start: Option<String>,
    /// See [`Hours::end`].
    pub end: Option<String>,
}

impl NewHours {
    /// Notes every fault of its times; that the day is one is for the caller.
    pub fn parse(&self, faults: &mut FieldErrors) -> Option<Hours> {
        let mut minute = |field, text: Option<&str>, end_of_day| {
            let time = time_of_day(faults, field, text, end_of_day)?;
            let minute = u16::try_from(time.num_seconds_from_midnight() / 60).ok()?;
            Some(TimeOfDay(if text == Some("24:00") { 1440 } else { minute }))
        };
        let start = minute("start", self.start.as_deref(), EndOfDay::Excluded);
        let end = minute("end", self.end.as_deref(), EndOfDay::Included);
        Some(Hours {
            day: self.day?,
            start: start?,
            end: end?,
        })
    }
}

impl NewCalendar {
    /// Notes every fault, and gives the calendar when there is none.
    pub fn parse(&self, faults: &mut FieldErrors) -> Option<Calendar> {
        let timezone = timezone(faults, "timezone", self.timezone.as_deref());
        let hours = self.parse_hours(faults);
        let holidays = self.parse_holidays(faults);
        Some(Calendar::from(CalendarText {
            timezone: timezone?,
            hours: hours?,
            holidays,
        }))
    }

    fn parse_hours(&self, faults: &mut FieldErrors) -> Option<Vec<Hours>> {
        let hours = self.hours.as_ref()?;
        faults.entries("hours", hours.len(), MOST_HOURS);
        if hours.is_empty() {
            let message = "must have an interval: in an empty week no target is ever reached";
            faults.add("hours", "empty_week", message);
            return None;
        }
        let hours = hours.get(..MOST_HOURS).unwrap_or(hours);
        for (index, later) in hours.iter().enumerate() {
            let Some(later) = later else { continue };
            let earlier = hours.iter().take(index).position(|earlier| {
                let earlier = earlier.as_ref();
                earlier.is_some_and(|earlier| overlap(*earlier, *later))
            });
            if let Some(earlier) = earlier {
                let message = format!("overlaps with hours[{earlier}]");
                faults.add(format!("hours[{index}]"), "overlap", message);
            }
        }
        hours.iter().copied().collect()
    }

    fn parse_holidays(&self, faults: &mut FieldErrors) -> Vec<NaiveDate> {
        let given = self.holidays.as_deref().unwrap_or_default();
        faults.entries("holidays", given.len(), MOST_HOLIDAYS);
        faults.ask("holidays[0]", Constraint::Format("date"));
        let (mut holidays, mut seen) = (Vec::new(), HashSet::new());
        for (index, text) in given.iter().enumerate() {
            let Some(text) = text else { continue };
            let field = format!("holidays[{index}]");
            match date(text) {
                None => faults.add(field, "invalid_date", "must be a date, such as 2025-12-25"),
                Some(date) if !seen.insert(date) => {
                    faults.add(field, "duplicate", "is in the list already");
                }
                Some(date) => holidays.push(date),
            }
        }
        holidays
    }
}

/// Whether some minute of the week lies in both, the week's end being the next one's beginning.
fn overlap(one: Hours, other: Hours) -> bool {
    let ((first, first_length), (second, second_length)) = (one.span(), other.span());
    let apart = (second - first).rem_euclid(MINUTES_OF_A_WEEK);
    let back = (first - second).rem_euclid(MINUTES_OF_A_WEEK);
    apart < first_length || back < second_length
}

fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests;
