//! Reports that come while the answer to the message is on its way or lost, and numbers that are corrected meanwhile.

use super::{
    NUMBER, Played, Rig, left_alone,
    provider::{self, Answers},
};
use chrono::TimeDelta;

#[tokio::test]
async fn a_report_that_comes_while_the_answer_is_lost_has_the_last_word() {
    let rig = Rig::new(Played::Twilio).await;
    for (status, code, expected) in [("undelivered", "30003", "failed"), ("sent", "", "sent")] {
        rig.provider.answers(Answers::Silence);
        let planned = rig.plan().await;
        let reporting = async {
            while rig.provider.arrived().is_empty() {
                tokio::task::yield_now().await;
            }
            rig.twilio_says(planned, "SM0123", status, code).await;
        };
        tokio::join!(rig.app.run_due(), reporting);
        assert_eq!(rig.status(planned).await, expected, "{status}");
        rig.after(TimeDelta::hours(1)).await;
        assert_eq!(rig.status(planned).await, expected, "{status}");
    }
}

#[tokio::test]
async fn a_report_without_a_known_id_is_about_the_message_that_is_under_way() {
    let rig = Rig::new(Played::AfricasTalking).await;
    rig.provider.answers(Answers::Silence);
    let planned = rig.plan().await;
    let reporting = async {
        while rig.provider.arrived().is_empty() {
            tokio::task::yield_now().await;
        }
        rig.africas_talking_says("ATXid_early", "Success", "").await;
    };
    tokio::join!(rig.app.run_due(), reporting);
    assert_eq!(rig.status(planned).await, "sent");
    let (id, _, report, _) = rig.message(planned).await;
    assert_eq!(
        (id.as_deref(), report.as_deref()),
        (Some("ATXid_early"), Some("delivered"))
    );
}

#[tokio::test]
async fn a_report_speaks_against_the_number_that_the_message_went_to() {
    let rig = Rig::new(Played::Twilio).await;
    let sent = rig.send().await;
    let corrected = "update users set phone_number = '+254711111111' where id = $1::uuid";
    rig.app.sql(corrected, &rig.agent.id()).await;
    let sid = provider::id(Played::Twilio, 1);
    rig.twilio_says(sent, &sid, "undelivered", "21610").await;
    let refused: Vec<String> = sqlx::query_scalar("select address from undeliverable")
        .fetch_all(&rig.app.cx.pool)
        .await
        .unwrap();
    assert_eq!(refused, [NUMBER]);
}

#[tokio::test]
async fn a_number_that_may_only_be_out_of_reach_is_left_alone_after_three_reports() {
    let rig = Rig::new(Played::Twilio).await;
    for at in 1..=3 {
        let sent = rig.send().await;
        assert_eq!(rig.status(sent).await, "sent", "{at}");
        let sid = provider::id(Played::Twilio, at);
        rig.twilio_says(sent, &sid, "undelivered", "30005").await;
    }
    let next = rig.send().await;
    assert_eq!(rig.state(next).await, left_alone());
}

#[tokio::test]
async fn a_message_that_arrives_makes_up_for_reports_against_its_number() {
    let rig = Rig::new(Played::Twilio).await;
    for at in 1..=5 {
        let sent = rig.send().await;
        assert_eq!(rig.status(sent).await, "sent", "{at}");
        let sid = provider::id(Played::Twilio, at);
        let (status, code) = if at == 3 {
            ("delivered", "")
        } else {
            ("undelivered", "30005")
        };
        rig.twilio_says(sent, &sid, status, code).await;
    }
    let next = rig.send().await;
    assert_eq!(rig.status(next).await, "sent");
}
