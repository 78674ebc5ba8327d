//! Redaction removes the text and the files of a message, and nothing else.

use crate::{
    harness::{Answer, App, Caller, TICKETS, history, minutes},
    races::at_once,
};
use actions::notifications::{ToPlan, plan_notifications};
use axum::{
    body::Body,
    http::{Request, header},
};
use domain::{actor::Initiator, ids::EventId};
use serde_json::{Value, json};

/// Writes a message; returns its id.
async fn said(who: &Caller, ticket: &str, text: &str) -> String {
    let made = who.says(ticket, text).await;
    made.created()["message"]["id"].as_str().unwrap().to_owned()
}

fn reason() -> Value {
    json!({"reason": "It had a password."})
}

/// A redaction with headers of its own.
async fn redacts(who: &Caller, ticket: &str, message: &str, name: &str, value: &str) -> Answer {
    let request = Request::delete(format!("{TICKETS}/{ticket}/messages/{message}"))
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", who.token().unwrap()),
        )
        .header(header::CONTENT_TYPE, "application/json")
        .header(name, value)
        .body(Body::from(reason().to_string()));
    who.send(request.unwrap()).await
}

async fn total(who: &Caller, q: &str) -> Value {
    let found = who.get(&format!("{TICKETS}?q={q}")).await;
    found.ok()["pagination"]["total"].clone()
}

