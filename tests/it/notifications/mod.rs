//! Notifications on every channel: who is told what, when, together with what, and what people choose.

mod gathering;
mod in_app;
mod preferences;
mod quiet;
mod refusing;
mod waiting;

use crate::harness::{App, Caller};
use serde_json::{Value, json};

const NOTIFICATIONS: &str = "/api/v1/notifications";
const PREFERENCES: &str = "/api/v1/notifications/preferences";

/// The kinds of what a person was told in the app, newest first, with their marks.
async fn told(person: &Caller) -> Vec<String> {
    let listed = person.get(NOTIFICATIONS).await;
    let entries = listed.ok()["notifications"].as_array().unwrap().clone();
    let told = entries.iter().map(|entry| {
        let kind = entry["kind"].as_str().unwrap();
        let mark = if entry["readAt"].is_null() {
            ""
        } else {
            " (read)"
        };
        format!("{kind}{mark}")
    });
    told.collect()
}

/// Sets one choice of a person.
async fn choose(person: &Caller, kind: &str, channel: &str, enabled: bool) {
    let setting = json!({"kind": kind, "channel": channel, "enabled": enabled});
    let set = person
        .put(PREFERENCES, json!({"settings": [setting]}))
        .await;
    set.ok();
}

/// An app in which tickets are assigned by hand, with an admin, a customer and an agent.
async fn desk() -> (App, Caller, Caller, Caller) {
    let app = App::with(&[("ASSIGNMENT_STRATEGY", "manual")]).await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    app.settle().await;
    app.news();
    (app, eve, amina, sarah)
}

/// A new ticket that the admin assigned to the agent.
async fn assigned(eve: &Caller, amina: &Caller, agent: &Caller) -> String {
    let id = amina.asks("general", "medium").await;
    let to = json!({"agentId": agent.id()});
    eve.does("assign", &id, to).await.ok();
    id
}

fn count(value: &Value) -> i64 {
    value.as_i64().unwrap()
}
