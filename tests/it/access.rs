//! Who may call what: one row for each route, walked as everybody. A route without a row fails.
//!
//! The table is the contract's, section 3. `-` is 401 or 403, by the role alone; `404` is a thing
//! that the caller may not know of; `ok` is anything but those.

use crate::{
    harness::{App, Caller},
    uploads,
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// A route, and what happens when it is called by: nobody, another customer, the customer,
/// another agent, the agent who has the ticket, an admin.
struct Row(&'static str, &'static str, [&'static str; 6]);

const EVERYBODY: [&str; 6] = ["ok"; 6];
const SIGNED_IN: [&str; 6] = ["401", "ok", "ok", "ok", "ok", "ok"];
const STAFF: [&str; 6] = ["401", "403", "403", "ok", "ok", "ok"];
const ADMIN: [&str; 6] = ["401", "403", "403", "403", "403", "ok"];
/// Whoever sees the ticket.
const TICKET: [&str; 6] = ["401", "404", "ok", "404", "ok", "ok"];
/// Staff who see the ticket.
const DESK: [&str; 6] = ["401", "403", "403", "404", "ok", "ok"];

const TABLE: &[Row] = &[
    Row("GET", "/health/live", EVERYBODY),
    Row("GET", "/health/ready", EVERYBODY),
    Row("GET", "/metrics", EVERYBODY),
    Row("GET", "/docs", EVERYBODY),
    Row("GET", "/api/v1/openapi.json", EVERYBODY),
    Row("POST", "/api/v1/auth/register", EVERYBODY),
    Row("POST", "/api/v1/auth/login", EVERYBODY),
    Row("POST", "/api/v1/auth/refresh", EVERYBODY),
    Row("POST", "/api/v1/auth/logout", SIGNED_IN),
    Row("GET", "/api/v1/auth/me", SIGNED_IN),
    Row("PATCH", "/api/v1/auth/me", SIGNED_IN),
    Row("PUT", "/api/v1/auth/password", SIGNED_IN),
    Row("POST", "/api/v1/auth/forgot-password", EVERYBODY),
    Row("POST", "/api/v1/auth/reset-password", EVERYBODY),
    Row("GET", "/api/v1/auth/reset-password/{token}", EVERYBODY),
    Row("POST", "/api/v1/auth/reset-password/{token}", EVERYBODY),
    Row("POST", "/api/v1/auth/confirm-email", EVERYBODY),
    Row("GET", "/api/v1/auth/confirm-email/{token}", EVERYBODY),
    Row("POST", "/api/v1/auth/confirm-email/{token}", EVERYBODY),
    Row("POST", "/api/v1/support/tickets", SIGNED_IN),
    Row("GET", "/api/v1/support/tickets", SIGNED_IN),
    Row("GET", "/api/v1/support/tickets/{id}", TICKET),
    Row("PATCH", "/api/v1/support/tickets/{id}", TICKET),
    Row("GET", "/api/v1/support/tickets/{id}/messages", TICKET),
    Row("POST", "/api/v1/support/tickets/{id}/messages", TICKET),
    // A message of the agent's.
    Row(
        "DELETE",
        "/api/v1/support/tickets/{id}/messages/{messageId}",
        DESK,
    ),
    Row("GET", "/api/v1/support/tickets/{id}/history", TICKET),
    Row("PUT", "/api/v1/support/tickets/{id}/reopen", TICKET),
    Row(
        "POST",
        "/api/v1/support/tickets/{id}/rate",
        ["401", "404", "ok", "403", "403", "403"],
    ),
    Row("PUT", "/api/v1/support/tickets/{id}/assign", DESK),
    Row("PUT", "/api/v1/support/tickets/{id}/status", DESK),
    Row("PUT", "/api/v1/support/tickets/{id}/priority", DESK),
    // Requesters their own.
    Row("PUT", "/api/v1/support/tickets/{id}/close", TICKET),
    Row("PUT", "/api/v1/support/tickets/{id}/escalate", DESK),
    Row("POST", "/api/v1/support/attachments", SIGNED_IN),
    // One that hangs on a public message of the ticket.
    Row("GET", "/api/v1/support/attachments/{id}", TICKET),
    Row("GET", "/api/v1/support/dashboard", STAFF),
    Row("GET", "/api/v1/support/availability", STAFF),
    Row("PUT", "/api/v1/support/availability", STAFF),
    Row("GET", "/api/v1/support/customers", STAFF),
    Row("GET", "/api/v1/support/survey/{token}", EVERYBODY),
    Row("POST", "/api/v1/support/survey/{token}", EVERYBODY),
    Row("GET", "/api/v1/support/stats", ADMIN),
    Row("GET", "/api/v1/admin/users", ADMIN),
    Row("GET", "/api/v1/admin/users/{id}", ADMIN),
    Row("PATCH", "/api/v1/admin/users/{id}", ADMIN),
    Row("POST", "/api/v1/admin/users/{id}/release-tickets", ADMIN),
    Row("GET", "/api/v1/admin/sla-policies", ADMIN),
    Row("PUT", "/api/v1/admin/sla-policies", ADMIN),
    Row("POST", "/api/v1/admin/sla-policies/simulate", ADMIN),
    Row("GET", "/api/v1/admin/jobs", ADMIN),
    Row("GET", "/api/v1/admin/jobs/{id}", ADMIN),
    Row("POST", "/api/v1/admin/jobs/{id}/retry", ADMIN),
    Row("POST", "/api/v1/admin/jobs/{id}/discard", ADMIN),
    Row("GET", "/api/v1/admin/queues", ADMIN),
    Row("PUT", "/api/v1/admin/queues/{queue}", ADMIN),
];

#[test]
fn every_route_has_a_row_in_the_table_of_access() {
    let (_, routes) = api::routes::all();
    let mut built: Vec<String> = routes
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let mut listed: Vec<String> = TABLE
        .iter()
        .map(|row| format!("{} {}", row.0, row.1))
        .collect();
    built.sort();
    listed.sort();
    assert_eq!(built, listed);
}

#[tokio::test]
async fn everybody_gets_what_the_table_of_access_says() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    let stranger_to_it = app.customer("Zoe").await;
    let agent = app.agent("Sam", "general").await;
    let ticket = customer
        .opens(json!({"subject": "Help", "description": "Please."}))
        .await;
    app.settle().await;
    let upload = attached(&customer, &ticket).await;
    assert_eq!(
        customer.ticket(&ticket).await["assignedTo"]["id"],
        agent.id()
    );
    let other_agent = app.agent("Tom", "general").await;
    let said = agent.says(&ticket, "Hello.").await;
    let said = said.created()["message"]["id"].as_str().unwrap().to_owned();
    // Somebody whose account admins look at, and an agent, as customers have no tickets to release.
    let person = app.agent("Uma", "billing").await.id();
    let callers = [
        ("nobody", app.stranger()),
        ("another customer", stranger_to_it),
        ("the customer", customer),
        ("another agent", other_agent),
        ("the agent", agent),
        ("an admin", app.admin("Eve").await),
    ];
    for Row(method, path, expected) in TABLE {
        if *path == "/api/v1/auth/logout" {
            continue; // It would end the callers' logins; its own test has it.
        }
        for ((who, caller), expected) in callers.iter().zip(expected) {
            let id = match path {
                path if path.contains("/users/") => &person,
                path if path.contains("/attachments/") => &upload,
                _ => &ticket,
            };
            let path = path.replace("{id}", id).replace("{messageId}", &said);
            let status = called(caller, method, &path).await;
            let got = match status {
                StatusCode::UNAUTHORIZED if !path.contains("/auth/") => "401",
                StatusCode::UNAUTHORIZED
                    if path.ends_with("/me") || path.ends_with("/auth/password") =>
                {
                    "401"
                }
                StatusCode::FORBIDDEN => "403",
                StatusCode::NOT_FOUND if !path.contains("{token}") => "404",
                _ => "ok",
            };
            assert_eq!(got, *expected, "{method} {path} by {who}: {status}");
        }
    }
}

/// An upload of the caller's that hangs on a public message.
async fn attached(caller: &Caller, ticket: &str) -> String {
    let upload = uploads::picture(caller).await;
    let message = uploads::message(&[&upload], false);
    let messages = format!("/api/v1/support/tickets/{ticket}/messages");
    caller.post(&messages, message).await.created();
    upload
}

/// Calls with a body that is refused as soon as it is looked at, so that nothing changes: who may
/// not even do that is told so before.
async fn called(caller: &Caller, method: &str, path: &str) -> StatusCode {
    let method: Method = method.parse().unwrap();
    let body =
        (method != Method::GET).then(|| json!({"nonsense": Value::Null, "more nonsense": 1}));
    caller.call(method, path, body).await.status
}

#[tokio::test]
async fn a_ticket_that_is_out_of_sight_reads_like_one_that_does_not_exist() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    let other = app.customer("Zoe").await;
    let ticket = customer
        .opens(json!({"subject": "Help", "description": "Please."}))
        .await;
    let hidden = other
        .get(&format!("/api/v1/support/tickets/{ticket}"))
        .await;
    let absent = other
        .get("/api/v1/support/tickets/01999999-0000-7000-8000-000000000000")
        .await;
    assert_eq!(hidden.refused(404), absent.refused(404));
    let without_request_id = |mut body: Value| {
        body.as_object_mut().unwrap().remove("requestId");
        body
    };
    assert_eq!(
        without_request_id(hidden.body),
        without_request_id(absent.body)
    );
}

#[tokio::test]
async fn requesters_see_nothing_of_the_house() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    let agent = app.agent("Sam", "general").await;
    let senior = app.agent("Kim", "general").await;
    let ticket = customer
        .opens(json!({"subject": "Help", "description": "Please."}))
        .await;
    app.settle().await;
    let path = format!("/api/v1/support/tickets/{ticket}");
    let assignee = if app.stranger_to(&agent, &ticket).await {
        &senior
    } else {
        &agent
    };
    let note = json!({"message": "the secret of the house", "isInternal": true});
    assignee
        .post(&format!("{path}/messages"), note)
        .await
        .created();
    let escalate = json!({"reason": "the reason of the house", "escalatedTo": senior.id()});
    assignee.does("escalate", &ticket, escalate).await.ok();
    app.settle().await;
    for path in [
        path.clone(),
        format!("{path}/messages"),
        format!("{path}/history"),
        "/api/v1/support/tickets".into(),
    ] {
        let seen = customer.get(&path).await.ok().to_string();
        for secret in [
            "of the house",
            "sam@example.com",
            "kim@example.com",
            "254712345678",
            "note_added",
        ] {
            assert!(!seen.contains(secret), "{path} shows {secret}: {seen}");
        }
    }
    let shown = customer.ticket(&ticket).await;
    assert_eq!(shown["escalation"], json!({"level": 1, "history": []}));
    for mail in app.mails().iter().filter(|mail| mail.to.contains("ann@")) {
        assert!(!mail.whole.contains("of the house"), "{}", mail.whole);
    }
}
