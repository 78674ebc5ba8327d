//! The table of moves, in full.

use crate::harness::{App, Caller, TICKETS, history};
use serde_json::json;

const STATUSES: [&str; 9] = [
    "open",
    "assigned",
    "in_progress",
    "waiting_customer",
    "waiting_internal",
    "escalated",
    "reopened",
    "resolved",
    "closed",
];

/// By `/status`, the present one aside: the contract, section 3.
fn allowed(from: &str) -> &'static [&'static str] {
    match from {
        "open" => &["in_progress", "resolved"],
        "assigned" | "escalated" | "reopened" => &[
            "open",
            "in_progress",
            "waiting_customer",
            "waiting_internal",
            "resolved",
        ],
        "in_progress" => &["open", "waiting_customer", "waiting_internal", "resolved"],
        "waiting_customer" => &["open", "in_progress", "waiting_internal", "resolved"],
        "waiting_internal" => &["open", "in_progress", "waiting_customer", "resolved"],
        "resolved" => &["closed"],
        _ => &[],
    }
}

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
async fn status_moves_as_the_table_says_and_in_no_other_way() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for from in STATUSES {
        for to in STATUSES {
            let id = ticket_in(&amina, &eve, from).await;
            let before = eve.ticket(&id).await;
            let answer = eve.sets(&id, to).await;
            let expected = match to {
                "assigned" | "escalated" | "reopened" => 422,
                _ if to == from || allowed(from).contains(&to) => 200,
                _ => 409,
            };
            assert_eq!(answer.status, expected, "{from} → {to}: {}", answer.body);
            match expected {
                200 => assert_eq!(answer.ok()["ticket"]["status"], to, "from {from}"),
                409 => {
                    let detail = answer.body["detail"].as_str().unwrap();
                    assert!(detail.contains(from), "{detail}");
                    for next in allowed(from) {
                        assert!(detail.contains(next), "{detail}");
                    }
                }
                _ => {
                    let message = answer.body["errors"][0]["message"].as_str().unwrap();
                    assert_eq!(answer.body["errors"][0]["field"], "status");
                    assert!(message.contains("PUT /"), "{message}");
                }
            }
            if expected != 200 || from == to {
                assert_eq!(eve.ticket(&id).await, before, "{from} → {to} changed it");
            }
        }
    }
}

#[tokio::test]
async fn other_calls_move_as_the_table_says() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let reason = json!({"reason": "why"});
    for from in STATUSES {
        let over = matches!(from, "resolved" | "closed");
        let cases = [
            ("assign", json!({}), !over),
            ("escalate", reason.clone(), !over),
            ("reopen", reason.clone(), over),
            (
                "close",
                json!({"summary": "Done.", "resolutionType": "solved"}),
                from != "closed",
            ),
        ];
        for (verb, body, allowed) in cases {
            let id = ticket_in(&amina, &eve, from).await;
            let answer = eve.does(verb, &id, body).await;
            let expected = if allowed { 200 } else { 409 };
            assert_eq!(answer.status, expected, "{verb} of {from}: {}", answer.body);
        }
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
