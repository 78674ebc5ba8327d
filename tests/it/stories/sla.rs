//! Deadlines: when they are due, that each breach is found once, and that no deadline is rewritten.

use crate::harness::{App, Caller, NOTHING, history, minutes};
use serde_json::{Value, json};

/// The instants of the deadlines on record: metric, what, when, whether found late, by whom.
pub(super) async fn record(eve: &Caller, ticket: &str) -> Vec<String> {
    let path = format!("/api/v1/support/tickets/{ticket}/history?limit=100");
    let told = eve.get(&path).await;
    let entries = told.ok()["history"].as_array().unwrap();
    entries
        .iter()
        .filter(|entry| entry["type"].as_str().unwrap().starts_with("sla_"))
        .map(|entry| {
            assert_eq!(entry["by"], Value::Null, "a deadline is nobody's act");
            let late = if entry["details"]["late"] == true {
                " late"
            } else {
                ""
            };
            format!(
                "{} {} {}{late}",
                entry["details"]["metric"].as_str().unwrap(),
                entry["type"].as_str().unwrap(),
                &entry["at"].as_str().unwrap()[11..19],
            )
        })
        .collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a story is told in one piece")]
async fn a_warning_and_a_breach_come_once_each_with_the_instant_they_were_due() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    app.agent_with("Kim", json!({"department": "general", "level": 2}))
        .await;
    app.agent_with("Tom", json!({"department": "billing", "level": 2}))
        .await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    app.news();
    app.after(47).await;
    assert_eq!(record(&eve, &id).await, NOTHING);
    assert_eq!(
        sarah.ticket(&id).await["sla"]["firstResponse"]["state"],
        "pending"
    );
    // 48 minutes are 80 % of the hour.
    app.after(2).await;
    app.sweep().await;
    let state = sarah.ticket(&id).await["sla"]["firstResponse"].clone();
    assert_eq!(
        (&state["state"], &state["met"]),
        (&json!("at_risk"), &json!(null))
    );
    assert_eq!(app.news(), ["sarah: sla_at_risk"]);
    // The deadline itself is in time.
    app.after(11).await;
    assert_eq!(record(&eve, &id).await.len(), 1);
    app.after(1).await;
    app.after(1).await;
    app.after(60).await;
    assert_eq!(
        record(&eve, &id).await,
        [
            "first_response sla_at_risk 08:48:00",
            "first_response sla_breached 09:00:00"
        ]
    );
    assert_eq!(
        app.news(),
        [
            "eve: sla_breached",
            "kim: sla_breached",
            "registrar: sla_breached",
            "sarah: sla_breached"
        ]
    );
    let state = sarah.ticket(&id).await["sla"]["firstResponse"].clone();
    assert_eq!(
        (&state["state"], &state["met"]),
        (&json!("breached"), &json!(false))
    );
    assert_eq!(state["elapsedMinutes"], 122);
    assert_eq!(state["remainingMinutes"], -62);
    // Switched off: nothing is escalated.
    assert_eq!(sarah.ticket(&id).await["escalation"]["level"], 0);
    assert_eq!(sarah.status_of(&id).await, "assigned");
    sarah.says(&id, "Sorry.").await.created();
    let state = sarah.ticket(&id).await["sla"]["firstResponse"].clone();
    assert_eq!(
        (&state["state"], &state["met"]),
        (&json!("missed"), &json!(false))
    );
}

#[tokio::test]
async fn a_breach_escalates_the_ticket_once_to_the_next_level() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app
        .agent_with("Kim", json!({"department": "general", "level": 2}))
        .await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    app.after(50).await;
    app.news();
    app.after(11).await;
    app.after(1).await;
    let ticket = eve.ticket(&id).await;
    assert_eq!(ticket["status"], "escalated");
    assert_eq!(ticket["assignedTo"]["id"], kim.id());
    assert_eq!(
        ticket["escalation"],
        json!({"level": 1, "history": [{
            "level": 1, "from": sarah.id(), "to": kim.id(), "automatic": true,
            "reason": "The first response was due at 2025-10-01 09:00 UTC and has not come.",
            "at": "2025-10-01T09:01:00.000Z"
        }]})
    );
    // Kim is on the next level as well as the one who has it now: two events, two mails.
    assert_eq!(
        app.news(),
        [
            "eve: sla_breached",
            "kim: escalated_to_you",
            "kim: sla_breached",
            "registrar: sla_breached",
            "sarah: sla_breached"
        ]
    );
    let lines = history(&eve, &id).await;
    assert_eq!(
        lines[3..],
        [
            "sla_at_risk first_response by the system",
            "sla_breached first_response by the system",
            "status_changed assigned → escalated by the system",
            "escalated by the system"
        ]
    );
}

#[tokio::test]
async fn both_clocks_that_breach_together_escalate_it_once() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    app.advance(minutes(200));
    app.tick().await;
    app.tick().await;
    app.live(2).await;
    assert_eq!(
        record(&eve, &id).await,
        [
            "first_response sla_at_risk 08:12:00",
            "first_response sla_breached 08:15:00",
            "resolution sla_at_risk 09:36:00",
            "resolution sla_breached 10:00:00"
        ]
    );
    assert_eq!(eve.ticket(&id).await["escalation"]["level"], 1);
}

