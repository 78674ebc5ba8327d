//! The feed by pages: what is told, in which order, and for how long.

use super::{EVENTS, follow, line, lines, newest, position};
use crate::harness::{App, Caller, NOTHING};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_change_is_told_once_in_the_order_of_its_ticket() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let start = newest(&amina).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.says(&id, "Which browser?").await.created();
    sarah.sets(&id, "waiting_customer").await.ok();
    amina.says(&id, "Firefox.").await.created();
    sarah.closes(&id).await.ok();
    let (told, end) = follow(&amina, &start, 100).await;
    assert_eq!(
        lines(&told),
        [
            "ticket:created created",
            "ticket:updated assigned",
            "ticket:updated status_changed",
            "ticket:message message_added",
            "ticket:updated status_changed",
            "ticket:updated status_changed",
            "ticket:message message_added",
            "ticket:updated status_changed",
            "ticket:updated resolved",
            "ticket:updated status_changed",
            "ticket:updated closed",
        ]
    );
    let versions: Vec<_> = told
        .iter()
        .map(|event| event["version"].as_i64().unwrap())
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
    let ids: BTreeSet<_> = told.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), told.len(), "each has an id of its own");
    assert!(told.iter().all(|event| event["ticketId"] == id.as_str()));
    assert_eq!(told[3]["message"]["message"], "Which browser?");
    assert_eq!(told[0]["message"], Value::Null);
    // The ticket is shown as it is now, the change as it was.
    assert_eq!(told[0]["ticket"]["status"], "closed");
    // Pages of any size tell the same, and nothing follows.
    let ids = |events: &[Value]| {
        events
            .iter()
            .map(|one| one["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&follow(&amina, &start, 2).await.0), ids(&told));
    assert_eq!(lines(&follow(&amina, &end, 100).await.0), NOTHING);
}

#[tokio::test]
async fn a_requester_is_told_of_every_new_version_and_not_of_what_is_internal() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    for (name, level) in [("Lena", 2), ("Omar", 3)] {
        let info = json!({"department": "general", "level": level});
        app.agent_with(name, info).await;
    }
    let rose = app.admin("Rose").await;
    let start = newest(&amina).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
    let mut at = newest(&amina).await;
    // The first response, due after two hours, is warned of and breached; then the resolution is, due after a day.
    for minutes in [100, 30, 1_440] {
        app.advance(TimeDelta::minutes(minutes));
        app.sweep().await;
        at = is_up_to_date(&amina, &id, &at, &["ticket:updated"]).await;
    }
    for _ in 0..2 {
        let reason = json!({"reason": "SECRET-OF-THE-REASON"});
        rose.does("escalate", &id, reason).await.ok();
        app.settle().await;
        at = is_up_to_date(&amina, &id, &at, &["ticket:updated"]).await;
    }
    rose.notes(&id, "SECRET-OF-THE-NOTE").await;
    is_up_to_date(&amina, &id, &at, &[]).await;
    // To staff all of it has its reason.
    let of_staff = lines(&follow(&rose, &start, 100).await.0);
    for kind in ["sla_at_risk", "sla_breached", "escalated"] {
        let told = of_staff.iter().filter(|line| line.ends_with(kind));
        assert!(told.count() > 0, "{kind} in {of_staff:?}");
    }
}

/// The caller, who follows from a position, is told of these changes, and has the ticket as it is. Returns the position
/// after them.
async fn is_up_to_date(caller: &Caller, ticket: &str, after: &str, names: &[&str]) -> String {
    let (told, position) = follow(caller, after, 100).await;
    let text = json!(told).to_string();
    for internal in ["SECRET", "sla_at_risk", "sla_breached", "automatic"] {
        assert!(!text.contains(internal), "{internal} in {text}");
    }
    let is = caller.ticket(ticket).await;
    if let Some(last) = told.last() {
        assert_eq!(last["version"], is["version"]);
        for field in ["version", "updatedAt", "assignedTo", "escalation"] {
            assert_eq!(last["ticket"][field], is[field], "{field}");
        }
    }
    for name in names {
        let mut unexplained = told.iter().filter(|event| event["entry"].is_null());
        let event = unexplained.next().unwrap_or_else(|| panic!("{text}"));
        assert_eq!(event["type"], *name);
        assert_eq!(event["message"], Value::Null);
    }
    if names.is_empty() {
        assert_eq!(told, [Value::Null; 0]);
    }
    position
}

#[tokio::test]
async fn the_position_of_an_event_continues_after_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let start = newest(&amina).await;
    let id = amina.asks("general", "low").await;
    amina.says(&id, "One more thing.").await.created();
    let (told, _) = follow(&amina, &start, 100).await;
    let (rest, _) = follow(&amina, &position(&told[0]), 100).await;
    assert_eq!(lines(&rest), lines(&told[1..]));
}

