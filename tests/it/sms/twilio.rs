//! Twilio: its codes, and what is done then.

use super::{
    NUMBER, Played, Rig, left_alone,
    provider::{Answers, SERVICE},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// A failure as Twilio tells it. Its message names the number, which must not be kept.
fn failure(status: u16, code: i64) -> Value {
    json!({
        "code": code, "message": format!("The 'To' number {NUMBER} is wrong"),
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"), "status": status,
    })
}

fn says(status: u16, code: i64) -> Answers {
    Answers::json(status, &failure(status, code))
}

#[tokio::test]
async fn an_accepted_message_is_sent_with_the_providers_id_and_its_segments() {
    let rig = Rig::new(Played::Twilio).await;
    let notification = rig.send().await;
    let arrived = rig.provider.arrived();
    assert_eq!(arrived.len(), 1);
    let form = &arrived[0].form;
    assert!(form["Body"].contains("escalated to you: Help"), "{form:?}");
    assert!(form["StatusCallback"].ends_with(&notification.to_string()));
    assert_eq!(
        rig.state(notification).await,
        ("sent".to_owned(), 1, String::new())
    );
    let id = super::provider::id(Played::Twilio, 1);
    assert_eq!(rig.message(notification).await, (Some(id), 1, None, None));
}

#[tokio::test]
async fn a_refused_number_is_a_failure_that_is_not_tried_again_and_holds_nobody() {
    let rig = Rig::new(Played::Twilio).await;
    for code in [21211, 21610, 21614, 21617, 99999] {
        let notification = rig.answered(says(400, code)).await;
        let (status, attempts, error) = rig.state(notification).await;
        assert_eq!((status.as_str(), attempts), ("failed", 1), "{code}");
        assert!(error.contains(&format!("with the code {code}")), "{error}");
        assert!(!error.contains("254"), "{error}");
        assert_eq!(rig.job(notification).await, "dead");
        assert_eq!(rig.provider.arrived().len(), 1);
        // The provider works: the others are not held.
        assert_eq!(rig.held().await, "");
        rig.forget_refusals().await;
    }
}

#[tokio::test]
async fn a_sender_that_is_refused_for_a_number_is_a_failure_of_that_message_alone() {
    let rig = Rig::new(Played::Twilio).await;
    for code in [21659, 21606, 21212, 21703] {
        let notification = rig.answered(says(400, code)).await;
        let (status, attempts, error) = rig.state(notification).await;
        assert_eq!((status.as_str(), attempts), ("failed", 1), "{code}");
        assert!(
            error.contains("refused the sender for this number"),
            "{error}"
        );
        assert_eq!(rig.held().await, "", "{code}");
    }
    // It is no fault of the number: the next one goes there.
    let next = rig.send().await;
    assert_eq!(rig.status(next).await, "sent");
}

#[tokio::test]
async fn a_wrong_login_an_unknown_sender_and_a_suspended_account_hold_the_channel_and_cost_no_message()
 {
    for (answers, reason) in [
        (says(401, 20003), "account or its key"),
        (says(403, 20005), "account or its key"),
        (says(400, 21660), "know the sender"),
        (says(400, 21701), "know the sender"),
        (Answers::text(403, "Forbidden"), "account or its key"),
        (Answers::text(402, ""), "no balance left"),
        (Answers::text(404, "no such page"), "address of its API"),
    ] {
        let rig = Rig::new(Played::Twilio).await;
        let notification = rig.answered(answers).await;
        assert_eq!(
            rig.state(notification).await,
            ("pending".to_owned(), 0, String::new())
        );
        let held = rig.held().await;
        assert!(held.contains(reason), "{held}");
        rig.after(TimeDelta::minutes(1)).await;
        assert_eq!(rig.status(notification).await, "sent");
        assert_eq!(rig.provider.arrived().len(), 2);
        assert_eq!(rig.held().await, "");
    }
}

#[tokio::test]
async fn a_success_with_an_error_inside_is_a_failure() {
    let rig = Rig::new(Played::Twilio).await;
    let failed =
        json!({"sid": "SM1", "status": "failed", "error_code": 21211, "error_message": "x"});
    for answers in [
        Answers::json(200, &failure(400, 21211)),
        Answers::json(201, &failure(400, 21211)),
        Answers::json(201, &failed),
    ] {
        let notification = rig.answered(answers).await;
        let (status, _, error) = rig.state(notification).await;
        assert_eq!(status, "failed");
        assert!(
            error.contains("refused the number, with the code 21211"),
            "{error}"
        );
        rig.forget_refusals().await;
    }
}

#[tokio::test]
async fn a_messaging_service_takes_the_place_of_the_sender() {
    let rig = Rig::with(Played::Twilio, &[("SMS_SENDER", SERVICE)]).await;
    let notification = rig.send().await;
    assert_eq!(rig.status(notification).await, "sent");
    assert_eq!(
        rig.provider.arrived()[0].form["MessagingServiceSid"],
        SERVICE
    );
}

#[tokio::test]
async fn twilio_is_given_no_address_for_reports_that_it_could_not_call() {
    let local = [("PUBLIC_URL", "http://127.0.0.1:5000")];
    let rig = Rig::with(Played::Twilio, &local).await;
    rig.send().await;
    let forms = rig.provider.forms();
    assert_eq!(forms.len(), 1);
    assert_eq!(forms[0].get("StatusCallback"), None);
}

#[tokio::test]
async fn a_number_that_is_refused_for_good_is_left_alone_and_one_message_is_not() {
    for (code, expected) in [
        (21211, left_alone()),
        (21617, ("sent".into(), 1, String::new())),
    ] {
        let rig = Rig::new(Played::Twilio).await;
        rig.answered(says(400, code)).await;
        let next = rig.send().await;
        assert_eq!(rig.state(next).await, expected, "{code}");
    }
}
