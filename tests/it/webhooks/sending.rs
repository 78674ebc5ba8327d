//! What receivers get.

use super::{OK, Receiver, Rig, WEBHOOKS};
use crate::harness::NOTHING;
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn an_event_arrives_signed_with_ids_and_words_and_nothing_that_a_person_wrote() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (_, secret) = rig.endpoint(&receiver).await;
    let ticket = rig.ticket().await;
    rig.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1, "{arrived:?}");
    let one = &arrived[0];
    assert!(one.is_signed_with(&secret));
    assert!(!one.is_signed_with("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert_eq!(one.header("content-type"), "application/json");
    assert!(one.header("user-agent").starts_with("BaiTech-Support/"));
    let now = rig.app.now().timestamp().to_string();
    assert_eq!(one.header("webhook-timestamp"), now);
    assert_eq!(one.body["type"], "ticket.created");
    let shown = rig.admin.ticket(&ticket).await;
    let data = &one.body["data"];
    let expected = json!({
        "eventId": data["eventId"], "event": "created", "ticketId": ticket, "ticketNumber": shown["ticketNumber"],
        "version": 1, "messageId": null, "by": rig.customer.id(), "status": "open", "priority": "low",
        "assignedTo": null,
    });
    assert_eq!(data, &expected);
    assert_eq!(one.body["timestamp"], shown["createdAt"]);
    for written in ["Help", "Please", "Ann", "Otieno", "example.com"] {
        assert!(!one.text.contains(written), "{}", one.text);
    }
    assert!(one.text.len() < 20_000);
}

#[tokio::test]
async fn notes_and_availability_are_told_by_their_ids() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    rig.endpoint_for(&receiver, json!(["ticket.message", "agent.availability"]))
        .await;
    let ticket = rig.ticket().await;
    let note = rig.admin.notes(&ticket, "a sekret").await;
    let agent = rig.app.agent("Sam", "general").await;
    rig.deliver().await;
    let arrived = receiver.arrived();
    let types: Vec<_> = arrived.iter().map(|one| &one.body["type"]).collect();
    assert_eq!(types, ["ticket.message", "agent.availability"]);
    assert_eq!(arrived[0].body["data"]["messageId"], note);
    assert_eq!(arrived[1].body["data"]["agentId"], agent.id());
    assert!(!arrived[0].text.contains("sekret"));
}

#[tokio::test]
async fn an_endpoint_gets_its_types_alone_and_nothing_from_before_it_or_while_it_was_disabled() {
    let rig = Rig::new().await;
    let (all, messages) = (Receiver::new().await, Receiver::new().await);
    rig.ticket().await;
    let (id, _) = rig.endpoint(&all).await;
    rig.endpoint_for(&messages, json!(["ticket.message"])).await;
    let ticket = rig.ticket().await;
    rig.customer.says(&ticket, "Hello.").await.created();
    rig.deliver().await;
    assert_eq!(all.events(), ["created", "message_added"]);
    assert_eq!(messages.events(), ["message_added"]);
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.patch(&path, json!({"enabled": false})).await.ok();
    rig.customer.says(&ticket, "Anybody?").await.created();
    rig.deliver().await;
    assert_eq!(rig.webhook(&id).await["disabledReason"], "by_admin");
    rig.admin.patch(&path, json!({"enabled": true})).await.ok();
    rig.customer.says(&ticket, "Thanks.").await.created();
    rig.deliver().await;
    assert_eq!(
        all.events(),
        ["message_added"],
        "only that after it was enabled"
    );
    assert_eq!(messages.events().len(), 2);
}

#[tokio::test]
async fn the_only_endpoint_is_not_told_what_happened_before_it() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    rig.ticket().await;
    rig.endpoint(&receiver).await;
    rig.deliver().await;
    assert_eq!(receiver.events(), NOTHING);
    rig.ticket().await;
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
}

#[tokio::test]
async fn the_only_endpoint_is_not_told_what_happened_while_it_was_disabled() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.patch(&path, json!({"enabled": false})).await.ok();
    rig.ticket().await;
    rig.admin.patch(&path, json!({"enabled": true})).await.ok();
    rig.deliver().await;
    assert_eq!(receiver.events(), NOTHING);
    rig.ticket().await;
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, first) = rig.endpoint(&receiver).await;
    let rotated = rig.does(&id, "rotate-secret").await;
    let second = rotated.ok()["secret"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let until = rotated.ok()["webhook"]["previousSecretUntil"].clone();
    assert!(until.is_string());
    rig.ticket().await;
    rig.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived[0].signatures(), 2);
    assert!(arrived[0].is_signed_with(&first) && arrived[0].is_signed_with(&second));
    rig.app.advance(TimeDelta::days(1));
    rig.ticket().await;
    rig.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived[0].signatures(), 1);
    assert!(!arrived[0].is_signed_with(&first) && arrived[0].is_signed_with(&second));
}

#[tokio::test]
async fn an_admin_sends_a_delivery_again_under_the_same_id_with_a_signature_of_the_moment() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, secret) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    rig.deliver().await;
    let first = receiver.arrived().remove(0);
    rig.app.advance(TimeDelta::hours(3));
    let again = rig.redeliver(&id, first.id()).await;
    assert_eq!(again.ok()["delivery"]["status"], "waiting");
    rig.deliver().await;
    let second = receiver.arrived().remove(0);
    assert_eq!(second.id(), first.id());
    assert_eq!(second.text, first.text);
    assert_ne!(
        second.header("webhook-timestamp"),
        first.header("webhook-timestamp")
    );
    assert!(second.is_signed_with(&secret));
    let log = rig.log(&id).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["attempts"], 2);
    assert_eq!(log[0]["status"], "delivered");
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_tried_once_whatever_the_filter_and_the_state_are() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, secret) = rig.endpoint_for(&receiver, json!(["ticket.created"])).await;
    let path = format!("{WEBHOOKS}/{id}");
    rig.admin.patch(&path, json!({"enabled": false})).await.ok();
    let sent = rig.does(&id, "test").await;
    assert_eq!(sent.ok()["delivery"]["type"], "webhook.test");
    rig.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    assert!(arrived[0].is_signed_with(&secret));
    assert_eq!(arrived[0].body["data"]["webhookId"], id);
    receiver.says((404, &[], "no such hook"));
    rig.app.advance(TimeDelta::seconds(1));
    rig.does(&id, "test").await.ok();
    rig.deliver().await;
    rig.after(TimeDelta::days(1)).await;
    assert_eq!(receiver.arrived().len(), 1);
    assert_eq!(rig.statuses(&id).await, ["delivered", "exhausted"]);
    receiver.says(OK);
}

#[tokio::test]
async fn a_job_that_runs_twice_sends_once() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    rig.deliver().await;
    let delivery = rig.log(&id).await[0]["id"].as_str().unwrap().to_owned();
    let job = actions::job_list::Job::DeliverWebhook {
        delivery: delivery.parse().unwrap(),
    };
    rig.app.run(&job).await;
    assert_eq!(receiver.arrived().len(), 1);
    assert_eq!(rig.log(&id).await[0]["attempts"], 1);
}
