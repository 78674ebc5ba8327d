//! The shape of failures, and their order.

use crate::harness::{Answer, App, Caller, TICKETS};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

/// A request with an unchanged body.
async fn sends(who: &Caller, method: Method, path: &str, content: &str, body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = who.token() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if !content.is_empty() {
        request = request.header(header::CONTENT_TYPE, content);
    }
    who.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

const JSON: &str = "application/json";

#[tokio::test]
async fn a_problem_has_exactly_the_shape_of_the_contract() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let request = Request::post(TICKETS)
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", amina.token().unwrap()),
        )
        .header(header::CONTENT_TYPE, JSON)
        .header("x-request-id", "mine-1")
        .body(Body::from(
            json!({"subject": "a", "nonsense": 1}).to_string(),
        ));
    let refused = amina.send(request.unwrap()).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    assert_eq!(refused.headers["x-request-id"], "mine-1");
    let detail = refused.body["detail"].clone();
    assert!(detail.as_str().unwrap().len() > 10);
    let errors = refused.body["errors"].as_array().unwrap();
    for field_error in errors {
        let mut keys: Vec<_> = field_error.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["code", "field", "message"]);
    }
    let named: Vec<_> = errors
        .iter()
        .map(|field_error| field_error["field"].clone())
        .collect();
    assert_eq!(json!(named), json!(["description", "nonsense"]));
    assert_eq!(
        refused.body,
        json!({
            "success": false, "type": "/docs#error-invalid_fields", "title": "Invalid fields",
            "status": 422, "detail": detail, "code": "invalid_fields",
            "errors": refused.body["errors"], "requestId": "mine-1"
        })
    );
}

#[tokio::test]
async fn every_fault_of_a_body_is_named_at_once_with_its_path() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let body = json!({
        "subject": "", "description": 7, "category": "nonsense", "priority": "HIGH",
        "relatedBooking": "x".repeat(201), "customer": "me",
        "attachments": [
            {"url": "https://a.example/b", "fileName": "b"},
            {"url": "http://a.example/b", "fileName": "b", "size": 5},
            {"url": "javascript:alert(1)"}
        ],
        "tags": ["fine", "", "x".repeat(51), 7]
    });
    let refused = amina.post(TICKETS, body).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let mut named: Vec<_> = (refused.body["errors"].as_array().unwrap().iter())
        .map(|field_error| field_error["field"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    for field in [
        "subject",
        "description",
        "category",
        "priority",
        "relatedBooking",
        "customer",
        "attachments[1].url",
        "attachments[1].size",
        "attachments[2].url",
        "attachments[2].fileName",
        "tags[3]",
    ] {
        assert!(named.contains(&field), "{field} is not among {named:?}");
    }
    let many = json!({
        "subject": "a", "description": "b", "tags": vec!["x"; 21],
        "attachments": vec![json!({"url": "https://a.example/b", "fileName": "b"}); 11]
    });
    let refused = amina.post(TICKETS, many).await;
    let named: Vec<_> = (refused.body["errors"].as_array().unwrap().iter())
        .map(|field_error| field_error["field"].clone())
        .collect();
    assert_eq!(json!(named), json!(["attachments", "tags"]));
    assert_eq!(app.count("select count(*) from tickets").await, 0);
}

#[tokio::test]
async fn the_first_failure_in_the_contract_s_order_is_reported() {
    let app = App::new().await;
    let nobody = app.stranger();
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    let path = format!("{TICKETS}/{id}/status");
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(1024 * 1024));
    let put = Method::PUT;
    // Everything is wrong at once: 401, then 403, then 404, then the body.
    for (body, content) in [
        (large.as_str(), "text/plain"),
        ("nonsense", JSON),
        ("{}", JSON),
    ] {
        let answer = sends(&nobody, put.clone(), &path, content, body).await;
        assert_eq!(answer.status, 401);
        let answer = sends(&amina, put.clone(), &path, content, body).await;
        assert_eq!(answer.status, 403);
        let absent = format!("{TICKETS}/01999999-0000-7000-8000-000000000000/status");
        let answer = sends(&eve, put.clone(), &absent, content, body).await;
        assert_eq!(answer.status, 404);
        let hidden = format!("{TICKETS}/{id}/reopen");
        let answer = sends(&zoe, put.clone(), &hidden, content, body).await;
        assert_eq!(answer.status, 404);
    }
    for (content, body, status, code) in [
        ("text/plain", large.as_str(), 413, "body_too_large"),
        (JSON, large.as_str(), 413, "body_too_large"),
        ("text/plain", "nonsense", 415, "json_needed"),
        ("", "{}", 415, "json_needed"),
        (
            "application/x-www-form-urlencoded",
            "a=b",
            415,
            "json_needed",
        ),
        (JSON, "nonsense", 400, "malformed_json"),
        (JSON, "", 400, "malformed_json"),
        (JSON, "{\"status\": \"resolved\"", 400, "malformed_json"),
        (JSON, "[]", 422, "object_needed"),
        (JSON, "{}", 422, "invalid_fields"),
        (
            JSON,
            "{\"status\": \"closed\", \"x\": 1}",
            422,
            "invalid_fields",
        ),
        (JSON, "{\"status\": \"closed\"}", 409, "illegal_transition"),
    ] {
        let answer = sends(&eve, put.clone(), &path, content, body).await;
        assert_eq!(answer.refused(status), code);
    }
    let charset = "application/json; charset=utf-8";
    let answer = sends(&eve, put, &path, charset, "{\"status\": \"resolved\"}").await;
    answer.ok();
}

