//! Edits of a ticket's texts and labels, and their entries in the history.

use crate::harness::{Answer, App, Caller, TICKETS, history, minutes};
use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

async fn edits(caller: &Caller, ticket: &str, body: Value) -> Answer {
    caller.patch(&format!("{TICKETS}/{ticket}"), body).await
}

/// The entries of the history that tell of changes: kind, from, to.
async fn changes(caller: &Caller, ticket: &str) -> Vec<Value> {
    let told = caller
        .get(&format!("{TICKETS}/{ticket}/history?limit=100"))
        .await;
    let entries = told.ok()["history"].as_array().unwrap().clone();
    let of_texts = entries.into_iter().filter(|entry| {
        let kind = entry["type"].as_str().unwrap();
        kind.ends_with("_changed") && kind != "status_changed"
    });
    of_texts
        .map(|entry| {
            let details = &entry["details"];
            json!([entry["type"], details["from"], details["to"]])
        })
        .collect()
}

async fn finds(caller: &Caller, word: &str) -> usize {
    let found = caller.get(&format!("{TICKETS}?q={word}")).await;
    found.ok()["tickets"].as_array().unwrap().len()
}

#[tokio::test]
async fn staff_change_texts_and_labels_and_every_change_is_in_the_history_with_from_and_to() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina
        .opens(json!({
            "subject": "Help", "description": "Please.", "tags": ["old"], "relatedBooking": "BKG-1"
        }))
        .await;
    let body = json!({
        "subject": "Card refused", "description": "At the checkout.", "category": "payment",
        "department": "billing", "language": "sw", "tags": ["card", "card", "pay"],
        "relatedBooking": null, "relatedTransaction": "T-9", "relatedConversation": null
    });
    let changed = edits(&eve, &id, body).await;
    let ticket = &changed.ok()["ticket"];
    for (field, value) in [
        ("subject", json!("Card refused")),
        ("description", json!("At the checkout.")),
        ("category", json!("payment")),
        ("department", json!("billing")),
        ("language", json!("sw")),
        ("tags", json!(["card", "pay"])),
        ("relatedBooking", Value::Null),
        ("relatedTransaction", json!("T-9")),
        ("relatedConversation", Value::Null),
        ("version", json!(2)),
    ] {
        assert_eq!(ticket[field], value, "{field}");
    }
    let told = [
        json!(["subject_changed", "Help", "Card refused"]),
        json!(["description_changed", "Please.", "At the checkout."]),
        json!(["category_changed", "general", "payment"]),
        json!(["department_changed", "general", "billing"]),
        json!(["language_changed", "en", "sw"]),
        json!(["tags_changed", ["old"], ["card", "pay"]]),
        json!(["related_changed", "BKG-1", null]),
        json!(["related_changed", null, "T-9"]),
    ];
    assert_eq!(changes(&eve, &id).await, told);
    // What the customer sees of the ticket, the customer sees changing.
    assert_eq!(changes(&amina, &id).await, told);
}

#[tokio::test]
async fn an_edit_without_a_difference_changes_nothing_not_even_the_version() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    let before = (eve.ticket(&id).await, history(&eve, &id).await);
    app.advance(minutes(5));
    for body in [
        json!({}),
        json!({"subject": "Help", "description": "Please.", "category": "general", "tags": [], "relatedBooking": null}),
    ] {
        edits(&eve, &id, body).await.ok();
    }
    let (ticket, lines) = (eve.ticket(&id).await, history(&eve, &id).await);
    assert_eq!(ticket["version"], before.0["version"]);
    assert_eq!(ticket["updatedAt"], before.0["updatedAt"]);
    assert_eq!(lines, before.1);
}

