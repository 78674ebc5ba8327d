//! The errors of a calendar.

use super::*;
use crate::{people::Weekday, reader::Null};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn hours(day: Weekday, start: &str, end: &str) -> Value {
    json!({"day": day, "start": start, "end": end})
}

fn parse(sent: Value) -> Result<Calendar, Vec<(String, &'static str)>> {
    let Value::Object(sent) = sent else {
        panic!("not an object")
    };
    let mut reader = ObjectReader::new(sent, Null::Absent);
    let calendar = Calendar::read(&mut reader);
    let errors = |errors: Vec<crate::field_error::FieldError>| {
        let named = errors.into_iter().map(|error| (error.field, error.code));
        named.collect()
    };
    reader.finish(calendar).map_err(errors)
}

fn in_nairobi(hours: &[Value]) -> Value {
    Value::Object(Map::from_iter([
        ("timezone".to_owned(), json!("Africa/Nairobi")),
        ("hours".to_owned(), json!(hours)),
    ]))
}

fn overlaps(hours: &[Value]) -> Vec<String> {
    let errors = parse(in_nairobi(hours)).err().unwrap_or_default();
    assert!(errors.iter().all(|(_, code)| *code == "overlap"));
    errors.into_iter().map(|(field, _)| field).collect()
}

use Weekday::{Fri, Mon, Sat, Sun, Tue};

#[test]
fn every_error_is_named_at_once() {
    let sent = json!({
        "timezone": "Africa/Nirobi",
        "hours": [hours(Mon, "08:00", "12:00"), hours(Mon, "11:59", "17:00")],
        "holidays": [5, "2025-12-25", "2025-02-29", "2025-12-25", "2025-1-1"],
    });
    let expected = [
        ("holidays[0]", "wrong_type"),
        ("timezone", "invalid_timezone"),
        ("hours[1]", "overlap"),
        ("holidays[2]", "invalid_date"),
        ("holidays[3]", "duplicate"),
        ("holidays[4]", "invalid_date"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code));
    assert_eq!(parse(sent).unwrap_err(), expected);
    let empty = parse(in_nairobi(&[])).unwrap_err();
    assert_eq!(empty, [("hours".to_owned(), "empty_week")]);
}

#[test]
fn intervals_that_touch_do_not_overlap() {
    let apart = [
        hours(Mon, "08:00", "12:00"),
        hours(Mon, "12:00", "24:00"),
        hours(Tue, "00:00", "08:00"),
        hours(Sun, "08:00", "08:00"),
    ];
    assert_eq!(overlaps(&apart), [""; 0]);
}

#[test]
fn intervals_overlap_over_midnight_and_over_the_end_of_the_week() {
    let over_midnight = [hours(Fri, "22:00", "06:00"), hours(Sat, "05:59", "12:00")];
    assert_eq!(overlaps(&over_midnight), ["hours[1]"]);
    let over_the_week = [hours(Sun, "22:00", "06:00"), hours(Mon, "05:00", "12:00")];
    assert_eq!(overlaps(&over_the_week), ["hours[1]"]);
    let reversed = [hours(Mon, "05:00", "12:00"), hours(Sun, "22:00", "06:00")];
    assert_eq!(overlaps(&reversed), ["hours[1]"]);
    let twice = [hours(Mon, "08:00", "08:00"), hours(Mon, "08:00", "08:00")];
    assert_eq!(overlaps(&twice), ["hours[1]"]);
    let around = [hours(Mon, "00:00", "24:00"), hours(Mon, "09:00", "10:00")];
    assert_eq!(overlaps(&around), ["hours[1]"]);
}

#[test]
fn the_end_of_a_day_is_shown_as_it_was_sent() {
    let sent = in_nairobi(&[hours(Mon, "08:00", "24:00"), hours(Tue, "08:00", "00:00")]);
    let calendar = parse(sent).unwrap();
    let shown = serde_json::to_value(&calendar).unwrap();
    let expected = json!({
        "timezone": "Africa/Nairobi",
        "hours": [
            {"day": "mon", "start": "08:00", "end": "24:00"},
            {"day": "tue", "start": "08:00", "end": "00:00"},
        ],
        "holidays": [],
    });
    assert_eq!(shown, expected);
    assert_eq!(serde_json::from_value::<Calendar>(shown).unwrap(), calendar);
    assert_eq!(calendar.weekly(), 32 * 60 * 60_000_000);
}

proptest! {
    /// Exactly when no minute of the week lies in two intervals are there as many minutes of work
    /// in a week as the intervals have together.
    #[test]
    fn overlaps_are_found_exactly(hours in crate::sla::working_time::tests::hours()) {
        let all: i64 = hours.iter().map(|hours| hours.span().1).sum();
        let calendar = Calendar::from(CalendarText {
            timezone: chrono_tz::Tz::UTC, hours: hours.clone(), holidays: Vec::new(),
        });
        let apart = calendar.weekly() == all * 60_000_000;
        let sent: Vec<_> = hours.into_iter().map(|hours| json!(hours)).collect();
        let named = overlaps(&sent);
        prop_assert_eq!(named.is_empty(), apart);
    }
}
