//! The instants at which the days of a time zone begin. Pure.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The longest gap of a time zone's local time, in minutes: Samoa left out the whole of 30 December 2011.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

/// The first instant of the day of `now` in a zone, or of a day so many days earlier.
#[must_use]
pub fn days_ago(now: DateTime<Utc>, days: u64, zone: Tz) -> Option<DateTime<Utc>> {
    let today = now.with_timezone(&zone).date_naive();
    day_start(today.checked_sub_days(Days::new(days))?, zone)
}

/// The first instant whose local date is that day, or a later day where the zone left it out. Where midnight
/// comes twice, the earlier one; where it is skipped, the end of the gap.
#[must_use]
pub fn day_start(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=LONGEST_GAP_MINUTES)
        .find_map(|minutes| {
            let local = midnight.checked_add_signed(TimeDelta::minutes(minutes))?;
            zone.from_local_datetime(&local).earliest()
        })
        .map(|start| start.with_timezone(&Utc))
}