#[tokio::test]
async fn a_redacted_message_keeps_its_place_and_says_who_did_it_and_when() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let first = said(&amina, &id, "Hello?").await;
    let path = format!("{TICKETS}/{id}/messages");
    let answer = json!({
        "message": "The password is hunter2.",
        "attachments": [{"url": "https://files.example.com/hunter2", "fileName": "hunter2.png"}]
    });
    let made = sarah.post(&path, answer).await;
    let gone = made.created()["message"]["id"].as_str().unwrap();
    let last = said(&amina, &id, "Thanks.").await;
    let before = amina.ticket(&id).await;
    app.advance(minutes(5));
    let redacted = sarah.delete(&format!("{path}/{gone}"), reason()).await;
    let expected = json!({
        "id": gone, "ticketId": id,
        "sender": {"id": sarah.id(), "firstName": "Sarah", "lastName": "Otieno", "role": "support"},
        "senderType": "support", "message": "", "attachments": [], "isInternal": false,
        "createdAt": "2025-10-01T08:00:00.000Z",
        "redacted": {
            "at": "2025-10-01T08:05:00.000Z",
            "by": {"id": sarah.id(), "firstName": "Sarah", "lastName": "Otieno", "role": "support"}
        }
    });
    assert_eq!(redacted.ok()["message"], expected);
    for who in [&amina, &sarah] {
        let thread = who.get(&path).await.ok()["messages"].clone();
        let ids: Vec<_> = (0..3)
            .map(|at| thread[at]["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, [first.as_str(), gone, &last]);
        assert_eq!(thread[1], expected);
        assert_eq!(thread[0]["redacted"], Value::Null);
        assert_eq!(who.ticket(&id).await["messages"], thread);
        let whole = format!("{} {}", who.get(&path).await.body, who.ticket(&id).await);
        assert!(!whole.contains("hunter2"), "{whole}");
    }
    // The ticket has changed, and nothing of how it stands.
    let mut after = amina.ticket(&id).await;
    assert_eq!(after["version"], before["version"].as_i64().unwrap() + 1);
    assert_eq!(after["updatedAt"], "2025-10-01T08:05:00.000Z");
    for field in ["version", "updatedAt", "messages", "sla"] {
        after[field] = before[field].clone();
    }
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_history_tells_of_a_redaction_and_the_reason_is_for_staff() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let gone = said(&sarah, &id, "The password is hunter2.").await;
    sarah
        .delete(&format!("{TICKETS}/{id}/messages/{gone}"), reason())
        .await
        .ok();
    for (who, details) in [
        (
            &sarah,
            json!({"message": gone, "isInternal": false, "reason": "It had a password."}),
        ),
        (&amina, json!({"message": gone, "isInternal": false})),
    ] {
        let told = who.get(&format!("{TICKETS}/{id}/history?limit=100")).await;
        let entries = told.ok()["history"].as_array().unwrap();
        let entry = entries.last().unwrap();
        assert_eq!(entry["type"], "message_redacted");
        assert_eq!(entry["by"]["firstName"], "Sarah");
        assert_eq!(entry["details"], details);
    }
    app.settle().await;
    let told: Vec<_> = app.mails().iter().map(|mail| mail.whole.clone()).collect();
    assert!(told.iter().all(|mail| !mail.contains("It had a password.")));
}

#[tokio::test]
async fn staff_redact_what_they_wrote_and_admins_anything() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    let other = amina.asks("general", "low").await;
    app.settle().await;
    let (hers, ours) = (
        said(&amina, &id, "Mine.").await,
        said(&sarah, &id, "Ours.").await,
    );
    let elsewhere = said(&sarah, &other, "Elsewhere.").await;
    for message in [&hers, &ours] {
        let refused = amina.redacts(&id, message).await;
        assert_eq!(refused.refused(403), "role_not_allowed");
    }
    assert_eq!(
        sarah.redacts(&id, &hers).await.refused(403),
        "not_your_message"
    );
    // Of another ticket, of none, and no id at all.
    let absent = "01999999-0000-7000-8000-000000000000";
    for message in [elsewhere.as_str(), absent] {
        assert_eq!(eve.redacts(&id, message).await.refused(404), "not_found");
        assert_eq!(sarah.redacts(&id, message).await.refused(404), "not_found");
    }
    let refused = eve.redacts(&id, "nonsense").await;
    assert_eq!(refused.refused(400), "invalid_query");
    assert_eq!(refused.body["errors"][0]["field"], "messageId");
    let path = format!("{TICKETS}/{id}/messages/{ours}");
    for (body, code) in [
        (json!({}), "required"),
        (json!({"reason": " "}), "too_short"),
        (json!({"reason": "x".repeat(5_001)}), "too_long"),
    ] {
        let refused = sarah.delete(&path, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    assert!(!history(&eve, &id).await.concat().contains("redacted"));
    sarah.redacts(&id, &ours).await.ok();
    let redacted = eve.redacts(&id, &hers).await;
    assert_eq!(redacted.ok()["message"]["redacted"]["by"]["id"], eve.id());
    // Of a closed ticket, too; and not of one that is out of sight by now.
    sarah.closes(&other).await.ok();
    sarah.redacts(&other, &elsewhere).await.ok();
    let late = said(&sarah, &id, "Late.").await;
    eve.does("assign", &id, json!({})).await.ok();
    assert_eq!(sarah.redacts(&id, &late).await.refused(404), "not_found");
}

#[tokio::test]
async fn no_search_finds_what_was_redacted_and_what_is_left_is_found_as_before() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = amina.asks("general", "low").await;
    amina.says(&id, "zebra giraffe").await.created();
    let gone = said(&amina, &id, "zebra hunter2 okapi").await;
    let note = eve.notes(&id, "okapi gazelle").await;
    let search = async |who: &Caller, q: &str| total(who, q).await == 1;
    for q in ["hunter2", "okapi", "%22zebra%20hunter2%22", "hunt*"] {
        assert!(search(&amina, q).await && search(&eve, q).await, "{q}");
    }
    eve.redacts(&id, &gone).await.ok();
    for (q, amina_finds, eve_finds) in [
        ("hunter2", false, false),
        ("hunt*", false, false),
        ("%22zebra%20hunter2%22", false, false),
        ("-hunter2", true, true),
        ("okapi", false, true),
        ("zebra", true, true),
        ("%22zebra%20giraffe%22", true, true),
        ("gazelle", false, true),
        ("help", true, true),
    ] {
        assert_eq!(search(&amina, q).await, amina_finds, "{q}");
        assert_eq!(search(&eve, q).await, eve_finds, "{q}");
    }
    let quoted = eve.get(&format!("{TICKETS}?q=zebra")).await;
    let quoted = quoted.ok()["tickets"][0]["highlight"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(quoted, 1, "the other message");
    eve.redacts(&id, &note).await.ok();
    for q in ["okapi", "gazelle"] {
        assert!(!search(&eve, q).await, "{q}");
    }
    assert!(search(&eve, "giraffe").await && search(&amina, "please").await);
    // What is written afterwards is found as ever.
    eve.notes(&id, "bongo").await;
    assert!(search(&eve, "bongo").await && !search(&amina, "bongo").await);
}

#[tokio::test]
async fn the_redaction_of_a_note_leaves_no_trace_that_the_customer_could_see() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let note = sarah.notes(&id, "The customer is a friend.").await;
    let seen = async || {
        let paths = ["", "/messages", "/history?limit=100"];
        let mut seen = Vec::new();
        for path in paths {
            seen.push(
                amina
                    .get(&format!("{TICKETS}/{id}{path}"))
                    .await
                    .ok()
                    .clone(),
            );
        }
        seen.push(
            amina
                .get(&format!("{TICKETS}?sort=-updatedAt"))
                .await
                .ok()
                .clone(),
        );
        seen
    };
    app.advance(minutes(3));
    let before = seen().await;
    sarah.redacts(&id, &note).await.ok();
    let after = seen().await;
    assert_eq!(after, before);
    let last = history(&sarah, &id).await.pop();
    assert_eq!(last.as_deref(), Some("message_redacted by Sarah"));
}

#[tokio::test]
async fn a_mail_that_has_not_gone_out_tells_nothing_of_what_was_redacted() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let sarah = app.agent("Sarah", "general").await;
    let kim = json!({"department": "billing", "employeeId": "EMP-7"});
    app.agent_with("Kim", kim).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    app.news();
    for text in ["The password is hunter2.", "The other is hunter3."] {
        let gone = said(&sarah, &id, text).await;
        sarah.redacts(&id, &gone).await.ok();
    }
    let note = sarah.notes(&id, "@EMP-7, it is hunter4.").await;
    eve.redacts(&id, &note).await.ok();
    said(&sarah, &id, "Please look again.").await;
    app.settle().await;
    assert_eq!(app.news(), ["amina: staff_replied"]);
    // Planned and not sent yet: what was to be told is gone by then.
    let late = sarah.notes(&id, "@EMP-7, it is hunter5.").await;
    plan(&app, &late).await;
    let pending = "select count(*) from notifications where status = 'pending'";
    assert_eq!(app.count(pending).await, 1);
    eve.redacts(&id, &late).await.ok();
    app.settle().await;
    assert!(app.news().is_empty());
    let mails = app.mails();
    assert!(mails.iter().all(|mail| !mail.whole.contains("hunter")));
    let left = "select count(*) from notifications where status not in ('sent', 'dropped')";
    assert_eq!(app.count(left).await, 0);
}

