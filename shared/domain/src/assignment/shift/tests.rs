//! Tables, both changes of the clocks, and a week that is walked minute by minute.

use super::*;
use chrono::{NaiveDate, NaiveTime, Timelike};
use chrono_tz::{Africa::Nairobi, America::New_York, UTC};
use proptest::prelude::*;

fn shift(day: Weekday, start: (u32, u32), end: (u32, u32)) -> Shift {
    let time = |(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    Shift {
        day,
        start: time(start),
        end: time(end),
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn without_shifts_an_agent_is_always_on() {
    assert!(on_shift(&[], Nairobi, instant("2025-10-05T03:00:00Z")));
}

#[test]
fn a_shift_is_told_by_the_agent_s_own_clock_up_to_its_last_instant() {
    // 2025-10-01 is a Wednesday; Nairobi is three hours ahead of UTC.
    let shifts = [shift(Weekday::Wed, (8, 0), (17, 0))];
    for (at, on) in [
        ("2025-10-01T04:59:59.999999Z", false),
        ("2025-10-01T05:00:00Z", true),
        ("2025-10-01T13:59:59.999999Z", true),
        ("2025-10-01T14:00:00Z", false),
        ("2025-10-02T08:00:00Z", false),
    ] {
        assert_eq!(on_shift(&shifts, Nairobi, instant(at)), on, "{at}");
    }
}

#[test]
fn an_end_at_or_before_the_start_runs_past_midnight() {
    let night = [shift(Weekday::Sun, (22, 0), (6, 0))];
    let whole_day = [shift(Weekday::Sun, (8, 0), (8, 0))];
    let to_midnight = [shift(Weekday::Sun, (8, 0), (0, 0))];
    // 2025-10-05 is a Sunday.
    for (at, expected) in [
        ("2025-10-05T05:00:00Z", [false, false, false]),
        ("2025-10-05T08:00:00Z", [false, true, true]),
        ("2025-10-05T23:59:59Z", [true, true, true]),
        ("2025-10-06T00:00:00Z", [true, true, false]),
        ("2025-10-06T05:59:59Z", [true, true, false]),
        ("2025-10-06T06:00:00Z", [false, true, false]),
        ("2025-10-06T08:00:00Z", [false, false, false]),
    ] {
        let on = [&night, &whole_day, &to_midnight].map(|it| on_shift(it, UTC, instant(at)));
        assert_eq!(on, expected, "{at}");
    }
}

#[test]
fn hours_that_repeat_count_twice_and_hours_that_are_skipped_never() {
    // New York goes back on Sunday 2025-11-02 (01:00 to 02:00 comes twice, from 05:00 UTC on) and
    // ahead on Sunday 2025-03-09 (02:00 to 03:00 never comes, at 07:00 UTC).
    let minutes_on = |shifts: &[Shift], from: &str| {
        let on = |minute: &i64| {
            let now = instant(from) + chrono::TimeDelta::minutes(*minute);
            on_shift(shifts, New_York, now)
        };
        (0..24 * 60).filter(on).count()
    };
    let autumn = "2025-11-02T04:00:00Z";
    assert_eq!(
        minutes_on(&[shift(Weekday::Sun, (1, 0), (2, 0))], autumn),
        120
    );
    let spring = "2025-03-09T05:00:00Z";
    assert_eq!(
        minutes_on(&[shift(Weekday::Sun, (2, 0), (3, 0))], spring),
        0
    );
    assert_eq!(
        minutes_on(&[shift(Weekday::Sun, (1, 0), (4, 0))], spring),
        120
    );
}

fn any_shift() -> impl proptest::strategy::Strategy<Value = Shift> {
    (
        prop::sample::select(Weekday::ALL),
        0..24_u32,
        0..60_u32,
        0..24_u32,
        0..60_u32,
    )
        .prop_map(|(day, hour, minute, end_hour, end_minute)| {
            shift(day, (hour, minute), (end_hour, end_minute))
        })
}

const MINUTES_OF_WEEK: usize = 7 * 24 * 60;

/// Walks each shift minute by minute over a week.
fn dial(shifts: &[Shift]) -> Vec<bool> {
    let mut on = vec![false; MINUTES_OF_WEEK];
    for shift in shifts {
        let day = Weekday::ALL
            .iter()
            .position(|day| *day == shift.day)
            .unwrap();
        let minute = |time: NaiveTime| usize::try_from(time.hour() * 60 + time.minute()).unwrap();
        let mut hand = day * 1440 + minute(shift.start);
        loop {
            on[hand % MINUTES_OF_WEEK] = true;
            hand += 1;
            if hand % 1440 == minute(shift.end) {
                break;
            }
        }
    }
    on
}

proptest! {
    #[test]
    fn a_shift_covers_the_minutes_of_the_week_between_its_ends(
        shifts in prop::collection::vec(any_shift(), 1..4),
        zone in prop::sample::select(vec![UTC, Nairobi, New_York, Tz::Asia__Kathmandu, Tz::Australia__Lord_Howe]),
        second in 0_i64..3 * 366 * 86_400,
    ) {
        let now = DateTime::from_timestamp(1_735_689_600 + second, 0).unwrap();
        let local = now.with_timezone(&zone).naive_local();
        // 1970-01-05 was a Monday.
        let monday = NaiveDate::from_ymd_opt(1970, 1, 5).unwrap().and_time(NaiveTime::MIN);
        let minute = usize::try_from((local - monday).num_minutes()).unwrap() % MINUTES_OF_WEEK;
        prop_assert_eq!(on_shift(&shifts, zone, now), dial(&shifts)[minute]);
    }
}
