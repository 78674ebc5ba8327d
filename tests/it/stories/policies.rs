//! SLA policies: targets, and what changes them.

use super::sla::record;
use crate::harness::{App, Caller, history, minutes};
use actions::job_list::Job;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

async fn targets(caller: &Caller, ticket: &str) -> (i64, i64) {
    let sla = caller.ticket(ticket).await["sla"].clone();
    let target = |clock: &str| sla[clock]["targetMinutes"].as_i64().unwrap();
    (target("firstResponse"), target("resolution"))
}

#[tokio::test]
async fn targets_are_those_of_the_brief_s_table() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    for (priority, expected) in [
        ("urgent", (15, 120)),
        ("high", (30, 240)),
        ("medium", (60, 480)),
        ("low", (120, 1440)),
    ] {
        let id = amina.asks("general", priority).await;
        assert_eq!(targets(&amina, &id).await, expected, "{priority}");
        let sla = amina.ticket(&id).await["sla"].clone();
        for (clock, target) in [("firstResponse", expected.0), ("resolution", expected.1)] {
            let at: DateTime<Utc> = sla[clock]["targetAt"].as_str().unwrap().parse().unwrap();
            assert_eq!(at, app.now() + minutes(target));
        }
    }
}

#[tokio::test]
async fn a_new_priority_counts_from_the_original_start_and_rewrites_nothing() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    app.advance(minutes(20));
    sarah.says(&id, "Hello.").await.created();
    app.advance(minutes(10));
    let urgent = sarah
        .does("priority", &id, json!({"priority": "urgent"}))
        .await;
    let sla = urgent.ok()["ticket"]["sla"].clone();
    assert_eq!(sla["resolution"]["targetAt"], "2025-10-01T10:00:00.000Z");
    // The response was given in time by the target of its day.
    assert_eq!(sla["firstResponse"]["state"], "met");
    assert_eq!(sla["firstResponse"]["targetMinutes"], 120);
    app.after(91).await;
    let on_record = record(&eve, &id).await;
    assert_eq!(
        on_record,
        [
            "resolution sla_at_risk 09:36:00",
            "resolution sla_breached 10:00:00"
        ]
    );
    sarah
        .does("priority", &id, json!({"priority": "low"}))
        .await
        .ok();
    app.sweep().await;
    assert_eq!(record(&eve, &id).await, on_record);
    let lines = history(&eve, &id).await;
    assert!(lines.contains(&"priority_changed low → urgent by Sarah".to_owned()));
    // The same priority again is no change.
    let version = sarah.ticket(&id).await["version"].clone();
    sarah
        .does("priority", &id, json!({"priority": "low"}))
        .await
        .ok();
    assert_eq!(sarah.ticket(&id).await["version"], version);
}

#[tokio::test]
async fn new_policies_hold_for_tickets_created_reprioritised_or_reopened_from_then_on() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let before = amina.asks("general", "medium").await;
    let closed = amina.asks("general", "medium").await;
    eve.closes(&closed).await.ok();
    let path = "/api/v1/admin/sla-policies";
    let defaults = eve.get(path).await.ok()["policies"].clone();
    assert_eq!(defaults.as_array().unwrap().len(), 4);
    let rule = |priority: &str, minutes: i64| {
        json!({
            "priority": priority, "firstResponseMinutes": minutes,
            "resolutionMinutes": minutes * 10
        })
    };
    let mut special = rule("medium", 5);
    special["category"] = json!("payment");
    let mut corporate = rule("medium", 6);
    corporate["customerRole"] = json!("corporate");
    let rules = json!({"policies": [special, corporate, rule("medium", 7), rule("high", 8)]});
    eve.put(path, rules).await.ok();
    assert_eq!(
        eve.get(path).await.ok()["policies"][2]["firstResponseMinutes"],
        7
    );
    assert_eq!(targets(&amina, &before).await, (60, 480));
    let fresh = amina.asks("general", "medium").await;
    assert_eq!(targets(&amina, &fresh).await, (7, 70));
    let payment = amina.asks("payment", "medium").await;
    assert_eq!(targets(&amina, &payment).await, (5, 50));
    let company = app
        .person("Company", domain::people::Role::Corporate, Value::Null)
        .await;
    let theirs = company.asks("general", "medium").await;
    assert_eq!(targets(&company, &theirs).await, (6, 60));
    // No rule for it: the brief's.
    let low = amina.asks("general", "low").await;
    assert_eq!(targets(&amina, &low).await, (120, 1440));
    let high = json!({"priority": "high"});
    eve.does("priority", &before, high).await.ok();
    assert_eq!(targets(&amina, &before).await, (8, 80));
    let again = json!({"reason": "Again."});
    amina.does("reopen", &closed, again).await.ok();
    assert_eq!(targets(&amina, &closed).await, (60, 70));
    eve.put(path, json!({"policies": []})).await.ok();
    assert_eq!(eve.get(path).await.ok()["policies"], defaults);
}

#[tokio::test]
async fn an_optional_third_clock_waits_for_the_answer_to_the_oldest_unanswered_message() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let rule = json!({
        "priority": "medium", "firstResponseMinutes": 60, "nextResponseMinutes": 20,
        "resolutionMinutes": 480
    });
    let rules = json!({"policies": [rule]});
    eve.put("/api/v1/admin/sla-policies", rules).await.ok();
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    amina.says(&id, "One more thing.").await.created();
    assert_eq!(amina.ticket(&id).await["sla"]["nextResponse"], Value::Null);
    sarah.says(&id, "Yes?").await.created();
    app.advance(minutes(10));
    amina.says(&id, "This.").await.created();
    app.advance(minutes(5));
    amina.says(&id, "And this.").await.created();
    let next = amina.ticket(&id).await["sla"]["nextResponse"].clone();
    assert_eq!(next["targetAt"], "2025-10-01T08:30:00.000Z");
    assert_eq!(next["elapsedMinutes"], 5);
    app.run(&Job::SweepSla).await;
    app.after(16).await;
    assert_eq!(
        record(&eve, &id).await,
        [
            "next_response sla_at_risk 08:26:00",
            "next_response sla_breached 08:30:00"
        ]
    );
    sarah.says(&id, "I see.").await.created();
    let next = amina.ticket(&id).await["sla"]["nextResponse"].clone();
    assert_eq!(next["state"], "missed");
}
