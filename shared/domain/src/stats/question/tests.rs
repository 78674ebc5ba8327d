//! The errors of the parameters.

use super::*;
use crate::field_error::FieldError;
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::{option, prelude::*, sample::select};

const FIELDS: [&str; 6] = [
    "startDate",
    "endDate",
    "timezone",
    "agentId",
    "department",
    "interval",
];

fn parse(values: [&str; 6]) -> Result<Question, Vec<FieldError>> {
    let pairs = FIELDS.into_iter().zip(values);
    let pairs = pairs.map(|(name, value)| (name.to_owned(), Ok(value.to_owned())));
    let mut reader = QueryReader::new(pairs.collect());
    let question = Question::read(&mut reader);
    reader.finish(question)
}

fn codes(values: [&str; 6]) -> Vec<(String, &'static str)> {
    let errors = parse(values).unwrap_err().into_iter();
    errors.map(|error| (error.field, error.code)).collect()
}

#[test]
fn without_parameters_all_tickets_of_all_time_are_counted() {
    let question = parse([""; 6]).unwrap();
    assert_eq!((question.period.first, question.period.last), (None, None));
    assert_eq!(question.period.zone, Tz::UTC);
    assert_eq!(question.filter, StatsFilter::default());
    assert_eq!(question.interval, None);
}

#[test]
fn several_words_of_a_filter_are_alternatives() {
    let question = parse(["", "", "Africa/Nairobi", "", "billing, technical", "week"]).unwrap();
    assert_eq!(
        question.filter.departments,
        [Department::Billing, Department::Technical]
    );
    assert_eq!(question.interval, Some(Interval::Week));
    assert_eq!(question.period.zone, Tz::Africa__Nairobi);
}

#[test]
fn every_error_is_named_at_once() {
    let all = ["2025-02-29", "2025-1-1", "Nairobi", "me", "kitchen", "hour"];
    let expected = [
        ("startDate", "invalid_date"),
        ("endDate", "invalid_date"),
        ("timezone", "unknown_timezone"),
        ("agentId", "invalid_id"),
        ("department", "unknown_value"),
        ("interval", "unknown_value"),
    ];
    assert_eq!(
        codes(all),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    assert_eq!(
        codes(["2025-10-02", "2025-10-01", "", "", "", ""]),
        [("endDate".to_owned(), "before_start")]
    );
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
    fn whatever_a_query_says_its_errors_name_fields_that_it_has_and_its_period_is_no_riddle(
        (start_date, end_date) in (some_text(), some_text()),
        (timezone, agent_id) in (some_text(), some_text()),
        (department, interval) in (some_text(), some_text()),
    ) {
        let sent = [start_date, end_date, timezone, agent_id, department, interval].map(Option::unwrap_or_default);
        match parse(sent.each_ref().map(String::as_str)) {
            Ok(question) => {
                let range = question.period.range();
                if let (Some(from), Some(until)) = (range.from, range.until) {
                    prop_assert!(from <= until);
                }
            }
            Err(errors) => {
                prop_assert!(errors.iter().all(|error| FIELDS.contains(&error.field.as_str())));
            }
        }
    }
}
