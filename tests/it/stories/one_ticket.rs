//! One ticket through the features that share it: the search for customers, idempotency keys, edits,
//! mentions, redaction, and the close by its requester. Each has tests of its own; these hold what they
//! must keep for each other.

use crate::harness::{Answer, App, Caller, NOTHING, TICKETS, history};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

/// The same write twice under one key: the first response. The second has to be its replay, and may
/// change nothing.
async fn twice(
    app: &App,
    who: &Caller,
    (method, path): (Method, &str),
    key: &str,
    body: &Value,
) -> Answer {
    let send = async || {
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", who.token().unwrap()),
            )
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        who.send(request.unwrap()).await
    };
    let first = send().await;
    assert!(first.status.is_success(), "{path}: {}", first.body);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let before = app.fingerprint().await;
    let second = send().await;
    assert_eq!(second.headers["idempotency-replayed"], "true", "{path}");
    assert_eq!(second.status, first.status, "{path}");
    assert_eq!(second.body, first.body, "{path}");
    assert_eq!(app.fingerprint().await, before, "{path}");
    first
}

/// A customer, her agent, an agent of another desk who is mentioned as `@EMP-7`, and the ticket that the
/// first agent opened for the customer.
struct Scene {
    app: App,
    amina: Caller,
    sarah: Caller,
    kim: Caller,
    id: String,
    path: String,
}

impl Scene {
    async fn new() -> Self {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        let sarah = app.agent("Sarah", "general").await;
        let kim = json!({"department": "billing", "employeeId": "EMP-7"});
        let kim = app.agent_with("Kim", kim).await;
        let found = sarah.get("/api/v1/support/customers?q=amina").await;
        let found = found.ok()["customers"][0]["id"].clone();
        assert_eq!(found, amina.id());
        let ticket = json!({
            "subject": "Card refused", "description": "By telephone.", "customerId": found
        });
        let opening = (Method::POST, TICKETS);
        let made = twice(&app, &sarah, opening, "open", &ticket).await;
        let id = made.created()["ticket"]["id"].as_str().unwrap().to_owned();
        app.settle().await;
        assert_eq!(app.assignee(&id).await, Some(sarah.id()));
        app.news();
        Self {
            path: format!("{TICKETS}/{id}"),
            app,
            amina,
            sarah,
            kim,
            id,
        }
    }

    /// The id of a message that was written twice under one key.
    async fn writes(&self, who: &Caller, key: &str, body: Value) -> String {
        let path = format!("{}/messages", self.path);
        let made = twice(&self.app, who, (Method::POST, &path), key, &body).await;
        made.created()["message"]["id"].as_str().unwrap().to_owned()
    }

    async fn redacts(&self, who: &Caller, key: &str, message: &str) -> Answer {
        let path = format!("{}/messages/{message}", self.path);
        let reason = json!({"reason": "It had a card number."});
        twice(&self.app, who, (Method::DELETE, &path), key, &reason).await
    }

    async fn finds(&self, who: &Caller, word: &str) -> Value {
        let found = who.get(&format!("{TICKETS}?q={word}")).await;
        found.ok()["pagination"]["total"].clone()
    }
}

