//! Push services that fail or lie. What one of them does concerns no other, and nothing is lost.

use super::{
    PushService, Rig,
    service::{DOWN, Says},
};
use chrono::TimeDelta;

const GONE: Says = Says::This(410, None, "");
const NOT_FOUND: Says = Says::This(404, None, "");

#[tokio::test]
async fn a_service_that_is_down_holds_its_own_messages_and_no_others() {
    let rig = Rig::new().await;
    let (broken, works) = (
        PushService::new(&rig.app.clock).await,
        PushService::new(&rig.app.clock).await,
    );
    rig.browser(&broken, "phone").await;
    rig.browser(&works, "laptop").await;
    broken.says("phone", Some(DOWN));
    let notification = rig.notify().await;
    assert_eq!(works.reached(), ["laptop"]);
    assert_eq!(rig.status(notification).await, "pending");
    // Its circuit is open: another notification does not call it, and reaches the laptop.
    broken.tried();
    rig.plan_as("ticket_received", &rig.ann, "created").await;
    rig.app.run_due().await;
    assert_eq!(works.reached(), ["laptop"]);
    assert_eq!(broken.tried(), 0);
    broken.says("phone", None);
    rig.after(TimeDelta::seconds(3)).await;
    // The probe was the one, and the other waits until it is over.
    rig.after(TimeDelta::seconds(25)).await;
    assert_eq!(broken.reached(), ["phone", "phone"]);
    assert_eq!(works.tried(), 2, "the laptop has both, once each");
    assert_eq!(rig.status(notification).await, "sent");
    assert_eq!(rig.attempts().await, 0, "no attempt was used up");
    assert_eq!(rig.app.count("select count(*) from push_circuits").await, 0);
}

#[tokio::test]
async fn a_service_that_is_down_for_long_is_probed_by_one_message_at_a_time() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    for name in ["a", "b", "c"] {
        rig.browser(&service, name).await;
        service.says(name, Some(DOWN));
    }
    rig.notify().await;
    // The others were under way, or the circuit was open.
    let tried = service.tried();
    assert!((1..=3).contains(&tried), "{tried}");
    rig.after(TimeDelta::seconds(3)).await;
    assert_eq!(service.tried(), 1);
    rig.after(TimeDelta::seconds(25)).await;
    assert_eq!(service.tried(), 1);
    // After a day it counts as failed attempts, and in the end it stays visible.
    for _ in 0..60 {
        rig.after(TimeDelta::hours(2)).await;
    }
    let dead = "select count(*) from notifications where status = 'failed' and channel = 'push'";
    assert_eq!(rig.app.count(dead).await, 1);
    assert_eq!(rig.devices().await, 3);
}

#[tokio::test]
async fn only_404_and_410_end_a_subscription() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    for (name, says) in [("gone", GONE), ("unknown", NOT_FOUND)] {
        rig.browser(&service, name).await;
        service.says(name, Some(says));
    }
    rig.browser(&service, "phone").await;
    let notification = rig.notify().await;
    assert_eq!(rig.devices().await, 1);
    assert_eq!(service.reached(), ["phone"]);
    assert_eq!(rig.status(notification).await, "sent");
    // Each at a service of its own, so that none is held for another.
    let mut services = Vec::new();
    for status in [302, 400, 401, 403, 408, 413, 429, 500, 503] {
        let service = PushService::new(&rig.app.clock).await;
        rig.browser(&service, "phone").await;
        service.says("phone", Some(Says::This(status, None, "")));
        services.push((status, service));
    }
    rig.notify().await;
    for (status, service) in &services {
        assert_eq!(service.tried(), 1, "{status}");
    }
    assert_eq!(rig.devices().await, services.len() + 1);
}

#[tokio::test]
async fn when_all_browsers_are_gone_there_is_nothing_to_tell() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "gone").await;
    service.says("gone", Some(GONE));
    let notification = rig.notify().await;
    assert_eq!(rig.status(notification).await, "dropped");
    assert_eq!(rig.devices().await, 0);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_never_repeated() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    service.says("phone", Some(Says::This(413, None, "")));
    let notification = rig.notify().await;
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(service.tried(), 1);
    assert_eq!(rig.status(notification).await, "failed");
    let error: String = sqlx::query_scalar("select last_error from notifications where id = $1")
        .bind(notification.0)
        .fetch_one(&rig.app.cx.pool)
        .await
        .unwrap();
    assert!(error.contains("413"), "{error}");
}

