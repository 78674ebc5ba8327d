//! Nothing private reaches anybody who may not see it: all acts against all people, by socket and by page. What each
//! gets is compared as a whole, so that a missing event fails as well as one too many.

use super::{EVENTS, follow, line, newest};
use crate::harness::{App, Caller, Socket};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Secrets in the texts of the acts: a person who may not see a text must not get its secret.
const NOTE: &str = "SECRET-OF-THE-NOTE";
const REASON: &str = "SECRET-OF-THE-REASON";

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a story is told in one piece")]
async fn each_act_reaches_exactly_those_who_may_see_it() {
    let app = App::new().await;
    let serving = app.serves().await;
    let (amina, baraka) = (app.customer("Amina").await, app.customer("Baraka").await);
    let sarah = app.agent("Sarah", "general").await;
    let daniel = app.agent("Daniel", "billing").await;
    let kim = app
        .agent_with(
            "Kim",
            json!({"department": "billing", "employeeId": "EMP-7"}),
        )
        .await;
    let rose = app.admin("Rose").await;
    let lena = json!({"department": "general", "level": 2});
    let lena = app.agent_with("Lena", lena).await;
    let people = [
        ("customer", &amina),
        ("stranger", &baraka),
        ("assignee", &sarah),
        ("colleague", &daniel),
        ("mentioned", &kim),
        ("admin", &rose),
    ];
    let start = newest(&rose).await;
    // An admin, whose events show how far everybody has been told: rights count at the time of telling.
    let wanja = app.admin("Wanja").await;
    let mut probe = serving.socket(&wanja, None).await;
    let mut sockets = Vec::new();
    for (_, person) in people {
        sockets.push(serving.socket(person, None).await);
    }

    let id = amina.asks("general", "low").await;
    told_up_to(&mut probe, "created").await;
    app.settle().await;
    sarah.says(&id, "A public answer.").await.created();
    sarah.notes(&id, NOTE).await;
    told_up_to(&mut probe, "note_added").await;
    sarah
        .notes(&id, &format!("@EMP-7 please look: {NOTE}"))
        .await;
    sarah
        .does("priority", &id, json!({"priority": "high"}))
        .await
        .ok();
    told_up_to(&mut probe, "priority_changed").await;
    let escalated = json!({"reason": REASON});
    sarah.does("escalate", &id, escalated).await.ok();
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(lena.id()));
    lena.notes(&id, NOTE).await;
    lena.closes(&id).await.ok();
    amina.rates(&id, json!({"rating": 5})).await.ok();
    app.is(&daniel, "away").await;
    // Each person has a last event that only they and admins get.
    let mut got: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let last = last_events(&people).await;
    for ((name, person), mut socket) in people.into_iter().zip(sockets) {
        let own = &last[&person.id()];
        let told = socket
            .events_until(|_, event| event["id"] == own.as_str())
            .await;
        let told: Vec<Value> = told.into_iter().map(|(_, event)| event).collect();
        check_secrets(name, &told);
        let lines = told.iter().filter(|event| event["ticketId"] == id.as_str());
        got.insert(name, lines.map(line).collect());
        // A page tells the same as the socket did, as far as the person may still see it.
        let (paged, _) = follow(person, &start, 100).await;
        check_secrets(name, &paged);
    }
    let nothing: [&str; 0] = [];
    assert_eq!(got["stranger"], nothing);
    // No note, no deadline, no escalation: the customer sees the status that it led to, and the ticket as it is.
    assert_eq!(
        got["customer"],
        [
            "ticket:created created",
            "ticket:updated assigned",
            "ticket:updated status_changed",
            "ticket:message message_added",
            "ticket:updated priority_changed",
            "ticket:updated status_changed",
            "ticket:updated",
            "ticket:updated status_changed",
            "ticket:updated resolved",
            "ticket:updated status_changed",
            "ticket:updated closed",
            "ticket:updated rated",
        ]
    );
    // Until the escalation takes it away.
    assert_eq!(
        got["assignee"],
        [
            "ticket:created created",
            "ticket:updated assigned",
            "ticket:updated status_changed",
            "ticket:message message_added",
            "ticket:message note_added",
            "ticket:message note_added",
            "ticket:updated priority_changed",
            "ticket:removed",
        ]
    );
    // The colleague saw it while it was unassigned, and is told that it is gone. Nothing after that.
    assert_eq!(
        got["colleague"],
        ["ticket:created created", "ticket:removed"]
    );
    // From the note on that mentions the agent.
    let mentioned = [
        "ticket:created created",
        "ticket:removed",
        "ticket:message note_added",
        "ticket:updated priority_changed",
        "ticket:updated status_changed",
        "ticket:updated escalated",
        "ticket:message note_added",
        "ticket:updated status_changed",
        "ticket:updated resolved",
        "ticket:updated status_changed",
        "ticket:updated closed",
        "ticket:updated rated",
    ];
    assert_eq!(got["mentioned"], mentioned);
    // All of it, notes and escalations too.
    let admin = [
        "ticket:created created",
        "ticket:updated assigned",
        "ticket:updated status_changed",
        "ticket:message message_added",
        "ticket:message note_added",
    ];
    assert_eq!(got["admin"], [&admin[..], &mentioned[2..]].concat());
}

/// Waits until everybody has been told of this change.
async fn told_up_to(probe: &mut Socket, kind: &str) {
    probe
        .events_until(|_, event| event["entry"]["type"] == kind)
        .await;
}

/// Each person's own last event: the id by person.
async fn last_events(people: &[(&str, &Caller)]) -> BTreeMap<String, String> {
    let mut last = BTreeMap::new();
    for (name, person) in people {
        let start = newest(person).await;
        match *name {
            "customer" | "stranger" => {
                person.asks("general", "low").await;
            }
            _ => {
                let path = "/api/v1/support/availability";
                person.put(path, json!({"status": "busy"})).await.ok();
                person.put(path, json!({"status": "offline"})).await.ok();
            }
        }
        let (told, _) = follow(person, &start, 100).await;
        last.insert(
            person.id(),
            told.last().unwrap()["id"].as_str().unwrap().to_owned(),
        );
    }
    last
}

fn check_secrets(name: &str, told: &[Value]) {
    let text = json!(told).to_string();
    let is_staff = !matches!(name, "customer" | "stranger");
    assert!(
        is_staff || !(text.contains(NOTE) || text.contains(REASON)),
        "{name}: {text}"
    );
    assert!(
        name != "colleague" || !(text.contains(NOTE) || text.contains(REASON)),
        "{name}: {text}"
    );
    assert!(!text.contains("password"), "{name}");
}

#[tokio::test]
async fn a_page_is_for_its_caller_alone() {
    let app = App::new().await;
    let (amina, baraka) = (app.customer("Amina").await, app.customer("Baraka").await);
    let start = newest(&amina).await;
    amina.asks("general", "low").await;
    // The position of another person says where, and shows nothing that is not theirs.
    assert_eq!(follow(&baraka, &start, 100).await.0, [Value::Null; 0]);
    let unknown = app.stranger().get(EVENTS).await;
    assert_eq!(unknown.refused(401), "token_required");
}
