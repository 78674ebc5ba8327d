//! What limits the cost of text messages: prefixes, and caps for a number and a day.

use super::{Played, Rig};
use chrono::TimeDelta;

#[tokio::test]
async fn a_number_gets_no_more_than_its_cap_in_any_hour() {
    let rig = Rig::with(Played::Twilio, &[("SMS_PER_NUMBER_PER_HOUR", "2")]).await;
    let mut statuses = Vec::new();
    for minutes in [0, 30, 29, 2, 1] {
        rig.app.advance(TimeDelta::minutes(minutes));
        let notification = rig.send().await;
        statuses.push(rig.status(notification).await);
    }
    // At 0, 30, 59, 61 and 62 minutes.
    assert_eq!(statuses, ["sent", "sent", "dropped", "sent", "dropped"]);
    assert_eq!(rig.provider.arrived().len(), 3);
}

#[tokio::test]
async fn a_day_has_no_more_messages_than_its_cap() {
    let rig = Rig::with(Played::AfricasTalking, &[("SMS_PER_DAY", "2")]).await;
    let mut statuses = Vec::new();
    for hours in [0, 1, 1, 15] {
        rig.app.advance(TimeDelta::hours(hours));
        let notification = rig.send().await;
        statuses.push(rig.status(notification).await);
    }
    assert_eq!(statuses, ["sent", "sent", "dropped", "sent"]);
}

#[tokio::test]
async fn a_further_attempt_is_counted_once() {
    use super::provider::Answers;
    let rig = Rig::with(Played::Twilio, &[("SMS_PER_DAY", "1")]).await;
    let notification = rig.answered(Answers::text(429, "")).await;
    rig.after(TimeDelta::minutes(1)).await;
    assert_eq!(rig.status(notification).await, "sent");
}

#[tokio::test]
async fn messages_at_once_do_not_pass_the_cap() {
    let rig = Rig::with(
        Played::Twilio,
        &[("SMS_PER_DAY", "3"), ("SMS_PER_NUMBER_PER_HOUR", "2")],
    )
    .await;
    let sent = "select count(*) from notifications where status = 'sent' and channel = 'sms'";
    for _ in 0..6 {
        rig.plan().await;
    }
    rig.app.run_due().await;
    assert_eq!(rig.app.count(sent).await, 2);
}

#[tokio::test]
async fn only_numbers_of_the_allowed_countries_are_texted() {
    for (prefixes, expected) in [
        ("+255,+256", "dropped"),
        ("+255,+254", "sent"),
        ("", "sent"),
    ] {
        let rig = Rig::with(Played::Twilio, &[("SMS_ALLOWED_PREFIXES", prefixes)]).await;
        let notification = rig.send().await;
        assert_eq!(rig.status(notification).await, expected, "{prefixes}");
    }
}

#[tokio::test]
async fn a_person_without_a_number_gets_no_message() {
    let rig = Rig::new(Played::Twilio).await;
    let without = "update users set phone_number = '' where id = $1::uuid";
    rig.app.sql(without, &rig.agent.id()).await;
    let notification = rig.send().await;
    assert_eq!(rig.status(notification).await, "dropped");
}

#[tokio::test]
async fn numbers_and_counts_are_deleted_after_their_time() {
    let rig = Rig::new(Played::Twilio).await;
    rig.send().await;
    let (messages, days) = (
        "select count(*) from sms_messages",
        "select count(*) from sms_days",
    );
    for (days_later, left) in [(3, (1, 0)), (28, (0, 0))] {
        rig.app.advance(TimeDelta::days(days_later));
        rig.app.run(&actions::job_list::Job::Prune).await;
        rig.app.run_due().await;
        assert_eq!(
            (rig.app.count(messages).await, rig.app.count(days).await),
            left
        );
    }
}