#[tokio::test]
async fn a_limit_without_a_pause_is_kept_for_two_minutes_and_uses_up_no_attempt() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    service.says_once("phone", Says::This(429, None, ""));
    rig.notify().await;
    assert_eq!(service.tried(), 1);
    rig.after(TimeDelta::seconds(119)).await;
    assert_eq!(service.tried(), 0);
    rig.after(TimeDelta::seconds(2)).await;
    assert_eq!(service.reached(), ["phone"]);
    assert_eq!(rig.attempts().await, 0);
}

#[tokio::test]
async fn a_pause_that_a_service_asks_for_is_kept_and_uses_up_no_attempt() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    rig.browser(&service, "laptop").await;
    service.says_once("phone", Says::This(429, Some(("retry-after", "120")), ""));
    rig.notify().await;
    assert_eq!(
        service.reached(),
        ["laptop"],
        "it was asked for one browser only"
    );
    service.tried();
    rig.after(TimeDelta::seconds(119)).await;
    assert_eq!(service.tried(), 0);
    rig.after(TimeDelta::seconds(2)).await;
    assert_eq!(service.reached(), ["phone"]);
    assert_eq!(rig.attempts().await, 0);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let rig = Rig::new().await;
    let inside = PushService::new(&rig.app.clock).await;
    let location: &'static str = format!("{}/send/phone", inside.origin).leak();
    fails_once(&rig, Says::This(307, Some(("location", location)), "")).await;
    assert_eq!(inside.tried(), 0);
}

#[tokio::test]
async fn a_web_page_is_a_failure_whatever_its_status() {
    let page = "<!doctype html><title>Log in</title>";
    let html = Some(("content-type", "text/html"));
    fails_once(&Rig::new().await, Says::This(200, html, page)).await;
}

#[tokio::test]
async fn half_an_answer_is_a_failure() {
    fails_once(&Rig::new().await, Says::Half).await;
}

/// A service that does this once: the attempt failed, and the next one succeeds.
async fn fails_once(rig: &Rig, says: Says) {
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    service.says_once("phone", says);
    let notification = rig.notify().await;
    assert_eq!(rig.status(notification).await, "pending");
    assert_eq!(rig.attempts().await, 1);
    rig.after(TimeDelta::seconds(30)).await;
    assert_eq!(service.reached(), ["phone"]);
    assert_eq!(rig.status(notification).await, "sent");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_a_failure_and_delays_no_other_browser() {
    let rig = Rig::new().await;
    let (silent, works) = (
        PushService::new(&rig.app.clock).await,
        PushService::new(&rig.app.clock).await,
    );
    rig.browser(&silent, "phone").await;
    rig.browser(&works, "laptop").await;
    silent.says_once("phone", Says::Nothing);
    let notification = rig.plan().await;
    let waiting = async {
        while works.reached() != ["laptop"] {
            tokio::task::yield_now().await;
        }
        rig.status(notification).await
    };
    let (_, meanwhile) = tokio::join!(rig.app.run_due(), waiting);
    assert_eq!(meanwhile, "pending", "the laptop had it first");
    assert_eq!(rig.attempts().await, 1);
    rig.after(TimeDelta::seconds(30)).await;
    assert_eq!(silent.reached(), ["phone"]);
    assert_eq!(works.tried(), 1);
}

#[tokio::test]
async fn an_address_that_may_not_be_called_any_more_is_not_called() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    sqlx::query("update push_subscriptions set address = 'https://10.0.0.1/send/phone'")
        .execute(&rig.app.cx.pool)
        .await
        .unwrap();
    let notification = rig.notify().await;
    assert_eq!(service.tried(), 0);
    assert_eq!(rig.status(notification).await, "failed");
}
