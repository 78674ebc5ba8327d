//! The properties of periods: whole days, no gap and no overlap.

use super::*;
use chrono::TimeDelta;
use chrono_tz::TZ_VARIANTS;
use proptest::{prelude::*, sample::select};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The range of the days from `first` to `last`, empty where it is open.
fn period(first: &str, last: &str, zone: Tz) -> (String, String) {
    let range = Period {
        first: first.parse().ok(),
        last: last.parse().ok(),
        zone,
    }
    .range();
    let text = |end: Option<DateTime<Utc>>| {
        end.map_or_else(String::new, |at| {
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        })
    };
    (text(range.from), text(range.until))
}

fn days(from: &str, count: usize) -> impl Iterator<Item = NaiveDate> {
    date(from).iter_days().take(count)
}

fn intervals(first: &str, last: &str, interval: Interval) -> Vec<String> {
    let period = Period {
        first: first.parse().ok(),
        last: last.parse().ok(),
        zone: Tz::Africa__Nairobi,
    };
    let at = |text: &str| text.parse().unwrap();
    let found = period.intervals(
        interval,
        at("2025-09-29T20:59:00Z"),
        at("2025-11-04T12:00:00Z"),
    );
    let found = found.unwrap().into_iter();
    found
        .map(|days| format!("{} {}", days.first, days.last))
        .collect()
}

#[test]
fn both_ends_are_inclusive() {
    let expected = ("2025-10-01T00:00:00Z", "2025-11-01T00:00:00Z");
    let found = period("2025-10-01", "2025-10-31", Tz::UTC);
    assert_eq!((found.0.as_str(), found.1.as_str()), expected);
    let expected = ("2025-09-30T21:00:00Z", "2025-10-01T21:00:00Z");
    let found = period("2025-10-01", "2025-10-01", Tz::Africa__Nairobi);
    assert_eq!((found.0.as_str(), found.1.as_str()), expected);
}

#[test]
fn an_absent_day_leaves_its_end_open() {
    let open = String::new;
    assert_eq!(period("", "", Tz::UTC), (open(), open()));
    assert_eq!(
        period("", "2025-10-01", Tz::UTC),
        (open(), "2025-10-02T00:00:00Z".to_owned())
    );
    assert_eq!(
        period("2025-10-01", "", Tz::UTC),
        ("2025-10-01T00:00:00Z".to_owned(), open())
    );
}

#[test]
fn days_on_which_the_clocks_change_are_whole() {
    let of = |day, zone| period(day, day, zone);
    // 23 hours, and 25.
    let (from, until) = of("2025-03-30", Tz::Europe__Berlin);
    assert_eq!(
        (&*from, &*until),
        ("2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z")
    );
    let (from, until) = of("2025-10-26", Tz::Europe__Berlin);
    assert_eq!(
        (&*from, &*until),
        ("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z")
    );
    // No midnight: the day begins at one o'clock. Two midnights: it begins at the first.
    assert_eq!(
        of("2025-04-25", Tz::Africa__Cairo).0,
        "2025-04-24T22:00:00Z"
    );
    assert_eq!(
        of("2025-11-02", Tz::America__Havana).0,
        "2025-11-02T04:00:00Z"
    );
    // A day that never was holds nothing.
    let (from, until) = of("2011-12-30", Tz::Pacific__Apia);
    assert_eq!((&*from, &*until), ("2011-12-30T10:00:00Z", &*from));
}

#[test]
fn intervals_are_cut_off_where_the_period_begins_and_ends() {
    assert_eq!(
        intervals("2025-10-02", "2025-10-14", Interval::Week),
        [
            "2025-10-02 2025-10-05",
            "2025-10-06 2025-10-12",
            "2025-10-13 2025-10-14"
        ]
    );
    assert_eq!(
        intervals("2025-02-27", "2025-03-02", Interval::Month),
        ["2025-02-27 2025-02-28", "2025-03-01 2025-03-02"]
    );
    assert_eq!(
        intervals("2025-10-31", "2025-11-01", Interval::Day),
        ["2025-10-31 2025-10-31", "2025-11-01 2025-11-01"]
    );
}

