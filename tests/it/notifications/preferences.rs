//! What people choose: kinds and channels, at planning and at sending.

use super::{PREFERENCES, assigned, choose, desk, told};
use crate::harness::{App, NOTHING};
use serde_json::{Value, json};

fn setting<'a>(preferences: &'a Value, kind: &str, channel: &str) -> Option<&'a Value> {
    let settings = preferences["settings"].as_array().unwrap().iter();
    let mut found = settings.filter(|one| one["kind"] == kind && one["channel"] == channel);
    found.next()
}

#[tokio::test]
async fn everybody_sees_the_settings_of_their_role_with_the_defaults() {
    let (_app, _eve, amina, sarah) = desk().await;
    let of_sarah = sarah.get(PREFERENCES).await.ok()["preferences"].clone();
    let breach = setting(&of_sarah, "sla_breached", "sms").unwrap();
    assert_eq!(
        (&breach["enabled"], &breach["enabledByDefault"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(setting(&of_sarah, "ticket_closed", "email"), None);
    // Mails about the account cannot be refused.
    assert_eq!(setting(&of_sarah, "reset_password", "email"), None);
    let of_amina = amina.get(PREFERENCES).await.ok()["preferences"].clone();
    assert!(setting(&of_amina, "ticket_closed", "email").is_some());
    assert_eq!(setting(&of_amina, "sla_breached", "email"), None);
    assert_eq!(of_amina["quietHours"], json!([]));
}

#[tokio::test]
async fn a_refused_kind_is_not_mailed_and_still_told_in_the_app() {
    let (app, eve, amina, sarah) = desk().await;
    choose(&sarah, "work_assigned", "email", false).await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    assert_eq!(
        app.news(),
        ["amina: ticket_assigned", "amina: ticket_received"]
    );
    assert_eq!(told(&sarah).await, ["work_assigned"]);
    amina.says(&id, "Hello?").await.created();
    app.settle().await;
    assert_eq!(app.news(), ["sarah: customer_replied"]);
    choose(&sarah, "work_assigned", "email", true).await;
    let stored = "select count(*) from notification_preferences";
    assert_eq!(app.count(stored).await, 0, "only deviations are stored");
}

#[tokio::test]
async fn what_was_refused_after_it_was_planned_is_not_sent() {
    let (app, eve, amina, sarah) = desk().await;
    app.sql(
        "update queue_control set held_until = $1::timestamptz, failures = 1 where queue = 'email'",
        "2025-10-01T09:00:00Z",
    )
    .await;
    assigned(&eve, &amina, &sarah).await;
    app.run_due().await;
    choose(&sarah, "work_assigned", "email", false).await;
    app.advance(chrono::TimeDelta::hours(2));
    app.settle().await;
    assert!(!app.news().contains(&"sarah: work_assigned".to_owned()));
}

#[tokio::test]
async fn every_fault_of_a_change_is_named_and_nothing_is_stored() {
    let (app, _eve, _amina, sarah) = desk().await;
    let body = json!({
        "settings": [
            {"kind": "work_assigned", "channel": "email", "enabled": false},
            {"kind": "ticket_closed", "channel": "email", "enabled": false},
            {"kind": "work_assigned", "channel": "sms", "enabled": false},
            {"kind": "nothing", "channel": "pigeon"},
        ],
        "quietHours": [{"day": "mon", "start": "25:00"}],
        "sound": true
    });
    let refused = sarah.put(PREFERENCES, body).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let errors = refused.body["errors"].as_array().unwrap().iter();
    let mut fields: Vec<_> = errors
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "quietHours[0].end",
            "quietHours[0].start",
            "settings[1].kind",
            "settings[2].kind",
            "settings[3].channel",
            "settings[3].enabled",
            "settings[3].kind",
            "sound",
        ]
    );
    assert_eq!(
        app.count("select count(*) from notification_preferences")
            .await,
        0
    );
}

#[tokio::test]
async fn a_person_whose_role_changes_is_told_by_the_rules_of_the_new_role() {
    let app = App::new().await;
    let sarah = app.agent("Sarah", "general").await;
    choose(&sarah, "work_assigned", "email", false).await;
    assert_eq!(app.news(), NOTHING);
    app.sql(
        "update users set role = 'customer' where id = $1::uuid",
        &sarah.id(),
    )
    .await;
    let now = app
        .same(&json!({"id": sarah.id(), "role": "customer"}))
        .await;
    let preferences = now.get(PREFERENCES).await.ok()["preferences"].clone();
    assert_eq!(setting(&preferences, "work_assigned", "email"), None);
}