#[tokio::test]
async fn redacting_twice_changes_nothing_and_a_repeat_under_a_key_gets_the_first_answer() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = amina.asks("general", "low").await;
    let gone = said(&amina, &id, "hunter2").await;
    let first = redacts(&eve, &id, &gone, "idempotency-key", "k").await;
    let first = first.ok()["message"].clone();
    app.advance(minutes(1));
    let rows = app.fingerprint().await;
    let again = redacts(&eve, &id, &gone, "idempotency-key", "k").await;
    assert_eq!(again.ok()["message"], first);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let twice = eve.redacts(&id, &gone).await;
    assert_eq!(twice.ok()["message"], first);
    assert_eq!(app.fingerprint().await, rows);
}

#[tokio::test]
async fn a_redaction_minds_the_version() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = amina.asks("general", "low").await;
    let gone = said(&amina, &id, "hunter2").await;
    let version = eve.ticket(&id).await["version"].clone();
    let rows = app.fingerprint().await;
    let refused = redacts(&eve, &id, &gone, "if-match", "\"0\"").await;
    assert_eq!(refused.refused(412), "version_moved_on");
    assert_eq!(app.fingerprint().await, rows);
    let present = format!("\"{version}\"");
    redacts(&eve, &id, &gone, "if-match", &present).await.ok();
    let moved = redacts(&eve, &id, &gone, "if-match", &present).await;
    assert_eq!(moved.refused(412), "version_moved_on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_redactions_are_done_once() {
    let app = App::with(&[("DATABASE_CONNECTIONS", "16")]).await;
    let amina = app.customer("Amina").await;
    let (eve, joe) = (app.admin("Eve").await, app.admin("Joe").await);
    let id = amina.asks("general", "low").await;
    for _ in 0..5 {
        let gone = said(&amina, &id, "hunter2").await;
        let before = app.count(REDACTIONS).await;
        let attempts = [&eve, &joe, &eve, &joe].map(|who| {
            let (who, id, gone) = (who.clone(), id.clone(), gone.clone());
            async move { who.redacts(&id, &gone).await }
        });
        let answers = at_once(attempts.into()).await;
        for answer in &answers {
            assert_eq!(answer.ok(), answers[0].ok());
        }
        assert_eq!(app.count(REDACTIONS).await, before + 1);
    }
    assert_eq!(total(&eve, "hunter2").await, 0);
}

/// Has the people told who are to hear of a note, and sends nothing.
async fn plan(app: &App, note: &str) {
    let event = sqlx::query_scalar("select id from ticket_events where what->>'message' = $1")
        .bind(note)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    let mut work = app.cx.begin(Initiator::System).await.unwrap();
    let event = (ToPlan::Event(EventId(event)), None);
    plan_notifications(&mut work, &[event]).await.unwrap();
    work.commit().await.unwrap();
}

const REDACTIONS: &str =
    "select count(*) from ticket_events where what->>'type' = 'message_redacted'";
