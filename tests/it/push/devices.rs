//! Devices: who owns one, and when its subscription ends.

use super::{Browser, PUSH, PushService, Rig, SUBSCRIPTIONS, app_with};
use crate::harness::Caller;
use serde_json::{Value, json};

#[tokio::test]
async fn the_public_key_is_made_once_and_stays_the_same() {
    let rig = Rig::new().await;
    let (one, other) = tokio::join!(rig.ann.get(PUSH), rig.sam.get(PUSH));
    let key = one.ok()["publicKey"].as_str().unwrap().to_owned();
    assert_eq!(key.len(), 87, "65 bytes in Base64");
    assert_eq!(other.ok()["publicKey"], key);
    assert_eq!(rig.ann.get(PUSH).await.ok()["publicKey"], key);
    assert_eq!(rig.app.count("select count(*) from push_keys").await, 1);
}

#[tokio::test]
async fn every_fault_of_a_device_is_named_at_once() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    let good = Browser::new(&service, "phone").subscription();
    let refused = rig
        .ann
        .post(
            SUBSCRIPTIONS,
            json!({"endpoint": "https://10.0.0.1/", "keys": {"p256dh": "BAAA", "auth": "AA"}}),
        )
        .await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let errors = refused.body["errors"].as_array().unwrap().iter();
    let errors: Vec<_> = errors
        .map(|error| {
            (
                error["field"].as_str().unwrap(),
                error["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        errors,
        [
            ("endpoint", "unfit_url"),
            ("keys.p256dh", "invalid_key"),
            ("keys.auth", "invalid_key"),
        ]
    );
    // A point of the right length that is not on the curve.
    let mut off = good.clone();
    let key = off["keys"]["p256dh"].as_str().unwrap().to_owned();
    off["keys"]["p256dh"] = json!(format!("{}AAAAA", &key[..82]));
    let refused = rig.ann.post(SUBSCRIPTIONS, off).await;
    assert_eq!(refused.body["errors"][0]["field"], "keys.p256dh");
    for (body, field) in [
        (json!({}), "endpoint"),
        (json!({"endpoint": good["endpoint"]}), "keys"),
        (json!({"endpoint": good["endpoint"], "token": "a"}), "token"),
    ] {
        let refused = rig.ann.post(SUBSCRIPTIONS, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    let unconfigured = rig.ann.post(SUBSCRIPTIONS, app_with("a-token")).await;
    assert_eq!(unconfigured.refused(409), "fcm_not_configured");
    rig.ann.post(SUBSCRIPTIONS, good).await.created();
}

#[tokio::test]
async fn a_device_is_renewed_under_its_id_and_shows_neither_its_address_nor_its_keys() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    let phone = Browser::new(&service, "phone").subscription();
    let first = rig.ann.post(SUBSCRIPTIONS, phone.clone()).await;
    let first = first.created()["subscription"].clone();
    rig.app.advance(chrono::TimeDelta::hours(1));
    let again = rig.ann.post(SUBSCRIPTIONS, phone.clone()).await;
    let again = again.created()["subscription"].clone();
    assert_eq!(first["id"], again["id"]);
    assert_eq!(first["createdAt"], again["createdAt"]);
    assert_ne!(first["lastUsedAt"], again["lastUsedAt"]);
    let listed = rig.ann.get(PUSH).await;
    assert_eq!(listed.ok()["subscriptions"], json!([again]));
    assert_eq!(again["current"], true);
    assert_eq!(again["kind"], "web_push");
    let text = listed.ok().to_string();
    for secret in ["/send/phone", phone["keys"]["auth"].as_str().unwrap()] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn the_last_person_who_subscribed_a_browser_owns_it_alone() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    let shared = Browser::new(&service, "shared").subscription();
    rig.sam.post(SUBSCRIPTIONS, shared.clone()).await.created();
    let made = rig.ann.post(SUBSCRIPTIONS, shared).await;
    let id = made.created()["subscription"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(rig.subscriptions(&rig.sam).await, [Value::Null; 0]);
    let path = format!("{SUBSCRIPTIONS}/{id}");
    let foreign = rig.sam.delete(&path, json!({})).await;
    assert_eq!(foreign.refused(404), "not_found");
    assert_eq!(rig.devices().await, 1);
    rig.ann.delete(&path, json!({})).await.ok();
    assert_eq!(rig.devices().await, 0);
    assert_eq!(
        rig.ann.delete(&path, json!({})).await.refused(404),
        "not_found"
    );
}

#[tokio::test]
async fn a_person_has_ten_devices_and_the_one_that_was_renewed_first_goes() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    for name in 0..12 {
        if name == 11 {
            // The oldest that is left is renewed, so that the second oldest goes.
            let oldest = Browser::new(&service, "device-1").subscription();
            rig.ann.post(SUBSCRIPTIONS, oldest).await.created();
        }
        rig.app.advance(chrono::TimeDelta::seconds(1));
        rig.browser(&service, &format!("device-{name}")).await;
    }
    assert_eq!(rig.devices().await, 10);
    rig.notify().await;
    let reached = service.reached();
    assert_eq!(reached.len(), 10);
    assert!(reached.contains(&"device-1".to_owned()), "{reached:?}");
    for gone in ["device-0", "device-2"] {
        assert!(!reached.contains(&gone.to_owned()), "{reached:?}");
    }
}

/// A second login of a person.
async fn second_login(rig: &Rig, email: &str) -> Value {
    let login = json!({"email": email, "password": "SecurePass123!"});
    let stranger = rig.app.stranger();
    stranger
        .post("/api/v1/auth/login", login)
        .await
        .ok()
        .clone()
}

/// Sends as a login.
async fn sends(caller: &Caller, login: &Value, path: &str, body: Value) -> crate::harness::Answer {
    let request = axum::http::Request::post(path)
        .header(
            "authorization",
            format!("Bearer {}", login["token"].as_str().unwrap()),
        )
        .header("content-type", "application/json")
        .body(axum::body::Body::from(body.to_string()));
    caller.send(request.unwrap()).await
}

#[tokio::test]
async fn a_subscription_ends_with_the_login_that_made_it() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    let login = second_login(&rig, "ann@example.com").await;
    let library = Browser::new(&service, "library").subscription();
    let stranger = rig.app.stranger();
    sends(&stranger, &login, SUBSCRIPTIONS, library.clone())
        .await
        .created();
    let listed = rig.subscriptions(&rig.ann).await;
    let current: Vec<_> = listed
        .iter()
        .map(|device| device["current"].as_bool())
        .collect();
    assert_eq!(current, [Some(false), Some(true)]);
    sends(&stranger, &login, "/api/v1/auth/logout", json!({}))
        .await
        .ok();
    assert_eq!(rig.devices().await, 1);
    // A new password ends all other logins.
    let login = second_login(&rig, "ann@example.com").await;
    sends(&stranger, &login, SUBSCRIPTIONS, library)
        .await
        .created();
    assert_eq!(rig.devices().await, 2);
    let change = json!({"currentPassword": "SecurePass123!", "newPassword": "Another Pass 123!"});
    rig.ann.put("/api/v1/auth/password", change).await.ok();
    let left = rig.subscriptions(&rig.ann).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["current"], true);
}

#[tokio::test]
async fn a_device_of_a_login_that_the_release_before_ended_gets_nothing() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    let ended = "update sessions set revoked_at = now() where user_id = $1::uuid";
    rig.app.sql(ended, &rig.ann.id()).await;
    let notification = rig.notify().await;
    assert_eq!(service.tried(), 0);
    assert_eq!(rig.status(notification).await, "dropped");
}

#[tokio::test]
async fn an_address_inside_is_refused_although_webhooks_may_go_there() {
    let rig = Rig::with(&[("PUSH_ALLOWED", ""), ("OUTBOUND_ALLOWED", "127.0.0.0/8")]).await;
    let service = PushService::new(&rig.app.clock).await;
    let browser = Browser::new(&service, "phone");
    let refused = rig.ann.post(SUBSCRIPTIONS, browser.subscription()).await;
    assert_eq!(refused.status, 422);
    assert_eq!(rig.devices().await, 0);
}

#[tokio::test]
async fn the_devices_of_a_closed_account_are_gone() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    let eve = rig.app.admin("Eve").await;
    let path = format!("/api/v1/admin/users/{}", rig.ann.id());
    eve.patch(&path, json!({"active": false})).await.ok();
    assert_eq!(
        rig.app
            .count("select count(*) from push_subscriptions")
            .await,
        0
    );
    let notification = rig.notify().await;
    assert_eq!(rig.status(notification).await, "dropped");
    assert_eq!(service.tried(), 0);
}
