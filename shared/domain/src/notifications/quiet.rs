//! Quiet hours: weekly periods in a person's local time in which nothing but the urgent disturbs them. Pure.

use crate::{assignment::on_shift, people::Shift};
use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Periods that follow each other without a pause are searched for so many days. Nobody is told later than that.
const MOST_DAYS: u64 = 7;

/// When the quiet hours end that `now` lies in; `None` outside of them. Local times decide, as for shifts: an hour that
/// repeats is quiet twice, and a period whose end is skipped ends at the first instant that exists.
#[must_use]
pub fn quiet_until(periods: &[Shift], timezone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_quiet = |at| !periods.is_empty() && on_shift(periods, timezone, at);
    let last = now + Days::new(MOST_DAYS);
    let mut at = now;
    while is_quiet(at) {
        let end = earliest_end(periods, timezone, at).filter(|end| *end < last);
        match end {
            Some(end) => at = end,
            None => return Some(last),
        }
    }
    (at > now).then_some(at)
}

/// The first end of a period after an instant.
fn earliest_end(periods: &[Shift], timezone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let today = after.with_timezone(&timezone).date_naive();
    // Of a period that ends today, or in the week to come.
    let days = (0..=MOST_DAYS + 1).filter_map(|ahead| {
        let yesterday = today.pred_opt()?;
        yesterday.checked_add_days(Days::new(ahead))
    });
    let ends = days.flat_map(|day| {
        let begun = periods
            .iter()
            .filter(move |period| period.day == day.weekday().into());
        begun.filter_map(move |period| {
            let end_day = if period.end > period.start {
                day
            } else {
                day.succ_opt()?
            };
            Some(instants(timezone, end_day.and_time(period.end)))
        })
    });
    let ends = ends.flatten().flatten();
    ends.filter(|end| *end > after).min()
}

/// The instants at which clocks show a time: two where the hour repeats, and the first later one where it is skipped.
fn instants(timezone: Tz, local: NaiveDateTime) -> [Option<DateTime<Utc>>; 2] {
    let [first, second] = match timezone.from_local_datetime(&local) {
        LocalResult::Single(at) => [Some(at), None],
        LocalResult::Ambiguous(first, second) => [Some(first), Some(second)],
        // Clocks were put forward by at most a few hours, in steps of whole minutes.
        LocalResult::None => {
            let skipped = (1..=24 * 60).find_map(|minutes| {
                let later = local.checked_add_signed(TimeDelta::minutes(minutes))?;
                timezone.from_local_datetime(&later).earliest()
            });
            [skipped, None]
        }
    };
    [first, second].map(|at| at.map(|at| at.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Weekday;
    use chrono::NaiveTime;

    fn period(day: Weekday, start: &str, end: &str) -> Shift {
        let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        let (start, end) = (time(start), time(end));
        Shift { day, start, end }
    }

    fn every_day(start: &str, end: &str) -> Vec<Shift> {
        let days = Weekday::ALL.iter();
        days.map(|day| period(*day, start, end)).collect()
    }

    fn until(periods: &[Shift], zone: Tz, now: &str) -> Option<String> {
        let end = quiet_until(periods, zone, now.parse().unwrap())?;
        Some(end.format("%Y-%m-%dT%H:%MZ").to_string())
    }

    #[test]
    fn a_night_ends_in_the_morning_of_the_persons_zone() {
        let night = every_day("22:00", "07:00");
        let nairobi = chrono_tz::Africa::Nairobi;
        let ends = |now| until(&night, nairobi, now);
        assert_eq!(ends("2026-03-02T18:59:00Z"), None);
        assert_eq!(ends("2026-03-02T19:00:00Z").unwrap(), "2026-03-03T04:00Z");
        assert_eq!(ends("2026-03-03T03:59:59Z").unwrap(), "2026-03-03T04:00Z");
        assert_eq!(ends("2026-03-03T04:00:00Z"), None);
        let kathmandu = until(&night, chrono_tz::Asia::Kathmandu, "2026-03-03T01:00:00Z");
        assert_eq!(kathmandu.unwrap(), "2026-03-03T01:15Z");
    }

    #[test]
    fn periods_that_follow_each_other_are_one() {
        let weekend = [
            period(Weekday::Fri, "18:00", "00:00"),
            period(Weekday::Sat, "00:00", "00:00"),
            period(Weekday::Sun, "00:00", "20:00"),
        ];
        let end = until(&weekend, Tz::UTC, "2026-03-06T19:00:00Z");
        assert_eq!(end.unwrap(), "2026-03-08T20:00Z");
    }

    #[test]
    fn a_person_who_is_always_quiet_is_told_once_a_week() {
        let always = every_day("00:00", "00:00");
        let end = until(&always, Tz::UTC, "2026-03-02T12:00:00Z");
        assert_eq!(end.unwrap(), "2026-03-09T12:00Z");
        assert_eq!(until(&[], Tz::UTC, "2026-03-02T12:00:00Z"), None);
    }

    #[test]
    fn a_skipped_end_is_the_first_instant_that_exists_and_a_repeated_one_the_first_of_both() {
        let night = every_day("23:00", "02:30");
        let berlin = chrono_tz::Europe::Berlin;
        // On 29 March clocks go from 02:00 to 03:00.
        let spring = until(&night, berlin, "2026-03-29T00:30:00Z");
        assert_eq!(spring.unwrap(), "2026-03-29T01:00Z");
        // On 25 October 02:30 comes at 00:30 and at 01:30 UTC; the hour that repeats is quiet twice.
        let autumn = until(&night, berlin, "2026-10-25T00:00:00Z");
        assert_eq!(autumn.unwrap(), "2026-10-25T00:30Z");
        let second = until(&night, berlin, "2026-10-25T01:10:00Z");
        assert_eq!(second.unwrap(), "2026-10-25T01:30Z");
    }
}
