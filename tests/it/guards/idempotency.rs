//! `Idempotency-Key`: a request that is sent twice is done once and gets the same response.

mod at_once;

use super::{TICKETS, help, request};
use crate::harness::{App, Caller};
use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, Response, StatusCode, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// A PUT under a key.
fn put(caller: &Caller, path: &str, key: &str, body: &Value) -> Request<Body> {
    request(caller, Method::PUT, path, &[("idempotency-key", key)], body)
}

/// A POST under a key.
fn keyed(caller: &Caller, path: &str, key: &str, body: &Value) -> Request<Body> {
    request(
        caller,
        Method::POST,
        path,
        &[("idempotency-key", key)],
        body,
    )
}

/// The answer as it goes over the wire, without what belongs to the request alone.
async fn whole(app: &App, request: Request<Body>) -> (StatusCode, Vec<String>, Vec<u8>) {
    let answer: Response<Body> = api::router(app.cx.clone()).oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let of_request = ["x-request-id", "idempotency-replayed"];
    let mut headers: Vec<_> = parts
        .headers
        .iter()
        .filter(|(name, _)| !of_request.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    (parts.status, headers, body)
}

async fn count(app: &App, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_repeat_returns_the_first_answer_and_does_nothing_again() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let first = whole(&app, keyed(&ann, TICKETS, "k1", &help())).await;
    assert_eq!(first.0, StatusCode::CREATED);
    app.advance(TimeDelta::minutes(7));
    let second = whole(&app, keyed(&ann, TICKETS, "k1", &help())).await;
    assert_eq!(first, second);
    for name in ["location: ", "etag: ", "content-type: application/json"] {
        assert!(second.1.iter().any(|line| line.starts_with(name)), "{name}");
    }
    let told = ann.send(keyed(&ann, TICKETS, "k1", &help())).await;
    assert_eq!(told.headers["idempotency-replayed"], "true");
    assert_eq!(count(&app, "tickets").await, 1);
}

#[tokio::test]
async fn without_a_key_or_with_another_it_is_done_again() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    ann.post(TICKETS, help()).await.created();
    ann.post(TICKETS, help()).await.created();
    ann.send(keyed(&ann, TICKETS, "k1", &help()))
        .await
        .created();
    ann.send(keyed(&ann, TICKETS, "k2", &help()))
        .await
        .created();
    assert_eq!(count(&app, "tickets").await, 4);
}

#[tokio::test]
async fn equal_keys_of_two_callers_have_nothing_to_do_with_each_other() {
    let app = App::new().await;
    let (ann, zoe) = (app.customer("Ann").await, app.customer("Zoe").await);
    let hers = ann.send(keyed(&ann, TICKETS, "k", &help())).await;
    let others = zoe.send(keyed(&zoe, TICKETS, "k", &help())).await;
    assert_ne!(
        hers.created()["ticket"]["id"],
        others.created()["ticket"]["id"]
    );
}

#[tokio::test]
async fn a_replay_is_not_given_to_a_person_whose_role_has_changed() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let sam = app.agent("Sam", "general").await;
    let mut body = help();
    body["customerId"] = json!(ann.id());
    let made = sam.send(keyed(&sam, TICKETS, "k", &body)).await;
    assert_eq!(made.created()["ticket"]["customer"]["id"], ann.id());
    let account = format!("/api/v1/admin/users/{}", sam.id());
    eve.patch(&account, json!({"role": "customer"})).await.ok();
    let again = sam.send(keyed(&sam, TICKETS, "k", &body)).await;
    assert_eq!(again.refused(422), "invalid_fields");
    assert_eq!(again.body["errors"][0]["field"], "customerId");
    assert_eq!(count(&app, "tickets").await, 1);
}

