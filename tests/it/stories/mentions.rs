//! An agent whom a note mentions sees the ticket: to read it, and to add notes.

use crate::{
    harness::{App, Caller, TICKETS},
    uploads,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An agent of another desk, who is mentioned as `@EMP-7`.
async fn kim(app: &App) -> Caller {
    let kim = json!({"department": "billing", "employeeId": "EMP-7"});
    app.agent_with("Kim", kim).await
}

/// A customer with a ticket, and the agent who has it.
async fn a_ticket(app: &App) -> (Caller, Caller, String) {
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
    (amina, sarah, id)
}

async fn sees(who: &Caller, ticket: &str) -> bool {
    let shown = who.get(&format!("{TICKETS}/{ticket}")).await;
    if shown.status != 200 {
        assert_eq!(shown.refused(404), "not_found");
    }
    shown.status == 200
}

/// The tickets of a list, and that it counts as many.
async fn listed(who: &Caller, query: &str) -> BTreeSet<String> {
    let list = who.get(&format!("{TICKETS}?limit=100&{query}")).await;
    let tickets = list.ok()["tickets"].as_array().unwrap();
    assert_eq!(list.body["pagination"]["total"], tickets.len());
    let ids = tickets.iter().map(|ticket| ticket["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_agent_whom_a_note_mentions_reads_the_ticket_and_adds_notes_and_changes_nothing() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (_, sarah, id) = a_ticket(&app).await;
    let messages = format!("{TICKETS}/{id}/messages");
    sarah.notes(&id, "A note of before.").await;
    assert!(!sees(&kim, &id).await);
    sarah
        .notes(&id, "@emp-7, did the payment go through?")
        .await;
    let shown = kim.ticket(&id).await;
    assert_eq!(shown, sarah.ticket(&id).await);
    assert_eq!(shown["messages"].as_array().unwrap().len(), 2);
    for below in ["messages", "history"] {
        let path = format!("{TICKETS}/{id}/{below}");
        assert_eq!(kim.get(&path).await.ok(), sarah.get(&path).await.ok());
    }
    let note = kim.notes(&id, "It did.").await;
    assert_eq!(sarah.ticket(&id).await["messages"][2]["id"], note.as_str());
    let before = app.fingerprint().await;
    let closing = json!({"summary": "Done.", "resolutionType": "solved"});
    for (verb, body) in [
        ("assign", json!({})),
        ("status", json!({"status": "in_progress"})),
        ("priority", json!({"priority": "high"})),
        ("escalate", json!({"reason": "Hard."})),
        ("close", closing),
        ("reopen", json!({"reason": "Again."})),
        // Before what is wrong with the body, as any other 403.
        ("status", json!({"nonsense": 1})),
    ] {
        let refused = kim.does(verb, &id, body).await;
        assert_eq!(refused.refused(403), "mentioned_only", "{verb}");
    }
    let public = kim.post(&messages, json!({"message": "Hello."})).await;
    assert_eq!(public.refused(403), "mentioned_only");
    let of_sarah = sarah.ticket(&id).await["messages"][0]["id"].clone();
    let refused = kim.redacts(&id, of_sarah.as_str().unwrap()).await;
    assert_eq!(refused.refused(403), "not_your_message");
    assert_eq!(app.fingerprint().await, before);
    kim.redacts(&id, &note).await.ok();
    // An unassigned ticket may be taken by every agent, mentioned or not.
    sarah.sets(&id, "open").await.ok();
    kim.does("assign", &id, json!({})).await.ok();
}

#[tokio::test]
async fn files_of_a_ticket_are_for_whom_a_note_mentions_too() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (amina, sarah, id) = a_ticket(&app).await;
    let messages = format!("{TICKETS}/{id}/messages");
    let (public, internal) = (
        uploads::picture(&amina).await,
        uploads::picture(&sarah).await,
    );
    let said = uploads::message(&[&public], false);
    amina.post(&messages, said).await.created();
    let noted = uploads::message(&[&internal], true);
    sarah.post(&messages, noted).await.created();
    let have = async || {
        let mut have = Vec::new();
        for file in [&public, &internal] {
            let path = format!("/api/v1/support/attachments/{file}");
            have.push(kim.downloads(&path).await.0.as_u16());
        }
        have
    };
    assert_eq!(have().await, [404, 404]);
    let note = sarah.notes(&id, "See the pictures, @EMP-7.").await;
    assert_eq!(have().await, [200, 200]);
    sarah.redacts(&id, &note).await.ok();
    assert_eq!(have().await, [404, 404]);
}

#[tokio::test]
async fn a_mention_counts_until_its_note_is_redacted_if_no_other_note_mentions_the_agent() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (_, sarah, id) = a_ticket(&app).await;
    let first = sarah.notes(&id, "@EMP-7, please look.").await;
    let second = sarah.notes(&id, "Once more, @EMP-7 and @EMP-7.").await;
    sarah.redacts(&id, &first).await.ok();
    assert!(sees(&kim, &id).await);
    sarah.redacts(&id, &second).await.ok();
    assert!(!sees(&kim, &id).await);
    // Notes that come with a status mention as well.
    let status = json!({"status": "in_progress", "notes": "With @EMP-7."});
    sarah.does("status", &id, status).await.ok();
    assert!(sees(&kim, &id).await);
}

#[tokio::test]
async fn an_agent_whose_ticket_was_taken_over_sees_it_only_by_a_mention() {
    let app = App::new().await;
    let (_, sarah, id) = a_ticket(&app).await;
    let eve = app.admin("Eve").await;
    let number = json!({"supportInfo": {"employeeId": "EMP-1"}});
    let account = format!("/api/v1/admin/users/{}", sarah.id());
    eve.patch(&account, number).await.ok();
    // Nobody gives sight to themselves, and a public message mentions nobody.
    sarah.notes(&id, "Mine: @EMP-1.").await;
    eve.does("assign", &id, json!({})).await.ok();
    eve.says(&id, "Thanks to @EMP-1.").await.created();
    assert!(!sees(&sarah, &id).await);
    eve.notes(&id, "@EMP-1, what was it about?").await;
    assert!(sees(&sarah, &id).await);
    let refused = sarah.sets(&id, "resolved").await;
    assert_eq!(refused.refused(403), "mentioned_only");
    // A former agent sees what a customer sees.
    eve.patch(&account, json!({"role": "customer"})).await.ok();
    let sarah = app
        .same(&json!({"id": sarah.id(), "role": "customer"}))
        .await;
    assert!(!sees(&sarah, &id).await);
    assert!(listed(&sarah, "").await.is_empty());
}

#[tokio::test]
async fn lists_and_searches_have_what_a_note_mentions_the_agent_on_and_count_it() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (amina, sarah, id) = a_ticket(&app).await;
    let other = amina.asks("general", "low").await;
    app.settle().await;
    sarah.notes(&other, "An okapi.").await;
    let note = sarah.notes(&id, "@EMP-7, an okapi.").await;
    let of_sarah = format!("assignedTo={}", sarah.id());
    for query in [
        "",
        "q=okapi",
        "q=help",
        "sort=slaDue",
        "status=assigned",
        &of_sarah,
    ] {
        assert_eq!(
            listed(&kim, query).await,
            BTreeSet::from([id.clone()]),
            "{query}"
        );
    }
    for query in ["assignedTo=me", "assignedTo=none"] {
        assert!(listed(&kim, query).await.is_empty(), "{query}");
    }
    // The dashboard is unchanged.
    let dashboard = kim.get("/api/v1/support/dashboard").await;
    assert_eq!(dashboard.ok()["dashboard"]["assignedTickets"], json!([]));
    sarah.redacts(&id, &note).await.ok();
    for query in ["", "q=okapi", &of_sarah] {
        assert!(listed(&kim, query).await.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn an_urgent_ticket_of_another_stays_an_outline_on_the_dashboard_for_whom_a_note_mentions() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (_, sarah, id) = a_ticket(&app).await;
    let urgent = json!({"priority": "urgent"});
    sarah.does("priority", &id, urgent).await.ok();
    sarah.notes(&id, "@EMP-7, please look.").await;
    let dashboard = kim.get("/api/v1/support/dashboard").await;
    let outline = &dashboard.ok()["dashboard"]["urgentTickets"][0];
    assert_eq!(outline.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn a_duplicate_may_name_a_ticket_that_is_seen_by_a_mention() {
    let app = App::new().await;
    let (amina, sarah, id) = a_ticket(&app).await;
    let kim = kim(&app).await;
    let own = amina.asks("billing", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&own).await, Some(kim.id()));
    let closing = json!({"summary": "Twice.", "resolutionType": "duplicate", "duplicateOf": id});
    let refused = kim.does("close", &own, closing.clone()).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    sarah.notes(&id, "@EMP-7, the same as yours?").await;
    kim.does("close", &own, closing).await.ok();
}

#[tokio::test]
async fn the_migration_finds_the_mentions_in_notes_of_earlier_releases() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (_, sarah, id) = a_ticket(&app).await;
    sarah.notes(&id, "@EMP-7, please look.").await;
    app.settle().await;
    let forget = "delete from note_mentions where ticket_id = $1::uuid";
    app.sql(forget, &id).await;
    assert!(!sees(&kim, &id).await);
    let migration = platform::MIGRATOR.iter().find(|one| one.version == 37);
    let (_, fill) = migration
        .unwrap()
        .sql
        .as_str()
        .split_once("-- Notes of before")
        .unwrap();
    let fill = format!("-- Notes of before{fill}");
    for _ in 0..2 {
        sqlx::raw_sql(sqlx::AssertSqlSafe(fill.clone()))
            .execute(&app.cx.pool)
            .await
            .unwrap();
        assert!(sees(&kim, &id).await);
    }
    // What such a release writes beside this one is known once it is told.
    app.sql(forget, &id).await;
    app.sql("delete from notifications where event_id in (select id from ticket_events where ticket_id = $1::uuid)", &id)
        .await;
    sarah.notes(&id, "@EMP-7, once more.").await;
    app.sql(forget, &id).await;
    app.news();
    app.settle().await;
    assert_eq!(app.news(), ["kim: mentioned"]);
    assert!(sees(&kim, &id).await);
}

#[tokio::test]
async fn a_mention_is_mailed_once_to_whom_it_gives_sight() {
    let app = App::new().await;
    let kim = kim(&app).await;
    let (_, sarah, id) = a_ticket(&app).await;
    app.news();
    sarah.notes(&id, "@EMP-7 @emp-7, please look.").await;
    app.settle().await;
    assert_eq!(app.news(), ["kim: mentioned"]);
    let mail = app.mails().pop().unwrap();
    let number = kim.ticket(&id).await["ticketNumber"].clone();
    assert!(
        mail.text().contains(number.as_str().unwrap()),
        "{}",
        mail.text()
    );
    assert_ne!(number, Value::Null);
}
