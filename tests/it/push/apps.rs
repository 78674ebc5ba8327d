//! Messages to apps, through Firebase.

use super::{
    Rig, SUBSCRIPTIONS, app_with,
    firebase::{Firebase, error},
};
use chrono::TimeDelta;
use domain::ids::NotificationId;
use serde_json::json;

/// The system with Firebase, and an app of Ann's.
struct Apps {
    rig: Rig,
    firebase: Firebase,
}

impl Apps {
    async fn new() -> Self {
        let firebase = Firebase::new().await;
        let file = firebase.file.display().to_string();
        let rig = Rig::with(&[
            ("FCM_SERVICE_ACCOUNT_FILE", &file),
            ("FCM_URL", &firebase.url),
        ])
        .await;
        let apps = Self { rig, firebase };
        apps.app("phone").await;
        apps
    }

    async fn app(&self, token: &str) {
        let made = self.rig.ann.post(SUBSCRIPTIONS, app_with(token)).await;
        let subscription = &made.created()["subscription"];
        assert_eq!(subscription["kind"], "fcm");
        assert_eq!(subscription["service"], json!(null));
    }

    async fn notify(&self) -> NotificationId {
        self.firebase.is_at(self.rig.app.now());
        self.rig.notify().await
    }

    async fn after(&self, time: TimeDelta) {
        self.firebase.is_at(self.rig.app.now() + time);
        self.rig.after(time).await;
    }

    fn reached(&self) -> Vec<String> {
        let arrived = self.firebase.arrived();
        let tokens = arrived
            .iter()
            .map(|message| message["token"].as_str().unwrap().to_owned());
        let mut tokens: Vec<_> = tokens.collect();
        tokens.sort();
        tokens
    }
}

#[tokio::test]
async fn a_message_reaches_every_app_once_with_one_token_of_ours() {
    let apps = Apps::new().await;
    apps.app("tablet").await;
    let notification = apps.notify().await;
    let number = apps.rig.ann.ticket(&apps.rig.ticket).await["ticketNumber"].clone();
    let number = number.as_str().unwrap();
    let arrived = apps.firebase.arrived();
    assert_eq!(arrived.len(), 2);
    for message in arrived {
        assert_eq!(
            message["notification"],
            json!({"title": "You have a new message", "body": format!("{number}: Help")})
        );
        assert_eq!(
            message["data"],
            json!({
                "kind": "staff_replied",
                "ticketId": apps.rig.ticket,
                "ticketNumber": number,
                "url": format!("https://app.example.com/tickets/{number}"),
            })
        );
        assert_eq!(message["android"]["ttl"], "86400s");
    }
    assert_eq!(apps.rig.status(notification).await, "sent");
    apps.notify().await;
    assert_eq!(apps.reached(), ["phone", "tablet"]);
    assert_eq!(apps.firebase.issued(), 1);
}

#[tokio::test]
async fn our_token_is_renewed_when_four_fifths_of_its_life_are_over() {
    let apps = Apps::new().await;
    for (minutes, issued) in [(0, 1), (47, 1), (2, 2), (47, 2)] {
        apps.rig.app.advance(TimeDelta::minutes(minutes));
        apps.notify().await;
        assert_eq!(apps.reached(), ["phone"]);
        assert_eq!(apps.firebase.issued(), issued);
    }
    // While no new one can be had, the present one serves.
    apps.rig.app.advance(TimeDelta::minutes(3));
    apps.firebase.token_says_once(503, "");
    apps.notify().await;
    assert_eq!(apps.reached(), ["phone"]);
    assert_eq!(apps.firebase.issued(), 2);
}

#[tokio::test]
async fn a_token_of_ours_that_is_revoked_is_replaced_at_once() {
    let apps = Apps::new().await;
    apps.notify().await;
    apps.firebase.revoke();
    let notification = apps.notify().await;
    assert_eq!(apps.reached(), ["phone", "phone"]);
    assert_eq!(apps.firebase.issued(), 2);
    assert_eq!(apps.rig.status(notification).await, "sent");
}

