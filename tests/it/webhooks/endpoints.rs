//! Endpoints as admins manage them.

use super::{Receiver, Rig, WEBHOOKS};
use crate::harness::Caller;
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn with_key(caller: &Caller, path: &str, body: Value) -> crate::harness::Answer {
    let request = Request::post(path)
        .header(
            "authorization",
            format!("Bearer {}", caller.token().unwrap()),
        )
        .header("content-type", "application/json")
        .header("idempotency-key", "the-one")
        .body(Body::from(body.to_string()));
    caller.send(request.unwrap()).await
}

/// Everything that the database keeps besides the endpoints, as text.
async fn kept(rig: &Rig) -> String {
    let mut kept = String::new();
    for query in [
        "select coalesce(string_agg(encode(body, 'escape'), ' '), '') from idempotency_keys",
        "select coalesce(string_agg(j::text, ' '), '') from jobs j",
        "select coalesce(string_agg(d::text, ' '), '') from webhook_deliveries d",
        "select coalesce(string_agg(a::text, ' '), '') from webhook_attempts a",
    ] {
        let text: String = sqlx::query_scalar(query)
            .fetch_one(&rig.app.cx.pool)
            .await
            .unwrap();
        kept.push_str(&text);
    }
    kept
}

#[tokio::test]
async fn the_secret_is_shown_once_and_is_in_no_later_response_and_in_no_kept_one() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let new = json!({"url": receiver.url});
    let made = with_key(&rig.admin, WEBHOOKS, new.clone()).await;
    let secret = made.created()["secret"].as_str().unwrap().to_owned();
    let id = made.created()["webhook"]["id"].as_str().unwrap().to_owned();
    assert!(
        secret.starts_with("whsec_") && secret.len() == 6 + 44,
        "{secret}"
    );
    let again = with_key(&rig.admin, WEBHOOKS, new).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.created()["webhook"]["id"], id);
    assert_eq!(again.created()["secret"], Value::Null);
    let path = format!("{WEBHOOKS}/{id}/rotate-secret");
    let rotated = with_key(&rig.admin, &path, json!({})).await;
    assert_eq!(rotated.refused(422), "idempotency_key_reused");
    let rotated = rig.does(&id, "rotate-secret").await;
    let second = rotated.ok()["secret"].as_str().unwrap().to_owned();
    rig.ticket().await;
    rig.deliver().await;
    let mut seen = kept(&rig).await;
    for path in [
        WEBHOOKS.to_owned(),
        format!("{WEBHOOKS}/{id}"),
        format!("{WEBHOOKS}/{id}/deliveries"),
        "/api/v1/admin/jobs?state=done&limit=100".to_owned(),
    ] {
        seen.push_str(&rig.admin.get(&path).await.ok().to_string());
    }
    let patched = rig
        .admin
        .patch(&format!("{WEBHOOKS}/{id}"), json!({"description": "A"}))
        .await;
    seen.push_str(&patched.ok().to_string());
    for secret in [secret, second] {
        let bare = secret.trim_start_matches("whsec_");
        assert!(!seen.contains(bare), "{seen}");
    }
}

#[tokio::test]
async fn a_url_of_the_inside_or_of_another_form_is_refused_with_the_reason() {
    let rig = Rig::allowing("hooks.internal").await;
    for (url, said) in [
        ("http://hooks.example.com/", "https"),
        ("https://127.0.0.1/", "public address"),
        ("https://2130706433/", "public address"),
        ("https://[::ffff:169.254.169.254]/", "public address"),
        ("https://hooks.example.com:8443/", "port 443"),
        ("https://a:b@hooks.example.com/", "user name"),
        ("not a url", "absolute URL"),
    ] {
        let refused = rig.admin.post(WEBHOOKS, json!({"url": url})).await;
        assert_eq!(refused.refused(422), "invalid_fields", "{url}");
        let error = &refused.body["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!("url"), &json!("unfit_url"))
        );
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    let allowed = json!({"url": "http://hooks.internal:8080/in", "description": "Inside"});
    let made = rig.admin.post(WEBHOOKS, allowed).await;
    let id = made.created()["webhook"]["id"].as_str().unwrap();
    let path = format!("{WEBHOOKS}/{id}");
    let refused = rig
        .admin
        .patch(&path, json!({"url": "https://10.0.0.1/"}))
        .await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let changed = rig
        .admin
        .patch(
            &path,
            json!({"description": null, "events": ["ticket.updated", "ticket.updated"]}),
        )
        .await;
    assert_eq!(changed.ok()["webhook"]["description"], "");
    assert_eq!(changed.ok()["webhook"]["events"], json!(["ticket.updated"]));
    let unknown = rig
        .admin
        .patch(&path, json!({"events": ["ticket.sold"]}))
        .await;
    assert_eq!(unknown.body["errors"][0]["field"], "events[0]");
}

#[tokio::test]
async fn there_are_fifty_webhooks_at_most_and_a_deleted_one_goes_with_its_log() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    for _ in 1..50 {
        rig.endpoint(&receiver).await;
    }
    let new = json!({"url": receiver.url});
    let refused = rig.admin.post(WEBHOOKS, new).await;
    assert_eq!(refused.refused(409), "too_many_webhooks");
    let listed = rig.admin.get(WEBHOOKS).await;
    assert_eq!(listed.ok()["webhooks"].as_array().unwrap().len(), 50);
    rig.ticket().await;
    rig.deliver().await;
    assert_eq!(receiver.arrived().len(), 50);
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.delete(&path, json!({})).await.ok();
    assert_eq!(rig.admin.get(&path).await.refused(404), "not_found");
    let left = "select count(*) from webhook_deliveries";
    assert_eq!(rig.app.count(left).await, 49);
}

#[tokio::test]
async fn the_log_has_pages_and_a_filter_and_is_kept_for_thirty_days() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    for _ in 0..5 {
        rig.ticket().await;
    }
    rig.deliver().await;
    let path = format!("{WEBHOOKS}/{id}/deliveries");
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let part = rig.admin.get(&format!("{path}?limit=2{cursor}")).await;
        let page = part.ok();
        let ids = page["deliveries"].as_array().unwrap().iter();
        seen.extend(ids.map(|one| one["id"].as_str().unwrap().to_owned()));
        assert_eq!(page["pagination"]["total"], 5);
        match page["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|one, next| one > next));
    let waiting = rig.admin.get(&format!("{path}?status=waiting")).await;
    assert_eq!(waiting.ok()["deliveries"], json!([]));
    rig.app.advance(TimeDelta::days(30));
    rig.app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(rig.log(&id).await.len(), 5);
    rig.app.advance(TimeDelta::seconds(1));
    rig.app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(rig.log(&id).await, [Value::Null; 0]);
    assert_eq!(
        rig.app.count("select count(*) from webhook_attempts").await,
        0
    );
}