#[tokio::test]
async fn a_breach_found_after_the_reply_is_recorded_and_notified_and_escalates_nothing() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    app.news();
    app.advance(minutes(61));
    sarah.says(&id, "Sorry.").await.created();
    app.settle().await;
    app.sweep().await;
    assert_eq!(
        record(&eve, &id).await,
        [
            "first_response sla_at_risk 08:48:00 late",
            "first_response sla_breached 09:00:00 late"
        ]
    );
    assert_eq!(
        app.news(),
        [
            "amina: staff_replied",
            "eve: sla_breached",
            "registrar: sla_breached",
            "sarah: sla_breached"
        ]
    );
    let ticket = sarah.ticket(&id).await;
    assert_eq!(ticket["escalation"]["level"], 0);
    assert_eq!(ticket["sla"]["firstResponse"]["state"], "missed");
    // The same of a resolution.
    app.advance(minutes(420));
    sarah.sets(&id, "resolved").await.ok();
    app.settle().await;
    app.sweep().await;
    assert_eq!(
        record(&eve, &id).await[2..],
        [
            "resolution sla_at_risk 14:24:00 late",
            "resolution sla_breached 16:00:00 late"
        ]
    );
    assert_eq!(eve.ticket(&id).await["escalation"]["level"], 0);
}

#[tokio::test]
async fn a_breach_that_a_change_brings_to_light_escalates_the_ticket_as_a_sweep_would() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    // A new priority, by whose targets the response is overdue.
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    app.advance(minutes(20));
    let urgent = json!({"priority": "urgent"});
    sarah.does("priority", &id, urgent).await.ok();
    app.settle().await;
    app.sweep().await;
    let ticket = eve.ticket(&id).await;
    assert_eq!(ticket["escalation"]["level"], 1);
    assert_eq!(ticket["escalation"]["history"][0]["automatic"], true);
    // A question to the customer after the deadline and before the sweep.
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    sarah.says(&id, "Hello.").await.created();
    app.advance(minutes(481));
    sarah.sets(&id, "waiting_customer").await.ok();
    app.settle().await;
    app.sweep().await;
    assert_eq!(eve.ticket(&id).await["escalation"]["level"], 1);
}

#[tokio::test]
async fn waiting_for_the_customer_moves_the_resolution_and_not_the_response() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    app.advance(minutes(10));
    sarah.sets(&id, "waiting_customer").await.ok();
    app.advance(minutes(300));
    let sla = sarah.ticket(&id).await["sla"].clone();
    assert_eq!(sla["pausedMinutes"], 300);
    assert_eq!(sla["resolution"]["state"], "paused");
    assert_eq!(sla["resolution"]["elapsedMinutes"], 10);
    assert_eq!(sla["resolution"]["remainingMinutes"], 110);
    // As if it ran on now.
    assert_eq!(sla["resolution"]["targetAt"], "2025-10-01T15:00:00.000Z");
    assert_eq!(sla["firstResponse"]["state"], "breached");
    amina.says(&id, "Here.").await.created();
    app.advance(minutes(109));
    app.sweep().await;
    let sla = amina.ticket(&id).await["sla"].clone();
    assert_eq!(sla["resolution"]["state"], "at_risk");
    assert_eq!(sla["resolution"]["targetAt"], "2025-10-01T15:00:00.000Z");
}

#[tokio::test]
async fn a_wait_for_the_customer_that_begins_after_the_deadline_moves_it_no_more() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "urgent").await;
    let later = amina.asks("general", "urgent").await;
    app.settle().await;
    for id in [&id, &later] {
        sarah.says(id, "Hello.").await.created();
    }
    app.advance(minutes(60));
    // The other one waits in time, and is due at 14:00.
    sarah.sets(&later, "waiting_customer").await.ok();
    app.advance(minutes(90));
    sarah.sets(&id, "waiting_customer").await.ok();
    for waiting in [90, 180] {
        app.advance(minutes(90));
        let sla = sarah.ticket(&id).await["sla"].clone();
        assert_eq!(sla["resolution"]["targetAt"], "2025-10-01T10:00:00.000Z");
        assert_eq!(sla["resolution"]["remainingMinutes"], -30 - waiting);
        assert_eq!(sla["resolution"]["state"], "breached");
        assert_eq!(sla["pausedMinutes"], 0);
    }
    for id in [&id, &later] {
        sarah.sets(id, "in_progress").await.ok();
    }
    let sla = sarah.ticket(&id).await["sla"].clone();
    assert_eq!(sla["resolution"]["targetAt"], "2025-10-01T10:00:00.000Z");
    let list = sarah.get("/api/v1/support/tickets?sort=slaDue").await;
    assert_eq!(list.ok()["tickets"][0]["id"], json!(id));
}

#[tokio::test]
async fn a_reopened_ticket_has_a_new_cycle_with_a_warning_and_a_breach_of_its_own() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    sarah.says(&id, "Hello.").await.created();
    app.after(121).await;
    sarah.sets(&id, "resolved").await.ok();
    app.advance(minutes(59));
    amina
        .does("reopen", &id, json!({"reason": "Again."}))
        .await
        .ok();
    app.after(121).await;
    app.after(1).await;
    assert_eq!(
        record(&eve, &id).await,
        [
            "resolution sla_at_risk 09:36:00",
            "resolution sla_breached 10:00:00",
            "resolution sla_at_risk 12:36:00",
            "resolution sla_breached 13:00:00"
        ]
    );
}

#[tokio::test]
async fn a_resolution_without_a_reply_counts_as_the_response() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    app.advance(minutes(14));
    // Notes are no response.
    let note = json!({"message": "Looking.", "isInternal": true});
    let path = format!("/api/v1/support/tickets/{id}/messages");
    sarah.post(&path, note).await.created();
    assert_eq!(sarah.ticket(&id).await["firstResponseAt"], Value::Null);
    let resolved = sarah.sets(&id, "resolved").await;
    let ticket = &resolved.ok()["ticket"];
    assert_eq!(ticket["firstResponseAt"], "2025-10-01T08:14:00.000Z");
    assert_eq!(ticket["sla"]["firstResponse"]["state"], "met");
    assert_eq!(ticket["sla"]["resolution"]["state"], "met");
}
