//! Whether an agent is on shift: by the local wall clock, so that hours which repeat when clocks
//! go back count twice and hours which are skipped never. Pure.

use crate::people::{Shift, Weekday};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

/// Whether `now` lies in one of the shifts, read in `timezone`. No shifts at all means always.
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
            // Past midnight: the rest of its own day, and the beginning of the next.
            begun || (shift.day == yesterday && local.time() < shift.end)
        }
    };
    shifts.is_empty() || shifts.iter().any(covers)
}

#[cfg(test)]
mod tests;
