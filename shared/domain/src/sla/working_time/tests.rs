//! Worked examples, and the properties of working time.

use super::*;
use crate::{
    people::Weekday,
    sla::{CalendarText, Hours, TimeOfDay},
};
use chrono::{Days, NaiveDate, SubsecRound, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;

fn minute(text: &str) -> TimeOfDay {
    serde_json::from_value(serde_json::json!(text)).unwrap()
}

/// Hours as `mon 08:00-17:00`, joined by commas; `mon-fri` is each of these days.
pub fn calendar(zone: &str, hours: &str, holidays: &[&str]) -> Calendar {
    let mut all = Vec::new();
    for entry in hours.split(", ") {
        let (days, times) = entry.split_once(' ').unwrap();
        let (start, end) = times.split_once('-').unwrap();
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (first, last): (Weekday, Weekday) = (first.parse().unwrap(), last.parse().unwrap());
        let days = Weekday::ALL.iter().copied();
        all.extend(
            days.filter(|day| (first..=last).contains(day))
                .map(|day| Hours {
                    day,
                    start: minute(start),
                    end: minute(end),
                }),
        );
    }
    Calendar::from(CalendarText {
        timezone: zone.parse().unwrap(),
        hours: all,
        holidays: holidays.iter().map(|date| date.parse().unwrap()).collect(),
    })
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const OFFICE: &str = "mon-fri 09:00-17:00";

/// Zones with unusual years: half an hour of summer time, offsets with quarters of an hour, a change of clocks
/// for Ramadan, a skipped day, two hours of summer time.
pub const ZONES: [&str; 14] = [
    "UTC",
    "Africa/Nairobi",
    "America/New_York",
    "Europe/London",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "Asia/Gaza",
    "America/Havana",
];

/// Zone, hours, holidays, from, minutes, until.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    i64,
    &'static str,
);

fn holds(rows: &[Row]) {
    for &(zone, hours, holidays, from, minutes, until) in rows {
        let calendar = calendar(zone, hours, holidays);
        let time = TimeDelta::minutes(minutes);
        assert_eq!(
            instant_after(Some(&calendar), at(from), time),
            at(until),
            "{zone} {hours}: {minutes} from {from}"
        );
        assert_eq!(
            between(Some(&calendar), at(from), at(until)),
            time,
            "{zone} {hours}: from {from} to {until}"
        );
    }
}

#[test]
#[rustfmt::skip] // a table
fn hours_holidays_and_nights_are_as_a_person_would_count_them() {
    holds(&[
        // Within a day, over a night, over a weekend.
        ("UTC", OFFICE, &[], "2025-10-01T10:00:00Z", 60, "2025-10-01T11:00:00Z"),
        ("UTC", OFFICE, &[], "2025-10-01T16:30:00Z", 60, "2025-10-02T09:30:00Z"),
        ("UTC", OFFICE, &[], "2025-10-03T16:00:00Z", 120, "2025-10-06T10:00:00Z"),
        ("UTC", OFFICE, &[], "2025-10-04T12:00:00Z", 1, "2025-10-06T09:01:00Z"),
        // What is used up at the end of the hours is due then, not when the next begin.
        ("UTC", OFFICE, &[], "2025-10-03T16:00:00Z", 60, "2025-10-03T17:00:00Z"),
        // A holiday, and two of them around a weekend.
        ("UTC", OFFICE, &["2025-10-02"], "2025-10-01T16:00:00Z", 120, "2025-10-03T10:00:00Z"),
        ("UTC", OFFICE, &["2025-10-03", "2025-10-06"], "2025-10-02T16:00:00Z", 120, "2025-10-07T10:00:00Z"),
        // Lunch; until midnight; over midnight; around the clock but for Sundays.
        ("UTC", "mon-fri 08:00-12:00, mon-fri 13:00-17:00", &[], "2025-10-01T11:30:00Z", 60, "2025-10-01T13:30:00Z"),
        ("Africa/Nairobi", "mon-fri 08:00-24:00", &[], "2025-10-01T20:30:00Z", 60, "2025-10-02T05:30:00Z"),
        ("UTC", "fri 22:00-06:00", &[], "2025-10-03T21:00:00Z", 480, "2025-10-04T06:00:00Z"),
        ("UTC", "sun 22:00-06:00", &[], "2025-10-05T23:00:00Z", 120, "2025-10-06T01:00:00Z"),
        ("UTC", "fri 22:00-06:00", &["2025-10-04"], "2025-10-03T21:00:00Z", 121, "2025-10-10T22:01:00Z"),
        ("UTC", "mon-sat 00:00-24:00", &[], "2025-10-04T23:00:00Z", 120, "2025-10-06T01:00:00Z"),
        ("UTC", "mon-sat 00:00-00:00", &[], "2025-10-04T23:00:00Z", 120, "2025-10-06T01:00:00Z"),
        ("UTC", "mon 08:00-08:00", &[], "2025-10-06T08:00:00Z", 1440, "2025-10-07T08:00:00Z"),
        // Odd zones.
        ("Asia/Kathmandu", OFFICE, &[], "2025-10-01T03:00:00Z", 60, "2025-10-01T04:15:00Z"),
        ("America/St_Johns", OFFICE, &[], "2025-10-01T11:00:00Z", 60, "2025-10-01T12:30:00Z"),
    ]);
}

#[test]
#[rustfmt::skip] // a table
fn hours_that_repeat_count_twice_and_hours_that_are_skipped_never() {
    let night = "sun 00:00-06:00";
    holds(&[
        // New York, 2025-11-02: 01:00 to 02:00 twice, seven hours in six.
        ("America/New_York", night, &[], "2025-11-02T04:00:00Z", 7 * 60, "2025-11-02T11:00:00Z"),
        // 2025-03-09: 02:00 to 03:00 never.
        ("America/New_York", night, &[], "2025-03-09T05:00:00Z", 5 * 60, "2025-03-09T10:00:00Z"),
        ("America/New_York", "sun 01:30-02:30", &[], "2025-03-09T05:00:00Z", 31, "2025-03-16T05:31:00Z"),
        ("America/New_York", "sun 02:00-03:00", &[], "2025-03-09T05:00:00Z", 60, "2025-03-16T07:00:00Z"),
        ("America/New_York", "sun 01:30-02:30", &[], "2025-11-02T05:00:00Z", 90, "2025-11-02T07:30:00Z"),
        // Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", night, &[], "2025-04-05T13:00:00Z", 390, "2025-04-05T19:30:00Z"),
        ("Australia/Lord_Howe", night, &[], "2025-10-04T13:30:00Z", 330, "2025-10-04T19:00:00Z"),
        // Apia had no 2011-12-30: from Thursday midnight it was Saturday.
        ("Pacific/Apia", "mon-sun 08:00-17:00", &[], "2011-12-30T02:00:00Z", 120, "2011-12-30T19:00:00Z"),
        ("Pacific/Apia", "mon-sun 08:00-17:00", &["2011-12-30"], "2011-12-30T02:00:00Z", 120, "2011-12-30T19:00:00Z"),
        // Weeks on both sides of a change.
        ("Europe/London", OFFICE, &[], "2025-10-24T15:00:00Z", 60 + 480, "2025-10-27T17:00:00Z"),
    ]);
}

/// Examples from the public documentation of other systems, retold. Each has the hours of its own guide.
#[test]
#[rustfmt::skip] // a table
fn other_systems_count_business_hours_alike() {
    holds(&[
        // Airclou Helpdesk, "Business Hours": Friday 16:00 and a first reply within four hours.
        ("UTC", OFFICE, &[], "2025-10-03T16:00:00Z", 240, "2025-10-06T12:00:00Z"),
        // Switch Labs CRM, "Business Hours": Thursday 15:00 and four hours; Wednesday 18:00, the time begins on Thursday.
        ("UTC", OFFICE, &[], "2025-10-02T15:00:00Z", 240, "2025-10-03T11:00:00Z"),
        ("UTC", OFFICE, &[], "2025-10-01T18:00:00Z", 240, "2025-10-02T13:00:00Z"),
        // FreeITSM, "SLA Management": 16:30 and an hour, with the office closed from 17:00 to 09:00.
        ("Europe/London", OFFICE, &[], "2025-10-01T15:30:00Z", 60, "2025-10-02T08:30:00Z"),
        // Nine Minds, "Setting Up Business Hours": Friday 16:00 and four hours, an hour of Friday and three of Monday
        // (the guide's sum; the day that it names besides, a Tuesday, does not go with it).
        ("UTC", "mon-fri 08:00-17:00", &[], "2025-10-03T16:00:00Z", 240, "2025-10-06T11:00:00Z"),
        // HelpDesk for Jira, "Calendars": 07:00 to 21:00 with breaks at 11:00 and 16:00.
        ("UTC", "mon 07:00-11:00, mon 12:00-16:00, mon 17:00-21:00", &[], "2025-10-06T10:00:00Z", 360, "2025-10-06T18:00:00Z"),
    ]);
}

#[test]
fn a_time_that_never_comes_is_the_end_of_time() {
    let never = at("9999-12-31T00:00:00Z");
    let empty = calendar_without_hours();
    let hour = TimeDelta::hours(1);
    assert_eq!(
        instant_after(Some(&empty), at("2025-10-01T00:00:00Z"), hour),
        never
    );
    let seldom = calendar("Asia/Gaza", "mon 08:00-08:01", &[]);
    let years = TimeDelta::minutes(525_600);
    assert_eq!(
        instant_after(Some(&seldom), at("9900-10-01T00:00:00Z"), years),
        never
    );
    for calendar in [None, Some(&seldom)] {
        let after = |from| instant_after(calendar, from, TimeDelta::MAX);
        assert_eq!(after(at("9990-10-01T00:00:00Z")), never);
        let last = DateTime::from_timestamp_micros(DateTime::<Utc>::MAX_UTC.timestamp_micros());
        assert_eq!(after(DateTime::<Utc>::MAX_UTC), last.unwrap());
    }
}

fn calendar_without_hours() -> Calendar {
    Calendar::from(CalendarText {
        timezone: Tz::UTC,
        hours: Vec::new(),
        holidays: Vec::new(),
    })
}

/// The assumption of [`Calendar::is_plain`]: a zone with the same offset at both ends of a week has it all week.
#[test]
fn no_zone_changes_its_clocks_twice_within_a_week() {
    let zones = chrono_tz::TZ_VARIANTS.iter();
    for zone in zones.filter(|zone| zone.name().contains('/')) {
        let noon = |day| Utc.timestamp_opt(day * 86_400, 0).unwrap();
        let mut week: Vec<i32> = Vec::new();
        // 1990 to 2040, each second day.
        for day in (7_305_i64..25_567).step_by(2) {
            let offset = zone.offset_from_utc_datetime(&noon(day).naive_utc());
            let offset = chrono::Offset::fix(&offset).local_minus_utc();
            assert!(
                week.last() == Some(&offset) || !week.contains(&offset),
                "{zone} goes forth and back before {}",
                noon(day)
            );
            week.push(offset);
            if week.len() > 4 {
                week.remove(0);
            }
        }
    }
}

pub fn hours() -> impl Strategy<Value = Vec<Hours>> {
    let entry = (0_usize..7, 0_u16..96, 1_u16..=96).prop_map(|(day, start, end)| Hours {
        day: Weekday::ALL[day],
        start: TimeOfDay(start * 15),
        end: TimeOfDay(end * 15),
    });
    prop::collection::vec(entry, 1..8)
}

/// A calendar near `day`, with holidays in its surroundings.
pub fn calendars(day: NaiveDate) -> impl Strategy<Value = Calendar> {
    let zone = prop::sample::select(ZONES.to_vec());
    let holidays = prop::collection::vec(0_u64..20, 0..4);
    (zone, hours(), holidays).prop_map(move |(zone, hours, holidays)| {
        let date = |days: u64| day.checked_add_days(Days::new(days)).unwrap();
        let holidays = holidays.into_iter().map(date).collect();
        Calendar::from(CalendarText {
            timezone: zone.parse().unwrap(),
            hours,
            holidays,
        })
    })
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..9_000).prop_map(|days| {
        let first = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap();
        first.checked_add_days(Days::new(days)).unwrap()
    })
}