#[tokio::test]
async fn an_agents_availability_is_told_to_staff() {
    let app = App::new().await;
    let (amina, sarah) = (
        app.customer("Amina").await,
        app.agent("Sarah", "general").await,
    );
    let rose = app.admin("Rose").await;
    let start = newest(&amina).await;
    app.is(&sarah, "busy").await;
    app.is(&sarah, "busy").await;
    let (told, _) = follow(&rose, &start, 100).await;
    assert_eq!(
        lines(&told),
        ["agent:availability"],
        "the present one changes nothing"
    );
    assert_eq!(told[0]["agent"]["firstName"], "Sarah");
    assert_eq!(told[0]["availability"]["status"], "busy");
    assert_eq!(lines(&follow(&amina, &start, 100).await.0), NOTHING);
}

#[tokio::test]
async fn rights_count_when_events_are_read_and_not_when_they_happened() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let (sarah, kim) = (
        app.agent("Sarah", "general").await,
        app.agent("Kim", "billing").await,
    );
    let rose = app.admin("Rose").await;
    let start = newest(&rose).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.says(&id, "I look at it.").await.created();
    let before = follow(&sarah, &start, 100).await.0;
    assert_eq!(before.len(), 4);
    rose.does("assign", &id, json!({"agentId": kim.id()}))
        .await
        .ok();
    // All that Sarah is told is that it is gone; Kim is told everything, also what was before.
    let (told, _) = follow(&sarah, &start, 100).await;
    assert_eq!(lines(&told), ["ticket:removed"]);
    let fields: Vec<_> = told[0].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "type", "at", "ticketId", "position"]);
    assert_eq!(lines(&follow(&kim, &start, 100).await.0).len(), 5);
}

#[tokio::test]
async fn a_redacted_text_is_not_told_any_more() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let start = newest(&amina).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let said = sarah.says(&id, "The card number is 4111.").await;
    let message = said.created()["message"]["id"].as_str().unwrap().to_owned();
    sarah.redacts(&id, &message).await.ok();
    let (told, _) = follow(&amina, &start, 100).await;
    assert!(!json!(told).to_string().contains("4111"));
    let last = told.last().unwrap();
    assert_eq!(line(last), "ticket:updated message_redacted");
    assert_eq!(last["message"]["id"], message.as_str());
    assert_ne!(last["message"]["redacted"], Value::Null);
}

#[tokio::test]
async fn events_are_kept_for_two_days_and_then_a_client_has_to_load_anew() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    amina.asks("general", "low").await;
    let old = newest(&amina).await;
    amina.asks("general", "low").await;
    app.advance(TimeDelta::hours(47));
    app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(
        follow(&amina, &old, 100).await.0.len(),
        1,
        "kept for two days"
    );
    let last = amina.asks("general", "low").await;
    let newer = newest(&amina).await;
    app.advance(TimeDelta::hours(49));
    app.run(&actions::job_list::Job::Prune).await;
    let gone = amina.get(&format!("{EVENTS}?after={old}")).await;
    assert_eq!(gone.refused(410), "events_gone");
    // A client that has read everything can continue, however long nothing happens.
    assert_eq!(lines(&follow(&amina, &newer, 100).await.0), NOTHING);
    amina.says(&last, "Still there?").await.created();
    let (told, _) = follow(&amina, &newer, 100).await;
    assert_eq!(lines(&told), ["ticket:message message_added"]);
}

#[tokio::test]
async fn a_position_that_is_none_is_an_error_of_after() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    for text in ["0", "12345", "x".repeat(48).as_str()] {
        let refused = amina.get(&format!("{EVENTS}?after={text}")).await;
        assert_eq!(refused.refused(400), "invalid_query", "{text}");
        assert_eq!(refused.body["errors"][0]["field"], "after");
        assert_eq!(refused.body["errors"][0]["code"], "invalid_position");
    }
}

#[tokio::test]
async fn positions_say_nothing_about_how_much_happens() {
    let app = App::new().await;
    let (amina, baraka) = (app.customer("Amina").await, app.customer("Baraka").await);
    let quiet = newest(&amina).await;
    baraka.asks("general", "low").await;
    let busy = newest(&amina).await;
    // Two positions of one place differ as much as two of different places.
    let again = newest(&amina).await;
    assert!(quiet != busy && busy != again && quiet.len() == again.len());
    assert_eq!(lines(&follow(&amina, &quiet, 100).await.0), NOTHING);
}
