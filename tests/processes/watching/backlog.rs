//! What `/metrics` says about the work of the support team.

use super::metrics::{scrape, series};
use crate::harness::{App, minutes};
use actions::job_list::Job;
use chrono::TimeDelta;
use serde_json::json;

const EXPECTED: [(&str, &str); 13] = [
    (
        r#"support_open_tickets{department="billing",age="hour"}"#,
        "1",
    ),
    (
        r#"support_open_tickets{department="billing",age="day"}"#,
        "1",
    ),
    (
        r#"support_open_tickets{department="billing",age="week"}"#,
        "0",
    ),
    (
        r#"support_open_tickets{department="general",age="hour"}"#,
        "1",
    ),
    (
        r#"support_open_tickets{department="complaints",age="hour"}"#,
        "0",
    ),
    (r#"support_unassigned_tickets{department="billing"}"#, "2"),
    (
        r#"support_unassigned_oldest_seconds{department="billing"}"#,
        "7200.0",
    ),
    (
        r#"support_unassigned_oldest_seconds{department="complaints"}"#,
        "0.0",
    ),
    (
        r#"support_week_resolved_tickets{department="general"}"#,
        "1",
    ),
    (
        r#"support_week_compliant_tickets{department="general"}"#,
        "1",
    ),
    (
        r#"support_week_resolved_tickets{department="billing"}"#,
        "0",
    ),
    ("support_week_ratings", "1"),
    ("support_week_rating_sum", "4"),
];

/// The value of a series, which has to be there.
#[track_caller]
fn is(text: &str, name: &str, value: &str) {
    let series = series(text);
    assert_eq!(series.get(name).copied(), Some(value), "{name}: {text}");
}

#[tokio::test]
async fn open_tickets_and_their_age_are_counted_by_department_and_resolved_ones_by_their_targets() {
    let app = App::new().await;
    let (ann, sam) = (app.customer("Ann").await, app.agent("Sam", "general").await);
    let solved = ann.asks("general", "low").await;
    app.settle().await;
    sam.sets(&solved, "resolved").await.ok();
    ann.rates(&solved, json!({"rating": 4})).await.ok();
    app.is(&sam, "offline").await;
    ann.asks("payment", "low").await;
    app.advance(minutes(120));
    ann.asks("payment", "low").await;
    ann.asks("general", "low").await;
    app.run(&Job::RollUpStats).await;

    let text = scrape(&app).await;
    for (name, value) in EXPECTED {
        is(&text, name, value);
    }

    // Eight days later the tickets are older than a week, and the figures of the week have begun anew.
    app.advance(TimeDelta::days(8));
    let text = scrape(&app).await;
    is(
        &text,
        r#"support_open_tickets{department="billing",age="older"}"#,
        "2",
    );
    is(
        &text,
        r#"support_week_resolved_tickets{department="general"}"#,
        "0",
    );
    is(&text, "support_week_ratings", "0");
}
