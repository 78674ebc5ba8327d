//! Messages to browsers: what they say, and that each browser gets each once.

use super::{PushService, Rig};
use chrono::TimeDelta;
use domain::ids::NotificationId;
use serde_json::json;
use worker::{JobContext, PushMessage};

#[tokio::test]
async fn a_notification_reaches_every_browser_once_and_says_no_more_than_the_subject() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "laptop").await;
    rig.browser(&service, "phone").await;
    let notification = rig.notify().await;
    let arrived = service.arrived();
    assert_eq!(arrived.len(), 2);
    let number = rig.ann.ticket(&rig.ticket).await["ticketNumber"].clone();
    let number = number.as_str().unwrap();
    for message in &arrived {
        assert_eq!(
            message.message,
            json!({
                "kind": "staff_replied",
                "title": "You have a new message",
                "body": format!("{number}: Help"),
                "ticketId": rig.ticket,
                "ticketNumber": number,
                "url": format!("https://app.example.com/tickets/{number}"),
            })
        );
        assert_eq!(message.header("ttl"), "86400");
        assert_eq!(message.header("urgency"), "normal");
    }
    assert_eq!(arrived[0].header("topic"), arrived[1].header("topic"));
    // One introduction for the service.
    assert_eq!(
        arrived[0].header("authorization"),
        arrived[1].header("authorization")
    );
    assert_eq!(rig.status(notification).await, "sent");
    // A second run of the job finds that it is sent.
    rig.enqueue(notification).await;
    rig.app.settle().await;
    assert_eq!(service.tried(), 2);
}

#[tokio::test]
async fn a_message_is_in_the_language_of_the_person_and_urgent_work_wakes_the_device() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    for (language, title) in [
        ("sw-KE", "Una ujumbe mpya"),
        ("fr", "Vous avez un nouveau message"),
        ("xx", "You have a new message"),
    ] {
        sqlx::query("update users set language = $1")
            .bind(language)
            .execute(&rig.app.cx.pool)
            .await
            .unwrap();
        rig.notify().await;
        assert_eq!(service.arrived()[0].message["title"], title);
    }
    let urgent = json!({"priority": "urgent"});
    rig.sam.does("priority", &rig.ticket, urgent).await.ok();
    rig.app.settle().await;
    rig.notify().await;
    assert_eq!(service.arrived()[0].header("urgency"), "high");
}

#[tokio::test]
async fn the_introduction_is_kept_for_hours_and_made_anew_before_it_expires() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    let mut seen = Vec::new();
    for hours in [0, 10, 2, 11] {
        rig.app.advance(TimeDelta::hours(hours));
        rig.notify().await;
        seen.push(service.arrived()[0].header("authorization").to_owned());
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[1], seen[2], "made 12 hours ago");
    assert_ne!(seen[2], seen[3]);
}

#[tokio::test]
async fn without_a_device_there_is_nothing_to_tell() {
    let rig = Rig::new().await;
    let notification = rig.notify().await;
    assert_eq!(rig.status(notification).await, "dropped");
    assert_eq!(rig.attempts().await, 0);
}

#[tokio::test]
async fn a_browser_that_has_the_message_is_not_told_again_after_a_crash() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "laptop").await;
    rig.browser(&service, "phone").await;
    let notification = rig.plan().await;
    // The process died after it had recorded that the laptop has it.
    sqlx::query(
        "insert into push_deliveries (notification_id, subscription_id, outcome, at)
         select $1, id, 'sent', $2 from push_subscriptions where address like '%laptop'",
    )
    .bind(notification.0)
    .bind(rig.app.now())
    .execute(&rig.app.cx.pool)
    .await
    .unwrap();
    rig.app.settle().await;
    assert_eq!(service.reached(), ["phone"]);
    assert_eq!(rig.status(notification).await, "sent");
}

#[tokio::test]
async fn what_became_of_a_message_is_kept_for_thirty_days() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    rig.notify().await;
    let kept = "select count(*) from push_deliveries";
    for (days, expected) in [(29, 1), (2, 0)] {
        rig.app.advance(TimeDelta::days(days));
        rig.app.run(&actions::job_list::Job::Prune).await;
        assert_eq!(rig.app.count(kept).await, expected);
    }
}

#[tokio::test]
async fn a_digest_has_the_count_and_the_numbers_and_reaches_each_browser_once() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    rig.browser(&service, "phone").await;
    let ids: Vec<NotificationId> = vec![
        rig.plan().await,
        rig.plan_as("ticket_received", &rig.ann, "created").await,
    ];
    let mut contents = Vec::new();
    for id in &ids {
        let content = actions::notifications::content::load(&rig.app.cx.pool, *id).await;
        contents.push(content.unwrap().unwrap());
    }
    assert!(PushMessage::of_digest(&[]).is_none());
    let message = PushMessage::of_digest(&contents).unwrap();
    let channels = JobContext::new(rig.app.cx.clone()).unwrap().channels;
    for _ in 0..2 {
        channels
            .push
            .deliver(&ids, &message, rig.app.now())
            .await
            .unwrap();
    }
    let arrived = service.arrived();
    assert_eq!(arrived.len(), 1);
    let number = rig.ann.ticket(&rig.ticket).await["ticketNumber"].clone();
    assert_eq!(
        arrived[0].message,
        json!({
            "kind": "digest",
            "title": "2 notifications about your tickets",
            "body": number,
            "count": 2,
            "ticketNumbers": [number],
        })
    );
}