#[tokio::test]
async fn every_fault_of_a_change_is_named_and_nothing_is_changed() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    let before = app.fingerprint().await;
    let body = json!({
        "subject": "", "description": null, "category": "magic", "department": "magic",
        "language": "English", "tags": null, "relatedBooking": "", "relatedTransaction": 7,
        "status": "closed", "priority": "high"
    });
    let refused = edits(&eve, &id, body).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let errors = refused.body["errors"].as_array().unwrap().iter();
    let mut named: Vec<_> = errors
        .map(|field_error| {
            (
                field_error["field"].as_str().unwrap(),
                field_error["code"].as_str().unwrap(),
            )
        })
        .collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            ("category", "unknown_value"),
            ("department", "unknown_value"),
            ("description", "not_nullable"),
            ("language", "invalid_language"),
            ("priority", "unknown_field"),
            ("relatedBooking", "too_short"),
            ("relatedTransaction", "wrong_type"),
            ("status", "unknown_field"),
            ("subject", "too_short"),
            ("tags", "not_nullable"),
        ]
    );
    assert_eq!(app.fingerprint().await, before);
}

#[tokio::test]
async fn requesters_change_subject_tags_and_references_until_staff_have_answered() {
    let app = App::with(&[("ASSIGNMENT_STRATEGY", "manual")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    let own =
        |subject: &str| json!({"subject": subject, "tags": ["mine"], "relatedBooking": "B-1"});
    edits(&amina, &id, own("One")).await.ok();
    for (field, value) in [
        ("description", "Other."),
        ("category", "payment"),
        ("department", "billing"),
        ("language", "sw"),
    ] {
        let refused = edits(&amina, &id, json!({"subject": "Two", field: value})).await;
        assert_eq!(refused.refused(403), "role_not_allowed", "{field}");
        assert!(refused.body["detail"].as_str().unwrap().contains(field));
    }
    // A note is nothing that the requester may be told of.
    let note = json!({"message": "Hm.", "isInternal": true});
    let path = format!("{TICKETS}/{id}/messages");
    sarah.post(&path, note).await.created();
    edits(&amina, &id, own("Three")).await.ok();
    sarah.says(&id, "Hello.").await.created();
    let refused = edits(&amina, &id, own("Four")).await;
    assert_eq!(refused.refused(409), "answered_already");
    assert_eq!(sarah.ticket(&id).await["subject"], "Three");
    edits(&sarah, &id, own("Five")).await.ok();
    // What has ended without an answer is not theirs to change either.
    let other = amina.asks("general", "low").await;
    amina.does("close", &other, json!({})).await.ok();
    let refused = edits(&amina, &other, own("Six")).await;
    assert_eq!(refused.refused(409), "answered_already");
}

#[tokio::test]
async fn a_hidden_ticket_cannot_be_changed() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let zoe = app.customer("Zoe").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let kim = app.agent("Kim", "general").await;
    for stranger in [&zoe, &kim] {
        let refused = edits(stranger, &id, json!({"subject": "Mine"})).await;
        assert_eq!(refused.refused(404), "not_found");
    }
    edits(&sarah, &id, json!({"subject": "Yours"})).await.ok();
}

#[tokio::test]
async fn a_change_may_insist_on_the_version_that_was_seen_before_its_state_is_judged() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    eve.says(&id, "Hello.").await.created();
    let insists = async |who: &Caller, etag: &str, body: Value| {
        let request = Request::patch(format!("{TICKETS}/{id}"))
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", who.token().unwrap()),
            )
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, etag)
            .body(Body::from(body.to_string()));
        who.send(request.unwrap()).await
    };
    let subject = json!({"subject": "New"});
    let stale = insists(&eve, "\"1\"", subject.clone()).await;
    assert_eq!(stale.refused(412), "version_moved_on");
    let stale = insists(&amina, "\"1\"", subject.clone()).await;
    assert_eq!(stale.refused(412), "version_moved_on");
    let description = json!({"description": "New"});
    let refused = insists(&amina, "\"1\"", description).await;
    assert_eq!(refused.refused(403), "role_not_allowed");
    let version = eve.ticket(&id).await["version"].clone();
    let moved = insists(&eve, &format!("\"{version}\""), subject).await;
    moved.ok();
    assert_ne!(moved.headers["etag"], format!("\"{version}\"").as_str());
}

