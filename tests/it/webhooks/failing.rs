//! Endpoints that fail, and what happens then.

use super::{DOWN, OK, Receiver, Rig, WEBHOOKS};
use actions::webhooks::{Pass, pass};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// How often the admin was mailed that a webhook was disabled.
fn told_of_it(rig: &Rig) -> usize {
    let news = rig.app.news();
    let told = news.iter().filter(|one| *one == "eve: webhook_disabled");
    told.count()
}

#[tokio::test]
async fn seven_attempts_are_made_within_a_day_and_then_the_failure_is_in_the_log() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    receiver.says(DOWN);
    let (id, secret) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    rig.deliver().await;
    let mut made = receiver.arrived();
    for delay in [5, 300, 1_800, 7_200, 18_000, 36_000] {
        rig.after(TimeDelta::seconds(delay - 1)).await;
        assert_eq!(receiver.arrived().len(), 0, "not before {delay} s");
        // The jitter is a tenth at most.
        rig.after(TimeDelta::seconds(delay / 10 + 2)).await;
        let arrived = receiver.arrived();
        assert_eq!(arrived.len(), 1, "after {delay} s");
        made.extend(arrived);
    }
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(receiver.arrived().len(), 0);
    assert!(
        made.iter()
            .all(|one| one.id() == made[0].id() && one.is_signed_with(&secret))
    );
    let log = rig.log(&id).await;
    assert_eq!(log[0]["status"], "exhausted");
    assert_eq!(log[0]["attempts"], 7);
    let attempts = log[0]["log"].as_array().unwrap();
    assert_eq!(attempts.len(), 7);
    assert_eq!(attempts[0]["failure"], "status");
    assert_eq!(attempts[0]["statusCode"], 500);
    assert_eq!(attempts[0]["answer"], "it is down");
    // Nothing is lost: an admin sends it once the receiver works.
    receiver.says(OK);
    let delivery = log[0]["id"].as_str().unwrap();
    rig.redeliver(&id, delivery).await.ok();
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
    assert_eq!(rig.statuses(&id).await, ["delivered"]);
    assert_eq!(rig.webhook(&id).await["failures"], 0);
}

#[tokio::test]
async fn an_endpoint_that_fails_is_probed_by_one_attempt_at_a_time_and_holds_no_other() {
    let rig = Rig::new().await;
    let (broken, works) = (Receiver::new().await, Receiver::new().await);
    broken.says(DOWN);
    let (id, _) = rig.endpoint(&broken).await;
    rig.endpoint(&works).await;
    for _ in 0..8 {
        rig.ticket().await;
    }
    rig.deliver().await;
    assert_eq!(
        works.arrived().len(),
        8,
        "the other endpoint has everything"
    );
    // Two at once: the circuit opens at the fifth failure, and the sixth was under way.
    let tried = broken.arrived().len();
    assert!((5..=6).contains(&tried), "{tried}");
    let held = rig.webhook(&id).await;
    assert!(held["heldUntil"].is_string(), "{held}");
    rig.deliver().await;
    assert_eq!(
        broken.arrived().len(),
        0,
        "nothing before the pause is over"
    );
    rig.app.advance(TimeDelta::minutes(2));
    while pass(&rig.app.cx).await.unwrap() != Pass::Idle {}
    let sending = "select count(*) from webhook_deliveries where status = 'sending'";
    assert_eq!(rig.app.count(sending).await, 1, "one probe");
    broken.says(OK);
    rig.deliver().await;
    // The retries of those that had failed come later.
    rig.after(TimeDelta::minutes(6)).await;
    let delivered = rig.statuses(&id).await;
    assert_eq!(delivered, ["delivered"; 8]);
    assert_eq!(rig.webhook(&id).await["heldUntil"], Value::Null);
}

#[tokio::test]
async fn a_410_disables_the_endpoint_at_once_and_says_so() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    receiver.says((410, &[], ""));
    let (id, _) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    rig.deliver().await;
    rig.ticket().await;
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(receiver.arrived().len(), 1);
    let webhook = rig.webhook(&id).await;
    assert_eq!(webhook["enabled"], false);
    assert_eq!(webhook["disabledReason"], "gone");
    assert_eq!(rig.last_attempt(&id).await["failure"], "gone");
    assert_eq!(told_of_it(&rig), 1);
    assert_eq!(rig.statuses(&id).await, ["exhausted"]);
}

