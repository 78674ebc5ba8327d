//! Headers that every response has, and headers that requests may omit.

use super::{TICKETS, help, request};
use crate::harness::App;
use axum::http::{Method, header};
use serde_json::{Value, json};

#[tokio::test]
async fn answers_are_not_kept_on_the_way_nor_guessed_at() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    for path in [
        TICKETS,
        "/api/v1/auth/me",
        "/api/v1/nowhere",
        "/health/live",
    ] {
        let headers = ann.get(path).await.headers;
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn what_can_be_read_can_be_asked_after() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let id = ann.opens(help()).await;
    let path = format!("{TICKETS}/{id}");
    let full = ann.get(&path).await;
    let head = ann
        .send(request(&ann, Method::HEAD, &path, &[], &Value::Null))
        .await;
    assert_eq!(head.status, full.status);
    assert_eq!(head.body, "");
    for name in [header::ETAG, header::CONTENT_TYPE] {
        assert_eq!(head.headers[&name], full.headers[&name]);
    }
}

#[tokio::test]
async fn a_change_may_name_several_versions() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let id = ann.opens(help()).await;
    let version = ann.ticket(&id).await["version"].as_i64().unwrap();
    let path = format!("{TICKETS}/{id}/priority");
    let urgent = json!({"priority": "urgent"});
    let put = |tags: &str| request(&eve, Method::PUT, &path, &[("if-match", tags)], &urgent);
    let missed = [
        format!("\"{}\"", version + 1),
        format!("W/\"{version}\""),
        format!("\"{}\", \"x\"", version + 1),
    ];
    for tags in missed {
        let answer = eve.send(put(&tags)).await;
        assert_eq!(answer.refused(412), "version_moved_on", "{tags}");
    }
    let several = format!("\"{}\", \"{version}\"", version + 1);
    eve.send(put(&several)).await.ok();
    eve.send(put("*")).await.ok();
}