#[tokio::test]
async fn a_token_endpoint_that_fails_or_lies_deletes_nothing_and_loses_nothing() {
    for (status, body) in [
        (400, "{\"error\": \"invalid_grant\"}"),
        (500, ""),
        (200, "<!doctype html><title>Log in</title>"),
        (200, "{\"access_token\": \"\", \"expires_in\": 3600}"),
        (200, "{\"error\": \"not really\"}"),
        (302, ""),
    ] {
        let apps = Apps::new().await;
        apps.firebase.token_says_once(status, body);
        let notification = apps.notify().await;
        assert_eq!(apps.firebase.tried(), 0, "{status} {body}");
        assert_eq!(
            apps.rig.status(notification).await,
            "pending",
            "{status} {body}"
        );
        apps.after(TimeDelta::seconds(30)).await;
        assert_eq!(apps.reached(), ["phone"], "{status} {body}");
        assert_eq!(apps.rig.status(notification).await, "sent");
    }
}

#[tokio::test]
async fn an_app_is_deleted_when_firebase_does_not_know_it() {
    let apps = Apps::new().await;
    let named = json!({"error": {"status": "INVALID_ARGUMENT", "details": [
        {"fieldViolations": [{"field": "message.token", "description": "…"}]},
    ]}});
    for (name, says) in [
        ("gone", error(404, "NOT_FOUND", Some("UNREGISTERED"))),
        ("malformed", (400, None, named)),
    ] {
        apps.app(name).await;
        apps.firebase.says_once(name, says);
    }
    let notification = apps.notify().await;
    assert_eq!(apps.reached(), ["phone"]);
    assert_eq!(apps.rig.devices().await, 1);
    assert_eq!(apps.rig.status(notification).await, "sent");
}

#[tokio::test]
async fn a_wrong_configuration_deletes_nothing_and_the_message_comes_later() {
    for says in [
        error(401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR")),
        error(403, "PERMISSION_DENIED", None),
        error(403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH")),
        error(404, "NOT_FOUND", None),
        error(500, "INTERNAL", Some("INTERNAL")),
        error(503, "UNAVAILABLE", Some("UNAVAILABLE")),
        (502, None, json!("<html>Bad gateway</html>")),
        (200, None, json!("<!doctype html><title>Log in</title>")),
        (200, None, json!({"error": {"status": "INTERNAL"}})),
        (200, None, json!("{\"name\": \"projec")),
    ] {
        let apps = Apps::new().await;
        apps.firebase.says_once("phone", says.clone());
        let notification = apps.notify().await;
        assert_eq!(apps.rig.status(notification).await, "pending", "{says:?}");
        assert_eq!(apps.rig.devices().await, 1, "{says:?}");
        apps.after(TimeDelta::seconds(30)).await;
        assert_eq!(apps.reached(), ["phone"], "{says:?}");
        assert_eq!(apps.rig.status(notification).await, "sent", "{says:?}");
    }
}

#[tokio::test]
async fn a_quota_waits_as_long_as_it_is_asked_to_and_a_fault_of_ours_is_never_repeated() {
    let apps = Apps::new().await;
    let (status, _, body) = error(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED"));
    apps.firebase.says_once("phone", (status, Some("90"), body));
    apps.notify().await;
    apps.firebase.tried();
    apps.after(TimeDelta::seconds(89)).await;
    assert_eq!(apps.firebase.tried(), 0);
    apps.after(TimeDelta::seconds(2)).await;
    assert_eq!(apps.reached(), ["phone"]);
    assert_eq!(apps.rig.attempts().await, 0);
    let ours = error(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"));
    apps.firebase.says_once("phone", ours);
    let notification = apps.notify().await;
    assert_eq!(apps.rig.status(notification).await, "failed");
    assert_eq!(apps.rig.devices().await, 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_had_is_asked_for_once_and_not_once_for_each_app() {
    let apps = Apps::new().await;
    for name in ["tablet", "watch"] {
        apps.app(name).await;
    }
    apps.firebase.token_says_once(503, "");
    apps.notify().await;
    assert_eq!(apps.firebase.issued(), 0);
    assert_eq!(apps.reached(), [""; 0], "all of them share the one failure");
    apps.after(TimeDelta::seconds(31)).await;
    apps.after(TimeDelta::minutes(1)).await;
    assert_eq!(apps.reached(), ["phone", "tablet", "watch"]);
}
