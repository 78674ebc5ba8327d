//! The calendars that admins send: every error at once. Paths are relative to the calendar. Pure.

use crate::sla::{Calendar, CalendarText, Hours, TimeOfDay};
use crate::{
    field_error::{Constraint, Entries, FieldErrors},
    people::fields::{EndOfDay, time_of_day, timezone},
    reader::ObjectReader,
};
use chrono::{NaiveDate, Timelike};
use std::collections::HashSet;

/// The most intervals of a week.
const MOST_HOURS: usize = 100;
const MOST_HOLIDAYS: usize = 500;
const MINUTES_OF_A_WEEK: i64 = 7 * 1440;

impl Hours {
    /// Reads an interval of the week; `None` where a field has an error.
    fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named(
            "CalendarHoursCreate",
            "Working hours that begin on one day of the week.",
        );
        reader.mean(&[
            ("day", "The day of the week on which the working hours begin."),
            ("start", "The local time at which they begin, such as `08:00`."),
            ("end", "The local time at which they end, such as `17:00` or `24:00`. An end at or before the start is on \
            the next day."),
        ]);
        let day = reader.required_word("day");
        let (start, end) = (reader.sent("start"), reader.sent("end"));
        let errors = reader.errors();
        let mut minute = |name: &str, text: Option<&str>, end_of_day| {
            let time = time_of_day(errors, name, text, end_of_day)?;
            let minute = u16::try_from(time.num_seconds_from_midnight() / 60).ok()?;
            Some(TimeOfDay(if text == Some("24:00") { 1440 } else { minute }))
        };
        let start = minute(&start.name, start.text(), EndOfDay::Excluded);
        let end = minute(&end.name, end.text(), EndOfDay::Included);
        Some(Self {
            day: day?,
            start: start?,
            end: end?,
        })
    }
}

impl Calendar {
    /// Reads a calendar; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named(
            "CalendarCreate",
            "Working hours: only in these do clocks run.",
        );
        reader.mean(&[
            (
                "timezone",
                "The time zone of the working hours and the holidays.",
            ),
            (
                "hours",
                "The working hours of every week. They must not overlap.",
            ),
            (
                "holidays",
                "The local dates on which nobody works, such as `2025-12-25`.",
            ),
        ]);
        reader.need("timezone");
        reader.need("hours");
        let zone = reader.sent("timezone");
        let hours = reader.objects("hours", Hours::read);
        let holidays = reader.texts("holidays").unwrap_or_default();
        let errors = reader.errors();
        let timezone = timezone(errors, &zone.name, zone.text());
        let hours = hours.and_then(|hours| week(&hours, errors));
        let holidays = self::holidays(&holidays, errors);
        Some(Self::from(CalendarText {
            timezone: timezone?,
            hours: hours?,
            holidays,
        }))
    }
}

/// Checks `hours`: at least one interval, and no two that overlap.
fn week(hours: &Entries<Hours>, errors: &mut FieldErrors) -> Option<Vec<Hours>> {
    errors.entries("hours", hours.len(), MOST_HOURS);
    if hours.is_empty() {
        let message = "must have an interval: in an empty week no target is ever reached";
        errors.add("hours", "empty_week", message);
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
            errors.add(format!("hours[{index}]"), "overlap", message);
        }
    }
    hours.iter().copied().collect()
}

/// Checks `holidays`: dates, each of them once.
fn holidays(sent: &Entries<String>, errors: &mut FieldErrors) -> Vec<NaiveDate> {
    errors.entries("holidays", sent.len(), MOST_HOLIDAYS);
    errors.ask("holidays[0]", Constraint::Format("date"));
    let (mut holidays, mut seen) = (Vec::new(), HashSet::new());
    for (index, text) in sent.iter().enumerate() {
        let Some(text) = text else { continue };
        let field = format!("holidays[{index}]");
        match date(text) {
            None => errors.add(field, "invalid_date", "must be a date, such as 2025-12-25"),
            Some(date) if !seen.insert(date) => {
                errors.add(field, "duplicate", "is in the list already");
            }
            Some(date) => holidays.push(date),
        }
    }
    holidays
}

/// Whether the two have a minute of the week in common. After the last minute of the week comes the first.
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