#[tokio::test]
async fn a_key_that_comes_with_another_request_is_refused() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let made = ann.send(keyed(&ann, TICKETS, "k", &help())).await;
    let id = made.created()["ticket"]["id"].as_str().unwrap().to_owned();
    let other_body = json!({"subject": "Other", "description": "Please."});
    let messages = format!("{TICKETS}/{id}/messages");
    for request in [
        keyed(&ann, TICKETS, "k", &other_body),
        keyed(&ann, &messages, "k", &help()),
    ] {
        assert_eq!(
            ann.send(request).await.refused(422),
            "idempotency_key_reused"
        );
    }
    assert_eq!(count(&app, "tickets").await, 1);
    assert_eq!(count(&app, "messages").await, 0);
}

#[tokio::test]
async fn a_refusal_is_not_kept_so_that_the_corrected_request_may_use_its_key() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    for _ in 0..20 {
        let faulty = keyed(&ann, TICKETS, "k", &json!({"subject": "Help"}));
        assert_eq!(ann.send(faulty).await.refused(422), "invalid_fields");
    }
    ann.send(keyed(&ann, TICKETS, "k", &help())).await.created();
    assert_eq!(count(&app, "tickets").await, 1);
}

#[tokio::test]
async fn after_a_day_a_key_is_forgotten_and_its_answer_deleted() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    ann.send(keyed(&ann, TICKETS, "k", &help())).await.created();
    app.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    ann.send(keyed(&ann, TICKETS, "k", &help())).await.created();
    assert_eq!(count(&app, "tickets").await, 1);
    app.advance(TimeDelta::seconds(1));
    ann.send(keyed(&ann, TICKETS, "k", &help())).await.created();
    assert_eq!(count(&app, "tickets").await, 2);
    app.tick().await;
    assert_eq!(count(&app, "idempotency_keys").await, 1);
    app.advance(TimeDelta::hours(25));
    app.tick().await;
    assert_eq!(count(&app, "idempotency_keys").await, 0);
}

#[tokio::test]
async fn a_key_that_is_none_is_a_bad_request() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    for key in ["", "a b", &"x".repeat(256)] {
        let answer = ann.send(keyed(&ann, TICKETS, key, &help())).await;
        assert_eq!(answer.refused(400), "invalid_idempotency_key", "{key:?}");
    }
    assert_eq!(count(&app, "tickets").await, 0);
}

#[tokio::test]
async fn messages_ratings_and_surveys_know_keys_too() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let ticket = ann.opens(help()).await;
    let close = json!({"summary": "Done.", "resolutionType": "solved"});
    let say = format!("{TICKETS}/{ticket}/messages");
    let rate = format!("{TICKETS}/{ticket}/rate");
    let (hello, five) = (json!({"message": "Hello?"}), json!({"rating": 5}));
    let said = whole(&app, keyed(&ann, &say, "say", &hello)).await;
    eve.does("close", &ticket, close).await.ok();
    let rated = whole(&app, keyed(&ann, &rate, "rate", &five)).await;
    assert_eq!((said.0, rated.0), (StatusCode::CREATED, StatusCode::OK));
    // Each would be refused if it were done again: the ticket is closed, and rated.
    assert_eq!(said, whole(&app, keyed(&ann, &say, "say", &hello)).await);
    assert_eq!(rated, whole(&app, keyed(&ann, &rate, "rate", &five)).await);
    assert_eq!(ann.post(&rate, five).await.refused(409), "rated_already");
}