#[tokio::test]
async fn another_category_changes_neither_priority_nor_department_nor_targets() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let policies = json!({"policies": [
        {"priority": "low", "category": "payment", "firstResponseMinutes": 10, "resolutionMinutes": 20},
        {"priority": "low", "firstResponseMinutes": 100, "resolutionMinutes": 200},
        {"priority": "medium", "firstResponseMinutes": 60, "resolutionMinutes": 480},
        {"priority": "high", "firstResponseMinutes": 30, "resolutionMinutes": 240},
        {"priority": "urgent", "firstResponseMinutes": 15, "resolutionMinutes": 120}
    ]});
    eve.put("/api/v1/admin/sla-policies", policies).await.ok();
    let id = amina.asks("general", "low").await;
    let payment = json!({"category": "payment"});
    let changed = edits(&eve, &id, payment).await;
    let ticket = &changed.ok()["ticket"];
    assert_eq!(ticket["priority"], "low");
    assert_eq!(ticket["department"], "general");
    assert_eq!(ticket["sla"]["resolution"]["targetMinutes"], 200);
    // The next priority or reopening goes by the category that it has.
    for priority in ["medium", "low"] {
        let body = json!({"priority": priority});
        eve.does("priority", &id, body).await.ok();
    }
    let sla = eve.ticket(&id).await["sla"].clone();
    assert_eq!(sla["resolution"]["targetMinutes"], 20);
}

#[tokio::test]
async fn another_department_finds_an_unassigned_ticket_an_agent_and_takes_it_from_nobody() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let general = json!({"department": "general", "maxConcurrentTickets": 1});
    let sarah = app.agent_with("Sarah", general).await;
    let held = amina.asks("general", "low").await;
    app.settle().await;
    let waiting = amina.asks("general", "low").await;
    app.settle().await;
    let kim = app.agent("Kim", "billing").await;
    assert_eq!(app.assignee(&waiting).await, None);
    for id in [&held, &waiting] {
        let billing = json!({"department": "billing"});
        edits(&eve, id, billing).await.ok();
    }
    app.settle().await;
    assert_eq!(app.assignee(&waiting).await, Some(kim.id()));
    assert_eq!(app.assignee(&held).await, Some(sarah.id()));
}

#[tokio::test]
async fn searches_know_the_new_texts_and_no_longer_the_old_ones() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina
        .opens(json!({
            "subject": "zebra giraffe", "description": "lion tiger", "tags": ["hippo"]
        }))
        .await;
    amina
        .says(&id, "The giraffe again, and an okapi.")
        .await
        .created();
    let note = json!({"message": "A pangolin.", "isInternal": true});
    let path = format!("{TICKETS}/{id}/messages");
    eve.post(&path, note).await.created();
    let body = json!({"subject": "rhino", "description": "leopard", "tags": ["gnu"]});
    edits(&eve, &id, body).await.ok();
    for (word, by_customer, by_staff) in [
        ("rhino", 1, 1),
        ("leopard", 1, 1),
        ("gnu", 1, 1),
        ("zebra", 0, 0),
        ("tiger", 0, 0),
        ("hippo", 0, 0),
        // Of a message.
        ("giraffe", 1, 1),
        ("okapi", 1, 1),
        // Of a note.
        ("pangolin", 0, 1),
        ("%22rhino+leopard%22", 0, 0),
    ] {
        assert_eq!(finds(&amina, word).await, by_customer, "{word}");
        assert_eq!(finds(&eve, word).await, by_staff, "{word}");
    }
    // What is said afterwards is found beside it.
    amina.says(&id, "And a wildebeest.").await.created();
    assert_eq!(finds(&amina, "wildebeest+rhino").await, 1);
}
