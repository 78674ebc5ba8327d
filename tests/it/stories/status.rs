//! Transitions of a ticket's status over HTTP: representative pairs, and the texts of the refusals. All 81
//! pairs are a unit test of `shared/domain/src/status.rs`.

use crate::harness::{App, Caller, TICKETS, history};
use serde_json::json;

/// A ticket in that status, by the calls that lead there; no job has run.
pub(super) async fn ticket_in(customer: &Caller, admin: &Caller, status: &str) -> String {
    let id = customer.asks("general", "low").await;
    let again = json!({"reason": "why"});
    match status {
        "open" => {}
        "assigned" => {
            admin.does("assign", &id, json!({})).await.ok();
        }
        "in_progress" | "resolved" => {
            admin.sets(&id, status).await.ok();
        }
        "waiting_customer" | "waiting_internal" => {
            admin.sets(&id, "in_progress").await.ok();
            admin.sets(&id, status).await.ok();
        }
        "escalated" => {
            admin.does("escalate", &id, again).await.ok();
        }
        "reopened" => {
            admin.closes(&id).await.ok();
            admin.does("reopen", &id, again).await.ok();
        }
        _ => {
            admin.closes(&id).await.ok();
        }
    }
    assert_eq!(admin.status_of(&id).await, status);
    id
}

#[tokio::test]
async fn a_status_is_set_or_refused_as_the_table_of_transitions_says() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    // The present status, the wanted one, the response, and the statuses that a refusal offers.
    let cases: [(&str, &str, u16, &[&str]); 9] = [
        ("open", "in_progress", 200, &[]),
        ("open", "open", 200, &[]),
        ("open", "closed", 409, &["in_progress", "resolved"]),
        ("in_progress", "waiting_customer", 200, &[]),
        (
            "waiting_customer",
            "closed",
            409,
            &["open", "in_progress", "waiting_internal", "resolved"],
        ),
        ("resolved", "closed", 200, &[]),
        ("resolved", "in_progress", 409, &["closed"]),
        ("closed", "open", 409, &["nothing"]),
        ("closed", "closed", 200, &[]),
    ];
    for (from, to, status, offered) in cases {
        let id = ticket_in(&amina, &eve, from).await;
        let before = eve.ticket(&id).await;
        let response = eve.sets(&id, to).await;
        assert_eq!(response.status, status, "{from} → {to}: {}", response.body);
        if status == 200 {
            assert_eq!(response.ok()["ticket"]["status"], to, "from {from}");
        } else {
            assert_eq!(response.refused(409), "illegal_transition");
            let detail = response.body["detail"].as_str().unwrap();
            for word in [from].iter().chain(offered) {
                assert!(detail.contains(word), "{from} → {to}: {detail}");
            }
        }
        if status != 200 || from == to {
            assert_eq!(eve.ticket(&id).await, before, "{from} → {to} changed it");
        }
    }
}

#[tokio::test]
async fn a_status_with_an_operation_of_its_own_is_refused_and_names_the_operation() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for (from, to) in [
        ("open", "assigned"),
        ("in_progress", "escalated"),
        ("closed", "reopened"),
        ("escalated", "escalated"),
    ] {
        let id = ticket_in(&amina, &eve, from).await;
        let before = eve.ticket(&id).await;
        let response = eve.sets(&id, to).await;
        assert_eq!(response.refused(422), "invalid_fields");
        let error = &response.body["errors"][0];
        assert_eq!(error["field"], "status");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("PUT /"), "{message}");
        assert_eq!(eve.ticket(&id).await, before, "{from} → {to} changed it");
    }
}

#[tokio::test]
async fn other_operations_are_refused_over_http_once_a_ticket_is_over_or_still_active() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let reason = json!({"reason": "why"});
    let closing = json!({"summary": "Done.", "resolutionType": "solved"});
    for (from, verb, body, status) in [
        ("in_progress", "assign", json!({}), 200),
        ("closed", "assign", json!({}), 409),
        ("waiting_internal", "escalate", reason.clone(), 200),
        ("resolved", "escalate", reason.clone(), 409),
        ("resolved", "reopen", reason.clone(), 200),
        ("in_progress", "reopen", reason.clone(), 409),
        ("reopened", "close", closing.clone(), 200),
        ("closed", "close", closing.clone(), 409),
    ] {
        let id = ticket_in(&amina, &eve, from).await;
        let response = eve.does(verb, &id, body).await;
        assert_eq!(
            response.status, status,
            "{verb} of {from}: {}",
            response.body
        );
    }
}

#[tokio::test]
async fn notes_of_a_status_become_an_internal_note_also_when_nothing_else_changes() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    for note in ["Begun.", "Still at it."] {
        let body = json!({"status": "in_progress", "notes": note});
        sarah.does("status", &id, body).await.ok();
    }
    let path = format!("{TICKETS}/{id}/messages");
    let thread = sarah.get(&path).await.ok()["messages"].clone();
    assert_eq!(thread[0]["message"], "Begun.");
    assert_eq!(thread[1]["message"], "Still at it.");
    assert_eq!(thread[1]["isInternal"], true);
    assert_eq!(thread[1]["sender"]["id"], sarah.id());
    assert_eq!(amina.get(&path).await.ok()["messages"], json!([]));
    let lines = history(&sarah, &id).await;
    assert_eq!(
        lines[3..],
        [
            "status_changed assigned → in_progress by Sarah",
            "note_added by Sarah",
            "note_added by Sarah"
        ]
    );
}

#[tokio::test]
async fn a_write_may_insist_on_the_version_it_has_seen() {
    use axum::{
        body::Body,
        http::{Request, header},
    };
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    let seen = eve.get(&format!("{TICKETS}/{id}")).await;
    let etag = seen.headers["etag"].to_str().unwrap().to_owned();
    let insists = async |etag: &str, body: &str| {
        let request = Request::put(format!("{TICKETS}/{id}/status"))
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", eve.token().unwrap()),
            )
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, etag)
            .body(Body::from(body.to_owned()));
        eve.send(request.unwrap()).await
    };
    let to = |status: &str| json!({"status": status}).to_string();
    let moved = insists(&etag, &to("in_progress")).await;
    moved.ok();
    assert_ne!(moved.headers["etag"], etag.as_str());
    let stale = insists(&etag, &to("resolved")).await;
    assert_eq!(stale.refused(412), "version_moved_on");
    // Before the state is looked at, and after the body was.
    assert_eq!(insists(&etag, &to("closed")).await.status, 412);
    assert_eq!(insists(&etag, &to("assigned")).await.status, 422);
    insists("*", &to("resolved")).await.ok();
}
