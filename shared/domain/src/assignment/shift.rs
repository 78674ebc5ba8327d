//! Whether an agent is on shift, by local time. So an hour that repeats when clocks go back counts twice, and
//! a skipped hour does not count. Pure.

use crate::people::{Shift, Weekday};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

/// Whether `now` is in one of the shifts, in local time of `timezone`. Without shifts it always is.
#[must_use]
pub fn on_shift(shifts: &[Shift], timezone: Tz, now: DateTime<Utc>) -> bool {
    let local = now.with_timezone(&timezone).naive_local();
    let today = Weekday::from(local.weekday());
    let yesterday = Weekday::from(local.weekday().pred());
    let covers = |shift: &Shift| {
        let begun = shift.day == today && local.time() >= shift.start;
        if shift.end > shift.start {
            begun && local.time() < shift.end
        } else {
            // A shift past midnight: the rest of its day, and the beginning of the next.
            begun || (shift.day == yesterday && local.time() < shift.end)
        }
    };
    shifts.is_empty() || shifts.iter().any(covers)
}

#[cfg(test)]
mod tests;
