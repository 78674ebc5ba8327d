//! Delivery reports: who may send them, and what they change. The signatures are made after Twilio's documents, with an HMAC
//! of their own, so that they share nothing with the code under test.

use super::{
    NUMBER, PUBLIC_URL, Played, Rig, left_alone,
    provider::{self, Answers},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use domain::ids::NotificationId;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::collections::BTreeMap;

const TWILIO: &str = "/api/v1/notifications/sms/twilio/";
const AFRICAS_TALKING: &str = "/api/v1/notifications/sms/africas-talking/";

type Fields<'a> = &'a [(&'a str, &'a str)];

fn encoded(fields: Fields<'_>) -> String {
    let escape = |text: &str| {
        let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
        bytes.collect::<Vec<_>>().concat()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn signature(url: &str, fields: Fields<'_>) -> String {
    let sorted: BTreeMap<_, _> = fields.iter().copied().collect();
    let mut text = url.to_owned();
    for (name, value) in sorted {
        text += name;
        text += value;
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(provider::AUTH_TOKEN.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Rig {
    async fn calls(&self, path: &str, form: String, signature: Option<&str>) -> StatusCode {
        let mut request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        if let Some(signature) = signature {
            request = request.header("x-twilio-signature", signature);
        }
        let request = request.body(Body::from(form)).unwrap();
        self.app.stranger().raw(request).await.0
    }

    /// A report of Twilio, signed.
    async fn twilio_reports(&self, notification: NotificationId, fields: Fields<'_>) {
        let path = format!("{TWILIO}{notification}");
        let signature = signature(&format!("{PUBLIC_URL}{path}"), fields);
        let status = self.calls(&path, encoded(fields), Some(&signature)).await;
        assert_eq!(status, StatusCode::OK);
    }

    pub async fn twilio_says(
        &self,
        notification: NotificationId,
        sid: &str,
        status: &str,
        code: &str,
    ) {
        let mut fields = vec![
            ("MessageSid", sid),
            ("MessageStatus", status),
            ("To", NUMBER),
            ("AccountSid", provider::ACCOUNT_SID),
        ];
        if !code.is_empty() {
            fields.push(("ErrorCode", code));
        }
        self.twilio_reports(notification, &fields).await;
    }

    fn token(&self) -> String {
        domain::sms::report_token(&self.app.cx.config.auth.jwt_secret)
    }

    pub(super) async fn africas_talking_says(&self, id: &str, status: &str, reason: &str) {
        let mut fields = vec![
            ("id", id),
            ("status", status),
            ("phoneNumber", NUMBER),
            ("networkCode", "63902"),
            ("retryCount", "0"),
        ];
        if !reason.is_empty() {
            fields.push(("failureReason", reason));
        }
        let path = format!("{AFRICAS_TALKING}{}", self.token());
        let status = self.calls(&path, encoded(&fields), None).await;
        assert_eq!(status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_report_of_twilio_settles_a_message_that_was_unknown() {
    let rig = Rig::new(Played::Twilio).await;
    for (status, code, expected, reason) in [
        ("delivered", "", "sent", ""),
        ("sent", "", "sent", ""),
        (
            "undelivered",
            "30003",
            "failed",
            "did not deliver the text message: 30003",
        ),
        (
            "failed",
            "30006",
            "failed",
            "did not deliver the text message: 30006",
        ),
    ] {
        let unknown = rig.answered(Answers::Half).await;
        assert_eq!(rig.status(unknown).await, "unknown");
        rig.twilio_says(unknown, "SM0123", status, code).await;
        let (found, _, error) = rig.state(unknown).await;
        assert_eq!(found, expected, "{status}");
        assert!(
            error.ends_with(reason) && error.is_empty() == reason.is_empty(),
            "{error}"
        );
        assert_eq!(rig.message(unknown).await.0.as_deref(), Some("SM0123"));
        rig.after(TimeDelta::hours(1)).await;
        rig.forget_refusals().await;
    }
}

#[tokio::test]
async fn a_number_that_a_report_refuses_for_good_gets_no_further_message_for_a_week() {
    let rig = Rig::new(Played::Twilio).await;
    let sent = rig.send().await;
    rig.twilio_says(
        sent,
        &provider::id(Played::Twilio, 1),
        "undelivered",
        "30004",
    )
    .await;
    let next = rig.send().await;
    assert_eq!(rig.state(next).await, left_alone());
    rig.after(TimeDelta::days(8)).await;
    let later = rig.send().await;
    assert_eq!(rig.status(later).await, "sent");
    assert_eq!(rig.provider.arrived().len(), 2);
}

#[tokio::test]
async fn a_report_of_africas_talking_settles_the_only_unknown_message_to_its_number() {
    let rig = Rig::new(Played::AfricasTalking).await;
    let unknown = rig.answered(Answers::Half).await;
    rig.africas_talking_says("ATXid_lost", "Success", "").await;
    assert_eq!(rig.status(unknown).await, "sent");
    let (id, _, report, _) = rig.message(unknown).await;
    assert_eq!(
        (id.as_deref(), report.as_deref()),
        (Some("ATXid_lost"), Some("delivered"))
    );
    // Of two nobody can tell which it is.
    rig.app.advance(TimeDelta::hours(1));
    let one = rig.answered(Answers::Half).await;
    rig.app.advance(TimeDelta::minutes(1));
    let other = rig.answered(Answers::text(500, "")).await;
    rig.africas_talking_says("ATXid_either", "Success", "")
        .await;
    assert_eq!(
        (rig.status(one).await, rig.status(other).await),
        ("unknown".to_owned(), "unknown".to_owned())
    );
    // Nor after a day.
    rig.app.advance(TimeDelta::hours(25));
    rig.africas_talking_says("ATXid_late", "Success", "").await;
    assert_eq!(rig.status(one).await, "unknown");
}

#[tokio::test]
async fn a_message_that_was_accepted_and_does_not_arrive_has_failed() {
    let rig = Rig::new(Played::AfricasTalking).await;
    let sent = rig.send().await;
    let id = provider::id(Played::AfricasTalking, 1);
    rig.africas_talking_says(&id, "Rejected", "UserInBlackList")
        .await;
    let (status, attempts, error) = rig.state(sent).await;
    assert_eq!((status.as_str(), attempts), ("failed", 1));
    assert_eq!(
        error,
        "the network did not deliver the text message: UserInBlackList"
    );
    // It is not sent again.
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(rig.provider.arrived().len(), 1);
}

#[tokio::test]
async fn reports_that_come_late_twice_and_out_of_order_change_nothing() {
    let rig = Rig::new(Played::Twilio).await;
    let sent = rig.send().await;
    let sid = provider::id(Played::Twilio, 1);
    let mut seen = Vec::new();
    for (status, code) in [
        ("sent", ""),
        ("queued", ""),
        ("delivered", ""),
        ("sent", ""),
        ("delivered", ""),
        ("undelivered", "30003"),
        ("nonsense", ""),
    ] {
        rig.twilio_says(sent, &sid, status, code).await;
        let (_, _, report, _) = rig.message(sent).await;
        seen.push((rig.status(sent).await, report.unwrap()));
    }
    let statuses: Vec<_> = seen.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(statuses, ["sent"; 7]);
    let reports: Vec<_> = seen.iter().map(|(_, report)| report.as_str()).collect();
    let delivered = "delivered";
    assert_eq!(
        reports,
        [
            "on_its_way",
            "on_its_way",
            delivered,
            delivered,
            delivered,
            delivered,
            delivered
        ]
    );
}

#[tokio::test]
async fn a_report_that_overtakes_the_answer_has_the_last_word() {
    let rig = Rig::new(Played::Twilio).await;
    let planned = rig.plan().await;
    // As if the first attempt had begun, and its answer were still on its way.
    sqlx::query("insert into sms_messages (id, provider, number, segments, begun_at) values ($1, 'twilio', $2, 1, $3)")
        .bind(planned.0)
        .bind(NUMBER)
        .bind(rig.app.now())
        .execute(&rig.app.cx.pool)
        .await
        .unwrap();
    let sid = provider::id(Played::Twilio, 1);
    rig.twilio_says(planned, &sid, "delivered", "").await;
    assert_eq!(rig.status(planned).await, "sent");
    // Nothing more is sent: it is known to have arrived.
    rig.app.run_due().await;
    assert_eq!(rig.provider.arrived().len(), 0);
    assert_eq!(rig.status(planned).await, "sent");
}

#[tokio::test]
async fn reports_about_messages_that_were_not_sent_are_answered_and_change_nothing() {
    let rig = Rig::new(Played::Twilio).await;
    let sent = rig.send().await;
    let before = rig.app.fingerprint().await;
    // Another message than that of the notification, a notification that is none, and one that is no text message.
    rig.twilio_says(sent, "SMother", "failed", "30003").await;
    rig.twilio_says(
        NotificationId(uuid::Uuid::from_u128(7)),
        "SM1",
        "failed",
        "30003",
    )
    .await;
    let mail: uuid::Uuid =
        sqlx::query_scalar("select id from notifications where channel = 'email' limit 1")
            .fetch_one(&rig.app.cx.pool)
            .await
            .unwrap();
    rig.twilio_says(NotificationId(mail), "SM1", "failed", "30003")
        .await;
    rig.twilio_reports(sent, &[]).await;
    rig.twilio_reports(sent, &[("MessageSid", ""), ("MessageStatus", "failed")])
        .await;
    assert_eq!(rig.app.fingerprint().await, before);

    let rig = Rig::new(Played::AfricasTalking).await;
    rig.send().await;
    let before = rig.app.fingerprint().await;
    rig.africas_talking_says("ATXid_other", "Failed", "DeliveryFailure")
        .await;
    rig.africas_talking_says("", "Failed", "DeliveryFailure")
        .await;
    assert_eq!(rig.app.fingerprint().await, before);
}

#[tokio::test]
async fn a_report_that_twilio_did_not_sign_is_refused() {
    let rig = Rig::new(Played::Twilio).await;
    let sent = rig.send().await;
    let sid = provider::id(Played::Twilio, 1);
    let fields = [("MessageSid", sid.as_str()), ("MessageStatus", "failed")];
    let path = format!("{TWILIO}{sent}");
    let url = format!("{PUBLIC_URL}{path}");
    let valid = signature(&url, &fields);
    let with_port = signature(&url.replace(".com/", ".com:443/"), &fields);
    let of_request = signature(&format!("http://localhost{path}"), &fields);
    let forged = [("MessageSid", sid.as_str()), ("MessageStatus", "delivered")];
    let other = format!("{TWILIO}{}", uuid::Uuid::from_u128(7));
    let before = rig.app.fingerprint().await;
    for (path, fields, signature) in [
        (&path, &fields, None),
        (&path, &fields, Some("")),
        (&path, &fields, Some("nonsense")),
        (&path, &fields, Some(of_request.as_str())),
        (&path, &forged, Some(valid.as_str())),
        (&other, &fields, Some(valid.as_str())),
    ] {
        let status = rig.calls(path, encoded(fields), signature).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{signature:?}");
    }
    let large = format!("{}&a={}", encoded(&fields), "x".repeat(20_000));
    assert_eq!(
        rig.calls(&path, large, Some(&valid)).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(rig.app.fingerprint().await, before);
    assert_eq!(
        rig.calls(&path, encoded(&fields), Some(&with_port)).await,
        StatusCode::OK
    );
    assert_eq!(rig.status(sent).await, "failed");
}

#[tokio::test]
async fn a_report_to_another_path_than_the_secret_one_is_refused() {
    let rig = Rig::new(Played::AfricasTalking).await;
    let sent = rig.send().await;
    let id = provider::id(Played::AfricasTalking, 1);
    let form = encoded(&[("id", &id), ("status", "Failed"), ("phoneNumber", NUMBER)]);
    let token = rig.token();
    let other = domain::sms::report_token(&"another secret that is long enough".into());
    for wrong in ["nonsense", &token[1..], &other, &sent.to_string()] {
        let path = format!("{AFRICAS_TALKING}{wrong}");
        assert_eq!(
            rig.calls(&path, form.clone(), None).await,
            StatusCode::NOT_FOUND
        );
    }
    // Nor does a token of this provider open the way of the other, or that of a provider that is not used.
    let path = format!("{TWILIO}{sent}");
    assert_eq!(
        rig.calls(&path, form.clone(), None).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(rig.status(sent).await, "sent");
    let rig = Rig::new(Played::Twilio).await;
    let path = format!("{AFRICAS_TALKING}{}", rig.token());
    assert_eq!(rig.calls(&path, form, None).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_secret_path_of_the_previous_secret_is_open_while_it_is_changed() {
    let before = "another secret that is long enough";
    let rig = Rig::with(Played::AfricasTalking, &[("JWT_SECRET_PREVIOUS", before)]).await;
    let sent = rig.send().await;
    let id = provider::id(Played::AfricasTalking, 1);
    let form = encoded(&[("id", &id), ("status", "Failed"), ("phoneNumber", NUMBER)]);
    let path = format!(
        "{AFRICAS_TALKING}{}",
        domain::sms::report_token(&before.into())
    );
    assert_eq!(rig.calls(&path, form, None).await, StatusCode::OK);
    assert_eq!(rig.status(sent).await, "failed");
}