#[tokio::test]
async fn five_days_of_nothing_but_failures_disable_the_endpoint_and_what_waited_is_sent_once_it_is_enabled()
 {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    receiver.says(DOWN);
    let (id, _) = rig.endpoint(&receiver).await;
    for _ in 0..12 {
        rig.ticket().await;
    }
    for _ in 0..119 {
        rig.after(TimeDelta::hours(1)).await;
    }
    assert_eq!(rig.webhook(&id).await["enabled"], true);
    for _ in 0..4 {
        rig.after(TimeDelta::hours(1)).await;
    }
    let webhook = rig.webhook(&id).await;
    assert_eq!(webhook["disabledReason"], "failures", "{webhook}");
    assert_eq!(told_of_it(&rig), 1);
    let waiting = rig.statuses(&id).await;
    let waiting = waiting.iter().filter(|status| *status == "waiting").count();
    receiver.arrived();
    receiver.says(OK);
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(receiver.arrived().len(), 0);
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.patch(&path, json!({"enabled": true})).await.ok();
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(receiver.arrived().len(), waiting);
    assert!(!rig.statuses(&id).await.contains(&"waiting".to_owned()));
}

#[tokio::test]
async fn a_redirect_to_the_inside_and_a_web_page_are_failures_and_an_error_inside_of_a_success_is_none()
 {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    for (says, failure) in [
        (
            (302, &[("location", "http://127.0.0.1:1/inside")][..], ""),
            json!("redirected"),
        ),
        (
            (
                200,
                &[("content-type", "text/html")],
                "<!doctype html><title>Log in</title>",
            ),
            json!("page"),
        ),
        ((404, &[], "no"), json!("status")),
        ((200, &[], "{\"error\": \"not really\"}"), Value::Null),
        ((204, &[("content-type", "text/html")], ""), Value::Null),
        (
            (200, &[("content-type", "text/html")], "thanks"),
            Value::Null,
        ),
    ] {
        receiver.says_once(says);
        rig.does(&id, "test").await.ok();
        rig.deliver().await;
        let log = rig.log(&id).await;
        let attempt = &log.last().unwrap()["log"][0];
        // Ids of one instant have no order.
        rig.app.advance(TimeDelta::seconds(1));
        assert_eq!(attempt["failure"], failure, "{says:?}");
        assert_eq!(attempt["statusCode"], says.0, "{says:?}");
    }
    assert_eq!(receiver.arrived().len(), 6);
}

#[tokio::test]
async fn a_closed_port_and_a_forbidden_address_look_the_same_and_neither_tells_its_time() {
    let rig = Rig::allowing("127.0.0.1").await;
    let closed = Receiver::new().await;
    let (id, _) = rig.endpoint(&closed).await;
    drop(closed);
    let mut seen = Vec::new();
    // The second was written before the operator forbade it.
    for url in ["", "http://127.0.0.2:1/hook"] {
        if !url.is_empty() {
            sqlx::query("update webhooks set url = $1")
                .bind(url)
                .execute(&rig.app.cx.pool)
                .await
                .unwrap();
        }
        rig.does(&id, "test").await.ok();
        rig.deliver().await;
        rig.app.advance(TimeDelta::seconds(1));
        let mut attempt = rig.log(&id).await.pop().unwrap()["log"][0].clone();
        attempt["at"] = Value::Null;
        seen.push(attempt);
    }
    let refused = json!({"at": null, "failure": "refused", "statusCode": null, "durationMs": null, "answer": null});
    assert_eq!(seen, [refused.clone(), refused]);
}

#[tokio::test]
async fn a_pause_that_the_receiver_asks_for_is_kept_within_bounds() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    receiver.says_once((429, &[("retry-after", "120")], ""));
    receiver.says_once((503, &[("retry-after", "31536000")], ""));
    let (id, _) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    rig.deliver().await;
    // Another ticket waits too: the endpoint as a whole asked for the pause.
    rig.ticket().await;
    rig.after(TimeDelta::seconds(119)).await;
    assert_eq!(receiver.arrived().len(), 1);
    rig.after(TimeDelta::seconds(2)).await;
    assert_eq!(receiver.arrived().len(), 1, "it asks for a year");
    rig.after(TimeDelta::minutes(67)).await;
    assert_eq!(receiver.arrived().len(), 2);
    assert_eq!(rig.statuses(&id).await, ["delivered"; 2]);
}

#[tokio::test]
async fn a_delivery_whose_job_is_discarded_is_exhausted_and_can_be_sent_again() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    while pass(&rig.app.cx).await.unwrap() != Pass::Idle {}
    let under_way = rig.log(&id).await[0].clone();
    assert_eq!(under_way["status"], "sending");
    let delivery = under_way["id"].as_str().unwrap();
    assert_eq!(
        rig.redeliver(&id, delivery).await.refused(409),
        "delivery_in_progress"
    );
    let job = rig
        .app
        .count("select id from jobs where payload->>'job' = 'deliver_webhook'")
        .await;
    let path = format!("/api/v1/admin/jobs/{job}/discard");
    rig.admin.post(&path, json!({})).await.ok();
    rig.deliver().await;
    assert_eq!(receiver.arrived().len(), 0);
    assert_eq!(rig.last_attempt(&id).await["failure"], "abandoned");
    rig.redeliver(&id, delivery).await.ok();
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
}
