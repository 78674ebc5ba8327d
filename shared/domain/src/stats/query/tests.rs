//! The properties of a period: whole days, whole buckets, no gap and no overlap.

use super::*;
use crate::field_error::FieldError;
use chrono::{DurationRound, Timelike};
use chrono_tz::TZ_VARIANTS;
use proptest::{option, prelude::*, sample::select};

const FIELDS: [&str; 4] = ["startDate", "endDate", "timezone", "agentId"];

fn parse(values: [&str; 4]) -> Result<Query, Vec<FieldError>> {
    let pairs = FIELDS.into_iter().zip(values);
    let pairs = pairs.map(|(name, value)| (name.to_owned(), Ok(value.to_owned())));
    let mut reader = QueryReader::new(pairs.collect());
    let query = Query::read(&mut reader);
    reader.finish(query)
}

fn period(start: &str, end: &str, zone: &str) -> (String, String) {
    let range = parse([start, end, zone, ""]).unwrap().range;
    let text = |end: Option<DateTime<Utc>>| {
        end.map_or_else(String::new, |at| {
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        })
    };
    (text(range.from()), text(range.until()))
}

fn codes(values: [&str; 4]) -> Vec<(String, &'static str)> {
    parse(values)
        .unwrap_err()
        .into_iter()
        .map(|error| (error.field, error.code))
        .collect()
}

fn days(from: &str, count: usize) -> impl Iterator<Item = NaiveDate> {
    from.parse::<NaiveDate>().unwrap().iter_days().take(count)
}

#[test]
fn both_ends_are_inclusive_and_utc_is_the_default() {
    assert_eq!(
        period("2025-10-01", "2025-10-31", ""),
        (
            "2025-10-01T00:00:00Z".to_owned(),
            "2025-11-01T00:00:00Z".to_owned()
        )
    );
    assert_eq!(
        period("2025-10-01", "2025-10-01", "Africa/Nairobi"),
        (
            "2025-09-30T21:00:00Z".to_owned(),
            "2025-10-01T21:00:00Z".to_owned()
        )
    );
}

#[test]
fn an_absent_date_leaves_its_end_open() {
    assert_eq!(parse([""; 4]).unwrap().range, Range::ALL);
    assert_eq!(
        period("", "2025-10-01", ""),
        (String::new(), "2025-10-02T00:00:00Z".to_owned())
    );
    assert_eq!(
        period("2025-10-01", "", ""),
        ("2025-10-01T00:00:00Z".to_owned(), String::new())
    );
}

#[test]
fn days_on_which_the_clocks_change_are_whole() {
    // 23 hours, and 25.
    assert_eq!(
        period("2025-03-30", "2025-03-30", "Europe/Berlin"),
        (
            "2025-03-29T23:00:00Z".to_owned(),
            "2025-03-30T22:00:00Z".to_owned()
        )
    );
    assert_eq!(
        period("2025-10-26", "2025-10-26", "Europe/Berlin"),
        (
            "2025-10-25T22:00:00Z".to_owned(),
            "2025-10-26T23:00:00Z".to_owned()
        )
    );
    // No midnight: the day begins at one o'clock. Two midnights: it begins at the first.
    assert_eq!(
        period("2025-04-25", "2025-04-25", "Africa/Cairo").0,
        "2025-04-24T22:00:00Z"
    );
    assert_eq!(
        period("2025-11-02", "2025-11-02", "America/Havana").0,
        "2025-11-02T04:00:00Z"
    );
    // A day that never was holds nothing.
    let (from, until) = period("2011-12-30", "2011-12-30", "Pacific/Apia");
    assert_eq!((from.as_str(), &from), ("2011-12-30T10:00:00Z", &until));
}

#[test]
fn every_day_of_every_zone_begins_where_its_date_does_and_ends_where_the_next_begins() {
    for zone in TZ_VARIANTS {
        for day in days("2025-01-01", 365) {
            let range = Range::of_days(Some(day), Some(day), zone);
            let (from, until) = (range.from().unwrap(), range.until().unwrap());
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

#[test]
fn a_day_of_odd_offset_begins_with_the_quarter_in_which_it_does() {
    // 44 minutes and 30 seconds behind until 1972.
    let begins = |day| period(day, "", "Africa/Monrovia").0;
    assert_eq!(begins("1960-01-01"), "1960-01-01T00:30:00Z");
    assert_eq!(begins("2020-01-01"), "2020-01-01T00:00:00Z");
}

#[test]
fn every_error_is_named_at_once() {
    let all = ["2025-02-29", "2025-1-1", "Nairobi", "me"];
    let expected = [
        ("startDate", "invalid_date"),
        ("endDate", "invalid_date"),
        ("timezone", "unknown_timezone"),
        ("agentId", "invalid_id"),
    ];
    assert_eq!(
        codes(all),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    assert_eq!(
        codes(["2025-10-02", "2025-10-01", "", ""]),
        [("endDate".to_owned(), "before_start")]
    );
}

#[test]
fn a_bucket_begins_on_a_quarter_and_holds_its_instant() {
    for micros in (-4_000_000_000_i64..4_000_000_000).step_by(1_234_567) {
        let at = DateTime::from_timestamp_micros(micros).unwrap();
        let bucket = bucket_of(at);
        assert!(bucket <= at && at < bucket + TimeDelta::minutes(15), "{at}");
        assert_eq!((bucket.minute() % 15, bucket.second()), (0, 0));
        assert_eq!(bucket.duration_trunc(TimeDelta::seconds(1)), Ok(bucket));
    }
}

/// Text that is like a date or a zone, and text that is not.
fn some_text() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof![
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "[-+]?[0-9]{1,6}-[0-9]{1,2}-[0-9]{1,2}",
        "\\PC{0,20}",
        select(&TZ_VARIANTS[..]).prop_map(|zone| zone.name().to_owned()),
        any::<u128>().prop_map(|id| uuid::Uuid::from_u128(id).to_string()),
    ])
}

proptest! {
    #[test]
    fn whatever_a_query_says_its_errors_name_fields_that_it_has_and_its_period_is_whole(
        (start_date, end_date) in (some_text(), some_text()),
        (timezone, agent_id) in (some_text(), some_text()),
    ) {
        let sent = [start_date, end_date, timezone, agent_id].map(Option::unwrap_or_default);
        match parse(sent.each_ref().map(String::as_str)) {
            Ok(query) => {
                let ends = [query.range.from(), query.range.until()];
                prop_assert!(ends.iter().flatten().all(|end| bucket_of(*end) == *end));
                if let [Some(from), Some(until)] = ends {
                    prop_assert!(from < until);
                }
            }
            Err(errors) => {
                prop_assert!(errors.iter().all(|error| FIELDS.contains(&error.field.as_str())));
            }
        }
    }

    #[test]
    fn days_follow_each_other_without_gap_or_overlap_in_every_zone(
        days in 0_i32..60_000, zone in select(&TZ_VARIANTS[..]),
    ) {
        let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + TimeDelta::days(days.into());
        let next = day.succ_opt().unwrap();
        let start = day_start(day, zone).unwrap();
        let end = day_start(next, zone).unwrap();
        prop_assert!(start <= end);
        prop_assert!(today(start, zone).is_some_and(|(from, until)| from <= start && start < until || from == until));
    }
}
