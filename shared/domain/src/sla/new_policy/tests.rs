//! The rules that are read, and the errors that are named.

use super::*;
use crate::{
    reader::Null,
    tickets::{Category, Priority},
};
use serde_json::json;

fn parse(rules: &serde_json::Value) -> Result<Vec<PolicyRule>, Vec<(String, &'static str)>> {
    let fields = serde_json::Map::from_iter([("policies".to_owned(), rules.clone())]);
    let mut reader = ObjectReader::new(fields, Null::Absent);
    let parsed = PolicyRule::read_list(&mut reader, 80);
    let errors = |errors: Vec<crate::field_error::FieldError>| {
        let named = errors.into_iter().map(|error| (error.field, error.code));
        named.collect()
    };
    reader.finish(parsed).map_err(errors)
}

#[test]
fn what_is_left_out_has_its_default() {
    let rules = parse(&json!([
        {"priority": "high", "firstResponseMinutes": 1, "resolutionMinutes": 525_600},
        {"priority": "low", "category": "payment", "customerRole": "corporate", "name": "Gold",
         "firstResponseMinutes": 5, "nextResponseMinutes": 6, "resolutionMinutes": 7,
         "pauseWhenWaiting": false, "atRiskPercent": 99},
    ]))
    .unwrap();
    let first = PolicyRule {
        priority: Priority::High,
        category: None,
        customer_role: None,
        policy: Policy {
            name: None,
            first_response_minutes: 1,
            next_response_minutes: None,
            resolution_minutes: 525_600,
            pause_when_waiting: true,
            at_risk_percent: WarningThresholds::Once(80),
            calendar: None,
        },
    };
    let second = PolicyRule {
        priority: Priority::Low,
        category: Some(Category::Payment),
        customer_role: Some(Role::Corporate),
        policy: Policy {
            name: Some("Gold".to_owned()),
            first_response_minutes: 5,
            next_response_minutes: Some(6),
            resolution_minutes: 7,
            pause_when_waiting: false,
            at_risk_percent: WarningThresholds::Once(99),
            calendar: None,
        },
    };
    assert_eq!(rules, [first, second]);
}

#[test]
fn every_error_is_named_at_once() {
    let errors = parse(&json!([
        {},
        {"priority": "high", "firstResponseMinutes": 1, "resolutionMinutes": 1},
        {"priority": "soon", "category": "cats", "customerRole": "support", "name": " ",
         "firstResponseMinutes": 0, "nextResponseMinutes": -1, "resolutionMinutes": 525_601,
         "atRiskPercent": 100},
    ]))
    .unwrap_err();
    let expected = [
        ("policies[0].priority", "required"),
        ("policies[0].firstResponseMinutes", "required"),
        ("policies[0].resolutionMinutes", "required"),
        ("policies[2].priority", "unknown_value"),
        ("policies[2].category", "unknown_value"),
        ("policies[2].customerRole", "not_a_requester"),
        ("policies[2].name", "too_short"),
        ("policies[2].firstResponseMinutes", "out_of_range"),
        ("policies[2].nextResponseMinutes", "out_of_range"),
        ("policies[2].resolutionMinutes", "out_of_range"),
        ("policies[2].atRiskPercent", "out_of_range"),
    ];
    assert_eq!(
        errors,
        expected.map(|(field, code)| (field.to_owned(), code))
    );
}

#[test]
fn what_stands_beside_an_entry_with_an_error_is_judged_at_its_place() {
    let errors = parse(&json!([
        null,
        {"priority": "soon", "firstResponseMinutes": 1, "resolutionMinutes": 1,
         "atRiskPercent": [90, null, 80, 80, 100]},
    ]))
    .unwrap_err();
    let expected = [
        ("policies[0]", "wrong_type"),
        ("policies[1].atRiskPercent[1]", "wrong_type"),
        ("policies[1].priority", "unknown_value"),
        ("policies[1].atRiskPercent[4]", "out_of_range"),
        ("policies[1].atRiskPercent[3]", "not_ascending"),
    ];
    assert_eq!(
        errors,
        expected.map(|(field, code)| (field.to_owned(), code))
    );
}

#[test]
fn there_are_at_most_two_hundred_rules() {
    let rule = json!({"priority": "high", "firstResponseMinutes": 1, "resolutionMinutes": 1});
    let list = |length| serde_json::Value::Array(vec![rule.clone(); length]);
    assert_eq!(parse(&list(200)).unwrap().len(), 200);
    assert_eq!(parse(&list(0)).unwrap(), []);
    let errors = parse(&list(201)).unwrap_err();
    assert_eq!(errors, [("policies".to_owned(), "too_many")]);
}
