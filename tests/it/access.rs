//! Who may call what: one row for each route, called as everybody. A route without a row fails.
//!
//! The table is the contract's, section 3. 401 and 403 depend on the role; 404 stands for a hidden thing. `ok`
//! stands for the status that the row names: the response to an authorised request with a nonsense body. Any
//! other status fails, such as a 500.

use crate::{
    harness::{App, Caller},
    uploads,
};
use axum::http::Method;
use serde_json::{Value, json};

/// A route; the status for an authorised caller, who sends nonsense unless it is a GET; and the response to:
/// nobody, another customer, the customer, another agent, the agent who has the ticket, an admin.
struct Row(&'static str, &'static str, u16, [&'static str; 6]);

const EVERYBODY: [&str; 6] = ["ok"; 6];
const SIGNED_IN: [&str; 6] = ["401", "ok", "ok", "ok", "ok", "ok"];
const STAFF: [&str; 6] = ["401", "403", "403", "ok", "ok", "ok"];
const ADMIN: [&str; 6] = ["401", "403", "403", "403", "403", "ok"];
/// Everybody who sees the ticket.
const TICKET: [&str; 6] = ["401", "404", "ok", "404", "ok", "ok"];
/// Staff who see the ticket.
const DESK: [&str; 6] = ["401", "403", "403", "404", "ok", "ok"];

const TABLE: &[Row] = &[
    Row("GET", "/health/live", 200, EVERYBODY),
    Row("GET", "/health/ready", 200, EVERYBODY),
    Row("GET", "/metrics", 200, EVERYBODY),
    Row("GET", "/docs", 200, EVERYBODY),
    Row("GET", "/api/v1/openapi.json", 200, EVERYBODY),
    Row("POST", "/api/v1/auth/register", 422, EVERYBODY),
    Row("POST", "/api/v1/auth/login", 422, EVERYBODY),
    Row("POST", "/api/v1/auth/refresh", 422, EVERYBODY),
    Row("POST", "/api/v1/auth/logout", 422, SIGNED_IN),
    Row("GET", "/api/v1/auth/me", 200, SIGNED_IN),
    Row("PATCH", "/api/v1/auth/me", 422, SIGNED_IN),
    Row("PUT", "/api/v1/auth/password", 422, SIGNED_IN),
    Row("POST", "/api/v1/auth/forgot-password", 422, EVERYBODY),
    Row("POST", "/api/v1/auth/reset-password", 422, EVERYBODY),
    Row("GET", "/api/v1/auth/reset-password/{token}", 404, EVERYBODY),
    Row(
        "POST",
        "/api/v1/auth/reset-password/{token}",
        404,
        EVERYBODY,
    ),
    Row("POST", "/api/v1/auth/confirm-email", 422, EVERYBODY),
    Row("GET", "/api/v1/auth/confirm-email/{token}", 404, EVERYBODY),
    Row("POST", "/api/v1/auth/confirm-email/{token}", 404, EVERYBODY),
    Row("POST", "/api/v1/support/tickets", 422, SIGNED_IN),
    Row("GET", "/api/v1/support/tickets", 200, SIGNED_IN),
    Row("GET", "/api/v1/support/tickets/{id}", 200, TICKET),
    Row("PATCH", "/api/v1/support/tickets/{id}", 422, TICKET),
    Row("GET", "/api/v1/support/tickets/{id}/messages", 200, TICKET),
    Row("POST", "/api/v1/support/tickets/{id}/messages", 422, TICKET),
    // A message of the agent's.
    Row(
        "DELETE",
        "/api/v1/support/tickets/{id}/messages/{messageId}",
        422,
        DESK,
    ),
    Row("GET", "/api/v1/support/tickets/suggest", 400, SIGNED_IN),
    Row("GET", "/api/v1/support/tickets/{id}/history", 200, TICKET),
    Row("PUT", "/api/v1/support/tickets/{id}/reopen", 422, TICKET),
    Row(
        "POST",
        "/api/v1/support/tickets/{id}/rate",
        422,
        ["401", "404", "ok", "403", "403", "403"],
    ),
    Row("PUT", "/api/v1/support/tickets/{id}/assign", 422, DESK),
    Row("PUT", "/api/v1/support/tickets/{id}/status", 422, DESK),
    Row("PUT", "/api/v1/support/tickets/{id}/priority", 422, DESK),
    // Requesters their own.
    Row("PUT", "/api/v1/support/tickets/{id}/close", 422, TICKET),
    Row("PUT", "/api/v1/support/tickets/{id}/escalate", 422, DESK),
    Row("POST", "/api/v1/support/attachments", 415, SIGNED_IN),
    // One that hangs on a public message of the ticket.
    Row("GET", "/api/v1/support/attachments/{id}", 200, TICKET),
    Row("GET", "/api/v1/support/dashboard", 200, STAFF),
    Row("GET", "/api/v1/events", 200, SIGNED_IN),
    Row("GET", "/api/v1/notifications/push", 200, SIGNED_IN),
    Row(
        "POST",
        "/api/v1/notifications/push/subscriptions",
        422,
        SIGNED_IN,
    ),
    // Each has only its own.
    Row(
        "DELETE",
        "/api/v1/notifications/push/subscriptions/{id}",
        404,
        SIGNED_IN,
    ),
    Row("GET", "/api/v1/support/availability", 200, STAFF),
    Row("PUT", "/api/v1/support/availability", 422, STAFF),
    Row("GET", "/api/v1/support/customers", 400, STAFF),
    Row("GET", "/api/v1/support/survey/{token}", 404, EVERYBODY),
    Row("POST", "/api/v1/support/survey/{token}", 404, EVERYBODY),
    // Of all of these, the list alone has entries: here the ticket's id is that of no notification.
    Row("GET", "/api/v1/notifications", 200, SIGNED_IN),
    Row("PUT", "/api/v1/notifications/{id}/read", 404, SIGNED_IN),
    Row("PUT", "/api/v1/notifications/read-all", 200, SIGNED_IN),
    Row("GET", "/api/v1/notifications/preferences", 200, SIGNED_IN),
    Row("PUT", "/api/v1/notifications/preferences", 422, SIGNED_IN),
    Row(
        "GET",
        "/api/v1/notifications/unsubscribe/{token}",
        404,
        EVERYBODY,
    ),
    Row(
        "POST",
        "/api/v1/notifications/unsubscribe/{token}",
        404,
        EVERYBODY,
    ),
    // Providers: by a signature, and by a secret path.
    Row(
        "POST",
        "/api/v1/notifications/sms/twilio/{token}",
        404,
        EVERYBODY,
    ),
    Row(
        "POST",
        "/api/v1/notifications/sms/africas-talking/{token}",
        404,
        EVERYBODY,
    ),
    Row("GET", "/api/v1/support/stats", 200, ADMIN),
    Row("GET", "/api/v1/support/stats/agents", 200, ADMIN),
    Row("GET", "/api/v1/support/stats/departments", 200, ADMIN),
    Row("GET", "/api/v1/support/stats/categories", 200, ADMIN),
    Row("GET", "/api/v1/support/stats/sla", 200, ADMIN),
    Row("GET", "/api/v1/support/stats/satisfaction", 200, ADMIN),
    Row("GET", "/api/v1/support/stats/backlog", 200, ADMIN),
    Row("GET", "/api/v1/admin/users", 200, ADMIN),
    Row("GET", "/api/v1/admin/users/{id}", 200, ADMIN),
    Row("PATCH", "/api/v1/admin/users/{id}", 422, ADMIN),
    Row(
        "POST",
        "/api/v1/admin/users/{id}/release-tickets",
        200,
        ADMIN,
    ),
    Row("GET", "/api/v1/admin/sla-policies", 200, ADMIN),
    Row("PUT", "/api/v1/admin/sla-policies", 422, ADMIN),
    Row("POST", "/api/v1/admin/sla-policies/simulate", 422, ADMIN),
    Row("GET", "/api/v1/admin/webhooks", 200, ADMIN),
    Row("POST", "/api/v1/admin/webhooks", 422, ADMIN),
    Row("GET", "/api/v1/admin/webhooks/{id}", 200, ADMIN),
    Row("PATCH", "/api/v1/admin/webhooks/{id}", 422, ADMIN),
    Row("POST", "/api/v1/admin/webhooks/{id}/test", 200, ADMIN),
    Row(
        "POST",
        "/api/v1/admin/webhooks/{id}/rotate-secret",
        200,
        ADMIN,
    ),
    Row("GET", "/api/v1/admin/webhooks/{id}/deliveries", 200, ADMIN),
    Row(
        "POST",
        "/api/v1/admin/webhooks/{id}/deliveries/{deliveryId}/redeliver",
        400,
        ADMIN,
    ),
    // The last one: it is gone then.
    Row("DELETE", "/api/v1/admin/webhooks/{id}", 200, ADMIN),
    Row("GET", "/api/v1/admin/jobs", 200, ADMIN),
    Row("GET", "/api/v1/admin/jobs/{id}", 400, ADMIN),
    Row("POST", "/api/v1/admin/jobs/{id}/retry", 400, ADMIN),
    Row("POST", "/api/v1/admin/jobs/{id}/discard", 400, ADMIN),
    Row("GET", "/api/v1/admin/queues", 200, ADMIN),
    Row("PUT", "/api/v1/admin/queues/{queue}", 400, ADMIN),
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
async fn every_caller_gets_the_status_of_the_access_table() {
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
    let admin = app.admin("Eve").await;
    let endpoint = json!({"url": "https://hooks.example.com/"});
    let webhook = admin.post("/api/v1/admin/webhooks", endpoint).await;
    let webhook = webhook.created()["webhook"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let callers = [
        ("nobody", app.stranger()),
        ("another customer", stranger_to_it),
        ("the customer", customer),
        ("another agent", other_agent),
        ("the agent", agent),
        ("an admin", admin),
    ];
    let mut wrong = Vec::new();
    for Row(method, path, granted, expected) in TABLE {
        if *path == "/api/v1/auth/logout" {
            continue; // It would end the callers' logins; its own test has it.
        }
        for ((who, caller), expected) in callers.iter().zip(expected) {
            let id = match path {
                path if path.contains("/users/") => &person,
                path if path.contains("/attachments/") => &upload,
                path if path.contains("/webhooks/") => &webhook,
                _ => &ticket,
            };
            let expected = match *expected {
                "ok" => *granted,
                refused => refused.parse().unwrap(),
            };
            let path = path.replace("{id}", id).replace("{messageId}", &said);
            let status = called(caller, method, &path).await;
            if status != expected {
                wrong.push(format!(
                    "{method} {path} by {who}: {status}, not {expected}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An upload of the caller's that hangs on a public message.
async fn attached(caller: &Caller, ticket: &str) -> String {
    let upload = uploads::picture(caller).await;
    let message = uploads::message(&[&upload], false);
    let messages = format!("/api/v1/support/tickets/{ticket}/messages");
    caller.post(&messages, message).await.created();
    upload
}

/// Calls with a body that is refused as soon as it is read, so that nothing changes: a caller who may not
/// even do that is refused before.
async fn called(caller: &Caller, method: &str, path: &str) -> u16 {
    let method: Method = method.parse().unwrap();
    let body =
        (method != Method::GET).then(|| json!({"nonsense": Value::Null, "more nonsense": 1}));
    caller.call(method, path, body).await.status.as_u16()
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
async fn requesters_see_nothing_internal() {
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
    let note = json!({"message": "the secret for staff only", "isInternal": true});
    assignee
        .post(&format!("{path}/messages"), note)
        .await
        .created();
    let escalate = json!({"reason": "the reason for staff only", "escalatedTo": senior.id()});
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
            "for staff only",
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
        assert!(!mail.whole.contains("for staff only"), "{}", mail.whole);
    }
}