#[tokio::test]
async fn a_ticket_goes_through_edits_mentions_redaction_and_its_customers_close_with_each_write_done_once()
 {
    let scene = Scene::new().await;
    let (app, amina, sarah, kim) = (&scene.app, &scene.amina, &scene.sarah, &scene.kim);
    let ticket = (Method::PATCH, scene.path.as_str());

    // The customer corrects the subject while nobody has answered.
    let subject = json!({"subject": "Card 4111 refused", "tags": ["card"]});
    let edited = twice(app, amina, ticket.clone(), "edit", &subject).await;
    assert_eq!(edited.ok()["ticket"]["subject"], "Card 4111 refused");

    // The agent asks another desk, which reads the ticket, adds notes, and edits nothing.
    let question = json!({"message": "@EMP-7, an okapi in the ledger?", "isInternal": true});
    let note = scene.writes(sarah, "ask", question).await;
    app.settle().await;
    assert_eq!(app.news(), ["kim: mentioned"]);
    assert_eq!(kim.ticket(&scene.id).await, sarah.ticket(&scene.id).await);
    let refused = kim.patch(&scene.path, json!({"subject": "Mine"})).await;
    assert_eq!(refused.refused(403), "mentioned_only");
    let answer = json!({"message": "Paid by 4111.", "isInternal": true});
    let answer = scene.writes(kim, "answer", answer).await;

    // The customer sees nothing of it, and her subject is still hers to change: notes are no answers.
    assert_eq!(scene.finds(amina, "okapi").await, 0);
    assert_eq!(scene.finds(kim, "okapi").await, 1);
    let subject = json!({"subject": "Card refused"});
    twice(app, amina, ticket, "edit-again", &subject).await;

    // Each redacts what they wrote; without the note that mentions her, the ticket is hidden from Kim.
    scene.redacts(kim, "redact", &answer).await.ok();
    scene.redacts(sarah, "redact", &note).await.ok();
    assert!(app.stranger_to(kim, &scene.id).await);
    assert_eq!(scene.finds(sarah, "okapi").await, 0);

    // The customer closes it herself: no survey, and nothing of hers to change afterwards.
    let close = format!("{}/close", scene.path);
    let reason = json!({"reason": "The bank has freed it."});
    let closed = twice(app, amina, (Method::PUT, &close), "close", &reason).await;
    assert_eq!(closed.ok()["ticket"]["status"], "closed");
    let refused = amina.patch(&scene.path, json!({"subject": "Late"})).await;
    assert_eq!(refused.refused(409), "answered_already");
    app.settle().await;
    assert!(!app.news().iter().any(|mail| mail.starts_with("amina")));
}

#[tokio::test]
async fn keys_are_of_their_caller_and_a_customer_s_history_has_none_of_the_notes() {
    let scene = Scene::new().await;
    let (app, amina, sarah, kim) = (&scene.app, &scene.amina, &scene.sarah, &scene.kim);
    // One key for all: each caller's is another.
    let note = json!({"message": "@EMP-7, see.", "isInternal": true});
    let note = scene.writes(sarah, "k", note).await;
    let said = json!({"message": "Hello?"});
    scene.writes(amina, "k", said).await;
    let seen = json!({"message": "Seen.", "isInternal": true});
    scene.writes(kim, "k", seen).await;
    // One caller's key is of one request.
    let path = format!("{}/messages/{note}", scene.path);
    let other = Request::delete(&path)
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", sarah.token().unwrap()),
        )
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "k")
        .body(Body::from(json!({"reason": "Other."}).to_string()));
    let refused = sarah.send(other.unwrap()).await;
    assert_eq!(refused.refused(422), "idempotency_key_reused");
    scene.redacts(sarah, "redact", &note).await.ok();
    let close = format!("{}/close", scene.path);
    twice(app, amina, (Method::PUT, &close), "close", &json!({})).await;

    let public = [
        "created by Sarah",
        "assigned by the system",
        "status_changed open → assigned by the system",
        "message_added by Amina",
        "status_changed assigned → resolved by Amina",
        "resolved by Amina",
        "status_changed resolved → closed by Amina",
        "closed by Amina",
    ];
    assert_eq!(history(amina, &scene.id).await, public);
    let mut all = public.to_vec();
    all.insert(3, "note_added by Sarah");
    all.insert(5, "note_added by Kim");
    all.insert(6, "message_redacted by Sarah");
    assert_eq!(history(sarah, &scene.id).await, all);
    // The note that mentioned her is gone, and with it the sight of the ticket and of its history.
    let hidden = kim.get(&format!("{}/history", scene.path)).await;
    assert_eq!(hidden.refused(404), "not_found");
    app.settle().await;
    app.news();
    app.settle().await;
    assert_eq!(app.news(), NOTHING);
}
