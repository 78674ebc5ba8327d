//! What operators see of webhooks.

use super::{Receiver, Rig, WEBHOOKS};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use chrono::TimeDelta;
use serde_json::json;
use tower::ServiceExt;

/// The values of these series, as a new process reads them.
async fn values<const N: usize>(rig: &Rig, names: [&str; N]) -> [String; N] {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let answer = api::router(rig.app.cx.clone()).oneshot(request).await;
    let body = to_bytes(answer.unwrap().into_body(), usize::MAX).await;
    let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
    names.map(|name| {
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name}")).to_owned()
    })
}

const ENDPOINTS: [&str; 3] = [
    r#"support_webhooks{state="enabled"}"#,
    r#"support_webhooks{state="held"}"#,
    r#"support_webhooks{state="disabled"}"#,
];
const OLDEST: [&str; 1] = ["support_webhook_oldest_seconds"];

#[tokio::test]
async fn metrics_tell_how_long_events_wait_for_webhooks_at_every_stage() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    rig.ticket().await;
    rig.app.advance(TimeDelta::minutes(10));
    assert_eq!(values(&rig, OLDEST).await, ["0.0"], "nobody asked for it");
    let (id, _) = rig.endpoint(&receiver).await;
    assert_eq!(values(&rig, OLDEST).await, ["0.0"]);
    rig.ticket().await;
    rig.app.advance(TimeDelta::minutes(10));
    assert_eq!(values(&rig, OLDEST).await, ["600.0"], "without a position");
    actions::feed::advance(&rig.app.cx).await.unwrap();
    assert_eq!(values(&rig, OLDEST).await, ["600.0"], "not planned");
    rig.app
        .sql(
            "update webhooks set open_until = $1::timestamptz",
            "2099-01-01T00:00:00Z",
        )
        .await;
    rig.deliver().await;
    rig.app.advance(TimeDelta::minutes(10));
    assert_eq!(
        values(&rig, OLDEST).await,
        ["600.0"],
        "since it was planned"
    );
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.patch(&path, json!({"enabled": false})).await.ok();
    assert_eq!(values(&rig, OLDEST).await, ["0.0"]);
    rig.admin.patch(&path, json!({"enabled": true})).await.ok();
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
    assert_eq!(values(&rig, OLDEST).await, ["0.0"]);
}

#[tokio::test]
async fn metrics_tell_how_many_webhooks_are_held_and_disabled() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    assert_eq!(values(&rig, ENDPOINTS).await, ["0", "0", "0"]);
    rig.endpoint(&receiver).await;
    rig.endpoint(&receiver).await;
    let (id, _) = rig.endpoint(&receiver).await;
    rig.app
        .sql(
            "update webhooks set open_until = created_at where id <> $1::uuid",
            &id,
        )
        .await;
    assert_eq!(values(&rig, ENDPOINTS).await, ["3", "2", "0"]);
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.patch(&path, json!({"enabled": false})).await.ok();
    assert_eq!(values(&rig, ENDPOINTS).await, ["2", "2", "1"]);
}