#[tokio::test]
async fn a_requester_s_internal_note_is_forbidden_before_its_faults_are_looked_at() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    let path = format!("{TICKETS}/{id}/messages");
    let refused = amina.post(&path, json!({"isInternal": true})).await;
    assert_eq!(refused.refused(403), "role_not_allowed");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_apart() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let answer = amina.get("/api/v1/support/nothing").await;
    assert_eq!(answer.refused(404), "no_such_path");
    let answer = amina.call(Method::DELETE, TICKETS, None).await;
    assert_eq!(answer.refused(405), "method_not_allowed");
    let mut allowed: Vec<_> = (answer.headers["allow"].to_str().unwrap().split(','))
        .map(|method| method.trim().to_owned())
        .collect();
    allowed.sort();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
    assert_eq!(answer.body["success"], Value::Bool(false));
    assert!(answer.headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn when_the_database_is_away_it_is_503_with_a_time_to_come_back() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let token = amina.token().unwrap();
    app.cx.pool.close().await;
    let request = Request::get(TICKETS)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty());
    let answer = amina.send(request.unwrap()).await;
    assert_eq!(answer.refused(503), "unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    let text = answer.body.to_string();
    for inner in ["sqlx", "pool", "postgres", "select"] {
        assert!(!text.to_lowercase().contains(inner), "{text}");
    }
}

#[tokio::test]
async fn a_body_that_would_have_to_be_decoded_is_not_taken_for_broken_json() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let opens = async |coding: &str| {
        let request = Request::post(TICKETS)
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", amina.token().unwrap()),
            )
            .header(header::CONTENT_TYPE, JSON)
            .header(header::CONTENT_ENCODING, coding)
            .body(Body::from(
                json!({"subject": "a", "description": "b"}).to_string(),
            ));
        amina.send(request.unwrap()).await
    };
    for coding in ["gzip", "br", "gzip, identity"] {
        assert_eq!(opens(coding).await.refused(415), "json_needed", "{coding}");
    }
    opens("identity").await.created();
}

#[tokio::test]
async fn json_beyond_what_is_read_is_not_called_anything_else() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for body in [deep.as_str(), "{\"subject\": 1e400}"] {
        let refused = sends(&amina, Method::POST, TICKETS, JSON, body).await;
        assert_eq!(refused.refused(400), "malformed_json");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("not JSON that can be read"), "{detail}");
        assert!(detail.contains("127 deep"), "{detail}");
    }
}
