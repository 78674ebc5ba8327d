//! Jobs of a queue that only another release has.

use super::{JOBS, numbers, says, unreadable};
use crate::harness::{App, Site, minutes};
use serde_json::{Value, json};

/// A queue that only another release has: a newer one runs beside this one, or ran before a rollback.
const UNKNOWN: &str = "fax";

#[tokio::test]
async fn jobs_of_a_queue_that_only_another_release_has_are_seen_and_decided_about_like_any() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let (theirs, ours) = (
        unreadable(&app, UNKNOWN).await,
        unreadable(&app, "notify").await,
    );
    app.advance(minutes(3));
    assert_eq!(numbers(&eve, "state=ready").await, [ours, theirs]);
    let path = format!("{JOBS}/{theirs}");
    assert_eq!(eve.get(&path).await.ok()["job"]["queue"], UNKNOWN);

    let stands = json!({"queue": UNKNOWN, "paused": false, "ready": 1, "sent": 0, "running": 0, "dead": 0, "oldestSeconds": 180, "held": null});
    let last = |answer: &Value| answer["queues"].as_array().unwrap().last().cloned();
    let queues = eve.get("/api/v1/admin/queues").await;
    assert_eq!(last(queues.ok()).as_ref(), Some(&stands));
    let bulk = "/api/v1/admin/queues/bulk";
    let paused = eve.put(bulk, json!({"paused": true})).await;
    assert_eq!(last(paused.ok()), Some(stands));

    // A worker of the other release gave it up.
    app.sql(
        "update jobs set state = 'dead', attempt = 10, finished_at = run_at where queue = $1",
        UNKNOWN,
    )
    .await;
    assert_eq!(numbers(&eve, "").await, [theirs]);
    let retried = eve.post(&format!("{path}/retry"), json!({})).await;
    assert_eq!(retried.ok()["job"]["state"], "ready");
    assert_eq!(retried.body["job"]["attempts"], 0);
    let discarded = eve.post(&format!("{path}/discard"), json!({})).await;
    assert_eq!(discarded.ok()["job"]["state"], "cancelled");
    assert_eq!(numbers(&eve, "state=cancelled").await, [theirs]);
}

#[tokio::test]
async fn the_command_line_knows_jobs_of_a_queue_that_only_another_release_has() {
    let app = App::new().await;
    let job = unreadable(&app, UNKNOWN).await;
    let site = Site::of(&app, &[]);
    for looks in ["stats", "pause bulk", "resume bulk", "list --state ready"] {
        let said = says(&site, looks, 0);
        assert!(said.contains(UNKNOWN), "{looks}: {said}");
    }
    assert!(says(&site, &format!("show {job}"), 0).contains("queue     fax, priority 0"));
    assert!(says(&site, &format!("retry {job}"), 0).contains(": ready"));
    assert!(says(&site, &format!("discard {job}"), 0).contains(": cancelled"));
    let left = says(&site, "stats", 0);
    assert!(!left.contains(UNKNOWN), "{left}");
}

#[tokio::test]
async fn the_document_names_our_queues_and_says_that_a_job_may_be_of_another() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let schemas = &document["components"]["schemas"];
    for its_own in ["traceparent", "oldestSeconds"] {
        let mut all = schemas.as_object().unwrap().values();
        let schema = all.find(|schema| schema["properties"][its_own].is_object());
        let name = &schema.unwrap()["properties"]["queue"];
        assert_eq!(name["type"], "string");
        assert_eq!(name["enum"], Value::Null, "others are allowed");
        let ours = json!([
            "assignment",
            "sweeps",
            "notify",
            "email",
            "push",
            "sms",
            "webhooks",
            "bulk"
        ]);
        assert_eq!(name["examples"], ours);
    }
}
