//! The standard policies, and the first matching rule.

use super::*;
use serde_json::json;

#[test]
fn without_rules_the_table_of_the_brief_holds() {
    let table: Vec<_> = Priority::ALL
        .iter()
        .map(|&priority| {
            let policy = first_match(&[], priority, Category::General, Role::Customer, 80);
            (
                priority,
                policy.first_response_minutes,
                policy.resolution_minutes,
                policy.at_risk_percent.first(),
            )
        })
        .collect();
    assert_eq!(
        table,
        [
            (Priority::Low, 120, 1440, 80),
            (Priority::Medium, 60, 480, 80),
            (Priority::High, 30, 240, 80),
            (Priority::Urgent, 15, 120, 80),
        ]
    );
}

#[test]
fn the_default_rules_say_what_holds_without_rules() {
    let rules = default_rules(70);
    for &priority in Priority::ALL {
        let with = first_match(&rules, priority, Category::Other, Role::Corporate, 80);
        assert_eq!(with, Policy::standard(priority, 70));
    }
}

#[test]
fn the_first_rule_that_fits_wins() {
    let rule = |category, customer_role, minutes| PolicyRule {
        priority: Priority::High,
        category,
        customer_role,
        policy: Policy {
            first_response_minutes: minutes,
            ..Policy::standard(Priority::High, 80)
        },
    };
    let rules = [
        rule(Some(Category::Payment), Some(Role::Corporate), 1),
        rule(Some(Category::Payment), None, 2),
        rule(None, Some(Role::Corporate), 3),
        rule(None, None, 4),
        rule(Some(Category::Payment), None, 5),
    ];
    let minutes = |priority, category, role| {
        first_match(&rules, priority, category, role, 80).first_response_minutes
    };
    assert_eq!(
        minutes(Priority::High, Category::Payment, Role::Corporate),
        1
    );
    assert_eq!(
        minutes(Priority::High, Category::Payment, Role::Customer),
        2
    );
    assert_eq!(minutes(Priority::High, Category::Other, Role::Corporate), 3);
    assert_eq!(minutes(Priority::High, Category::Other, Role::Customer), 4);
    assert_eq!(
        minutes(Priority::Low, Category::Payment, Role::Corporate),
        120
    );
}

#[test]
fn a_rule_is_kept_as_one_flat_object_and_read_again() {
    let rule = PolicyRule {
        priority: Priority::Urgent,
        category: Some(Category::BugReport),
        customer_role: None,
        policy: Policy::standard(Priority::Urgent, 80),
    };
    let kept = serde_json::to_value(&rule).unwrap();
    let expected = json!({
        "priority": "urgent", "category": "bug_report", "customerRole": null, "name": "standard",
        "firstResponseMinutes": 15, "nextResponseMinutes": null, "resolutionMinutes": 120,
        "pauseWhenWaiting": true, "atRiskPercent": 80, "calendar": null,
    });
    assert_eq!(kept, expected);
    assert_eq!(serde_json::from_value::<PolicyRule>(kept).unwrap(), rule);
}