fn scene() -> impl Strategy<Value = (Calendar, DateTime<Utc>)> {
    day().prop_flat_map(|day| {
        let start = day.and_time(chrono::NaiveTime::MIN).and_utc();
        let from = (0_i64..20 * 86_400_000_000)
            .prop_map(move |micros| start + TimeDelta::microseconds(micros));
        (calendars(day), from)
    })
}

const MONTHS: i64 = 100 * 86_400_000_000;

proptest! {
    #[test]
    fn the_two_undo_each_other((calendar, from) in scene(), time in 1..MONTHS, span in 0..MONTHS) {
        let calendar = Some(&calendar);
        let time = TimeDelta::microseconds(time);
        let until = instant_after(calendar, from, time);
        prop_assert_eq!(between(calendar, from, until), time);
        // The first such instant: a microsecond before, it is not reached.
        prop_assert!(between(calendar, from, until - TimeDelta::microseconds(1)) < time);
        let to = from + TimeDelta::microseconds(span);
        let back = instant_after(calendar, from, between(calendar, from, to));
        prop_assert!(back <= to);
        prop_assert_eq!(between(calendar, back, to), TimeDelta::zero());
    }

    #[test]
    fn times_add_up((calendar, from) in scene(), first in 1..MONTHS, second in 1..MONTHS) {
        let calendar = Some(&calendar);
        let (first, second) = (TimeDelta::microseconds(first), TimeDelta::microseconds(second));
        let (middle, end) = (from + first, from + first + second);
        let whole = between(calendar, from, end);
        prop_assert_eq!(between(calendar, from, middle) + between(calendar, middle, end), whole);
        let stepwise = instant_after(calendar, instant_after(calendar, from, first), second);
        prop_assert_eq!(stepwise, instant_after(calendar, from, first + second));
    }

    #[test]
    fn more_time_is_later_and_later_is_more_time(
        (calendar, from) in scene(), less in 0..MONTHS, more in 0..MONTHS,
    ) {
        let calendar = Some(&calendar);
        let (less, both) = (TimeDelta::microseconds(less), TimeDelta::microseconds(less + more));
        prop_assert!(instant_after(calendar, from, less) <= instant_after(calendar, from, both));
        prop_assert!(between(calendar, from, from + less) <= between(calendar, from, from + both));
        let later = from + less;
        prop_assert!(instant_after(calendar, from, both) <= instant_after(calendar, later, both));
        prop_assert!(between(calendar, from, from + less) <= less);
        prop_assert_eq!(between(calendar, from + less, from), TimeDelta::zero());
    }

    /// For any input: nothing panics, and no instant is before its start.
    #[test]
    fn nothing_is_too_far((calendar, _) in scene(), day in -40_000_i64..60_000, time in any::<i64>()) {
        let from = DateTime::from_timestamp(day * 86_400, 7).unwrap();
        let time = TimeDelta::microseconds(time % (200 * MONTHS));
        for calendar in [None, Some(&calendar)] {
            let until = instant_after(calendar, from, time);
            prop_assert!(until >= from.trunc_subsecs(6));
            prop_assert!(between(calendar, from, until) >= TimeDelta::zero());
        }
    }
}