#[test]
fn an_open_period_begins_with_the_first_ticket_and_ends_today() {
    assert_eq!(
        intervals("", "", Interval::Month),
        [
            "2025-09-29 2025-09-30",
            "2025-10-01 2025-10-31",
            "2025-11-01 2025-11-04"
        ]
    );
    assert_eq!(
        intervals("2025-11-03", "2030-01-01", Interval::Day),
        ["2025-11-03 2025-11-03", "2025-11-04 2025-11-04"]
    );
    assert_eq!(
        intervals("2025-12-01", "", Interval::Day),
        Vec::<String>::new()
    );
}

#[test]
fn more_intervals_than_anybody_looks_at_are_refused() {
    let period = Period {
        first: Some(date("0001-01-01")),
        last: Some(date("9999-12-31")),
        zone: Tz::UTC,
    };
    let now = "9999-12-31T12:00:00Z".parse().unwrap();
    for interval in Interval::ALL {
        assert_eq!(period.intervals(*interval, now, now), Err(TooManyIntervals));
    }
}

#[test]
fn every_day_of_every_zone_begins_where_its_date_does_and_ends_where_the_next_begins() {
    for zone in TZ_VARIANTS {
        for day in days("2025-01-01", 365) {
            let days = Days {
                first: day,
                last: day,
            };
            let (from, until) = (days.begin(zone).unwrap(), days.end(zone).unwrap());
            let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
            let moment = TimeDelta::microseconds(1);
            assert_eq!((date(from), date(until - moment)), (day, day), "{zone}");
            assert!(date(from - moment) < day, "{zone} {day}");
        }
    }
}

#[test]
fn no_instant_of_a_day_on_which_the_clocks_change_comes_before_its_beginning() {
    for zone in [
        Tz::America__Sao_Paulo,
        Tz::America__St_Johns,
        Tz::America__Havana,
        Tz::Africa__Cairo,
        Tz::Australia__Lord_Howe,
        Tz::Pacific__Apia,
        Tz::Pacific__Chatham,
    ] {
        let starts: Vec<_> = days("2006-01-01", 6 * 366)
            .map(|day| (day, day_start(day, zone).unwrap()))
            .collect();
        let near_change = starts
            .windows(2)
            .filter(|pair| pair[1].1 - pair[0].1 != TimeDelta::days(1));
        for &(day, start) in near_change.flatten() {
            for minutes in 1..=26 * 60 {
                let earlier = start - TimeDelta::minutes(minutes);
                let date = earlier.with_timezone(&zone).date_naive();
                assert!(date < day, "{zone} {day} {earlier}");
            }
        }
    }
}

proptest! {
    #[test]
    fn days_follow_each_other_without_gap_or_overlap_in_every_zone(
        days in 0_i32..60_000, zone in select(&TZ_VARIANTS[..]),
    ) {
        let day = date("1900-01-01") + TimeDelta::days(days.into());
        let days = Days { first: day, last: day };
        let (begin, end) = (days.begin(zone).unwrap(), days.end(zone).unwrap());
        prop_assert!(begin <= end);
        prop_assert_eq!(Some(end), day_start(day.succ_opt().unwrap(), zone));
    }

    #[test]
    fn intervals_follow_each_other_from_the_first_day_to_the_last(
        first in 0_u64..20_000, length in 0_u64..400, interval in select(Interval::ALL),
    ) {
        let first = date("1980-01-01").checked_add_days(Plus::new(first)).unwrap();
        let last = first.checked_add_days(Plus::new(length)).unwrap();
        let period = Period { first: Some(first), last: Some(last), zone: Tz::UTC };
        let now = "2200-01-01T00:00:00Z".parse().unwrap();
        let found = period.intervals(interval, now, now).unwrap();
        prop_assert_eq!(found.first().map(|days| days.first), Some(first));
        prop_assert_eq!(found.last().map(|days| days.last), Some(last));
        for pair in found.windows(2) {
            prop_assert_eq!(pair[0].last.succ_opt(), Some(pair[1].first));
        }
    }
}