#[tokio::test]
async fn a_survey_that_is_sent_twice_under_a_key_is_thanked_for_twice() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let ticket = ann.opens(help()).await;
    let close = json!({"summary": "Done.", "resolutionType": "solved"});
    eve.does("close", &ticket, close).await.ok();
    let secret = &app.cx.config.auth.jwt_secret;
    let token = domain::tickets::survey::token(secret, ticket.parse().unwrap(), 0);
    let form = |key: Option<&str>| {
        let path = format!("/api/v1/support/survey/{token}");
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.body(Body::from("rating=4&feedback=Good")).unwrap()
    };
    let first = whole(&app, form(Some("k"))).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(first, whole(&app, form(Some("k"))).await);
    assert_eq!(whole(&app, form(None)).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn answers_that_hold_secrets_are_never_kept() {
    let app = App::new().await;
    let stranger = app.stranger();
    let body = json!({
        "firstName": "Ann", "lastName": "Otieno", "email": "ann@example.com",
        "phoneNumber": "+254712345678", "password": "SecurePass123!",
    });
    let register = keyed(&stranger, "/api/v1/auth/register", "k", &body);
    stranger.send(register).await.created();
    let login = json!({"email": "ann@example.com", "password": "SecurePass123!"});
    let login = keyed(&stranger, "/api/v1/auth/login", "k", &login);
    stranger.send(login).await.ok();
    assert_eq!(count(&app, "idempotency_keys").await, 0);
}

#[tokio::test]
async fn a_repeated_release_of_tickets_takes_nothing_that_the_agent_was_given_since() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let ann = app.customer("Ann").await;
    let sarah = app.agent("Sarah", "general").await;
    let ticket = ann.asks("general", "low").await;
    app.settle().await;
    app.is(&sarah, "offline").await;
    let path = format!("/api/v1/admin/users/{}/release-tickets", sarah.id());
    let again = || keyed(&eve, &path, "k1", &json!({}));
    let first = whole(&app, again()).await;
    let body: Value = serde_json::from_slice(&first.2).unwrap();
    assert_eq!((first.0, &body["released"]), (StatusCode::OK, &json!(1)));
    app.is(&sarah, "available").await;
    app.settle().await;
    assert_eq!(app.assignee(&ticket).await, Some(sarah.id()));
    assert_eq!(whole(&app, again()).await, first);
    assert_eq!(app.assignee(&ticket).await, Some(sarah.id()));
}

#[tokio::test]
async fn a_double_click_on_escalate_escalates_one_level_and_on_status_makes_one_note() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let ticket = ann.asks("general", "low").await;
    let reason = json!({"reason": "Hard."});
    let noted = json!({"status": "in_progress", "notes": "Looked into it."});
    for (verb, body) in [("escalate", reason), ("status", noted)] {
        let path = format!("{TICKETS}/{ticket}/{verb}");
        let mut clicks = JoinSet::new();
        for _ in 0..8 {
            let (eve, click) = (eve.clone(), put(&eve, &path, verb, &body));
            clicks.spawn(async move { eve.send(click).await });
        }
        for answer in clicks.join_all().await {
            if answer.status != StatusCode::OK {
                assert_eq!(answer.refused(409), "idempotency_in_progress");
            }
        }
        // The answer is there by now, whichever click it was given to.
        let again = eve.send(put(&eve, &path, verb, &body)).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
    }
    let shown = eve.ticket(&ticket).await;
    assert_eq!(shown["escalation"]["level"], 1);
    assert_eq!(shown["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repeat_that_names_the_version_it_was_decided_on_gets_the_first_answer_and_not_412() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let ticket = ann.asks("general", "low").await;
    let seen = eve.ticket(&ticket).await["version"].to_string();
    let tag = format!("\"{seen}\"");
    let path = format!("{TICKETS}/{ticket}/priority");
    let urgent = json!({"priority": "urgent"});
    let sent = |key| {
        let headers = [("idempotency-key", key), ("if-match", tag.as_str())];
        request(&eve, Method::PUT, &path, &headers, &urgent)
    };
    let first = whole(&app, sent("k")).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(whole(&app, sent("k")).await, first);
    let other_key = eve.send(sent("k2")).await;
    assert_eq!(other_key.refused(412), "version_moved_on");
}

#[tokio::test]
async fn a_repeat_is_answered_also_where_the_ticket_has_passed_out_of_the_callers_sight() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let sam = app.agent("Sam", "general").await;
    let ticket = ann.asks("general", "low").await;
    let escalate = json!({"reason": "Hard.", "escalatedTo": eve.id()});
    let path = format!("{TICKETS}/{ticket}/escalate");
    let first = whole(&app, put(&sam, &path, "k", &escalate)).await;
    assert_eq!(first.0, StatusCode::OK);
    assert!(app.stranger_to(&sam, &ticket).await);
    assert_eq!(whole(&app, put(&sam, &path, "k", &escalate)).await, first);
}
