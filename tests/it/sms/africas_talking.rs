//! Africa's Talking: what it says of each recipient, and what is done then.

use super::{NUMBER, Played, Rig, provider::Answers};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn recipient(code: i64, status: &str, id: &str) -> Value {
    json!({"SMSMessageData": {"Message": "Sent to 0/1 Total Cost: 0", "Recipients": [
        {"cost": "0", "messageId": id, "number": NUMBER, "status": status, "statusCode": code},
    ]}})
}

fn says(code: i64, status: &str) -> Answers {
    Answers::json(201, &recipient(code, status, "None"))
}

#[tokio::test]
async fn an_accepted_message_is_sent_with_the_providers_id_and_its_segments() {
    let rig = Rig::new(Played::AfricasTalking).await;
    let notification = rig.send().await;
    let arrived = rig.provider.arrived();
    assert_eq!(arrived.len(), 1);
    let text = &arrived[0].form["message"];
    assert!(
        text.starts_with("TKT-") && text.contains("escalated to you: Help"),
        "{text}"
    );
    assert_eq!(
        rig.state(notification).await,
        ("sent".to_owned(), 1, String::new())
    );
    let id = super::provider::id(Played::AfricasTalking, 1);
    assert_eq!(rig.message(notification).await, (Some(id), 1, None, None));
    for code in [100, 102] {
        let accepts = Answers::json(201, &recipient(code, "Success", "ATXid_x"));
        let notification = rig.answered(accepts).await;
        assert_eq!(rig.status(notification).await, "sent", "{code}");
    }
}

#[tokio::test]
async fn a_201_with_a_refused_number_is_a_failure_that_is_not_tried_again() {
    let rig = Rig::new(Played::AfricasTalking).await;
    for (code, status) in [
        (403, "InvalidPhoneNumber"),
        (404, "UnsupportedNumberType"),
        (406, "UserInBlacklist"),
        (401, "RiskHold"),
        (407, "CouldNotRoute"),
    ] {
        let notification = rig.answered(says(code, status)).await;
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
    let rig = Rig::new(Played::AfricasTalking).await;
    let nobody = json!({"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}});
    for answers in [
        says(402, "InvalidSenderId"),
        Answers::json(201, &nobody),
        says(402, "InvalidSenderId"),
        says(402, "InvalidSenderId"),
    ] {
        let notification = rig.answered(answers).await;
        let (status, attempts, error) = rig.state(notification).await;
        assert_eq!((status.as_str(), attempts), ("failed", 1));
        assert!(
            error.contains("refused the sender for this number"),
            "{error}"
        );
        assert_eq!(rig.held().await, "");
    }
    // It is no fault of the number: the next one goes there.
    let next = rig.send().await;
    assert_eq!(rig.status(next).await, "sent");
}

#[tokio::test]
async fn no_balance_and_a_wrong_login_hold_the_channel_and_cost_no_message() {
    for (answers, reason) in [
        (says(405, "InsufficientBalance"), "no balance left"),
        (
            Answers::text(401, "The supplied authentication is invalid"),
            "account or its key",
        ),
    ] {
        let rig = Rig::new(Played::AfricasTalking).await;
        let notification = rig.answered(answers).await;
        assert_eq!(
            rig.state(notification).await,
            ("pending".to_owned(), 0, String::new())
        );
        let held = rig.held().await;
        assert!(held.contains(reason), "{held}");
        assert_eq!(rig.provider.arrived().len(), 1);
        // It is mended: the message goes out, once.
        rig.after(TimeDelta::minutes(1)).await;
        assert_eq!(rig.status(notification).await, "sent");
        assert_eq!(rig.provider.arrived().len(), 1);
        assert_eq!(rig.held().await, "");
    }
}

#[tokio::test]
async fn a_failure_that_says_that_nothing_was_sent_is_tried_again() {
    let rig = Rig::new(Played::AfricasTalking).await;
    let none =
        json!({"SMSMessageData": {"Message": "Sent to 0/1 Total Cost: 0", "Recipients": []}});
    let answers = [
        says(500, "InternalServerError"),
        says(501, "GatewayError"),
        says(502, "RejectedByGateway"),
        Answers::json(201, &none),
    ];
    let notification = rig.answered(answers[0].clone()).await;
    for answers in &answers[1..] {
        assert_eq!(rig.status(notification).await, "pending");
        rig.provider.answers(answers.clone());
        rig.after(TimeDelta::hours(2)).await;
    }
    rig.after(TimeDelta::hours(2)).await;
    let (status, attempts, error) = rig.state(notification).await;
    assert_eq!((status.as_str(), attempts, error.as_str()), ("sent", 5, ""));
    assert_eq!(rig.provider.arrived().len(), 5);
}

#[tokio::test]
async fn an_answer_about_another_number_is_not_believed() {
    let rig = Rig::new(Played::AfricasTalking).await;
    let mut other = recipient(101, "Success", "ATXid_x");
    other["SMSMessageData"]["Recipients"][0]["number"] = json!("+254799999999");
    let notification = rig.answered(Answers::json(201, &other)).await;
    assert_eq!(rig.status(notification).await, "unknown");
}
