//! Quiet hours: mails wait for the morning in the person's zone, and what is urgent does not.

use super::{PREFERENCES, assigned, desk};
use crate::harness::{
    App, NOTHING,
    smtp_server::{Behaviour, SmtpServer},
};
use chrono::TimeDelta;
use serde_json::json;

/// The nights of every day, in the person's zone; the tests begin at 08:00 UTC, a Wednesday.
fn nights(end: &str) -> serde_json::Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let periods = days.map(|day| json!({"day": day, "start": "22:00", "end": end}));
    json!({"quietHours": periods})
}

#[tokio::test]
async fn mails_wait_for_the_end_of_the_quiet_hours_and_come_as_one() {
    let (app, eve, amina, sarah) = desk().await;
    sarah.put(PREFERENCES, nights("09:30")).await.ok();
    for _ in 0..2 {
        assigned(&eve, &amina, &sarah).await;
        app.settle().await;
        app.advance(TimeDelta::minutes(10));
    }
    app.settle().await;
    let of_sarah = |news: Vec<String>| -> Vec<String> {
        news.into_iter()
            .filter(|line| line.starts_with("sarah"))
            .collect()
    };
    assert_eq!(of_sarah(app.news()), NOTHING);
    // 09:30, when the night ends.
    app.advance(TimeDelta::minutes(69));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), NOTHING);
    app.advance(TimeDelta::minutes(1));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), ["sarah: digest"]);
}

#[tokio::test]
async fn what_is_urgent_passes() {
    let (app, eve, amina, sarah) = desk().await;
    sarah.put(PREFERENCES, nights("09:30")).await.ok();
    let id = amina.asks("general", "urgent").await;
    eve.does("assign", &id, json!({"agentId": sarah.id()}))
        .await
        .ok();
    app.settle().await;
    assert!(app.news().contains(&"sarah: work_assigned".to_owned()));
}

#[tokio::test]
async fn a_customers_mail_waits_as_well_and_stays_in_its_thread() {
    let (app, eve, amina, sarah) = desk().await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.news();
    amina.put(PREFERENCES, nights("09:30")).await.ok();
    for text in ["One.", "Two."] {
        sarah.says(&id, text).await.created();
    }
    app.settle().await;
    assert_eq!(app.news(), NOTHING);
    app.advance(TimeDelta::minutes(90));
    app.settle().await;
    assert_eq!(app.news(), ["amina: staff_replied", "amina: staff_replied"]);
    // Mails about the account do not wait.
    let forgot = json!({"email": "amina@example.com"});
    amina.put(PREFERENCES, nights("23:00")).await.ok();
    app.stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await
        .ok();
    app.settle().await;
    assert_eq!(app.news(), ["amina: reset_password"]);
}

#[tokio::test]
async fn the_age_of_a_delivery_counts_from_the_end_of_the_quiet_hours_over_all_attempts() {
    let server = SmtpServer::start().await;
    let app = App::with(&[
        ("SMTP_URL", server.url()),
        ("ASSIGNMENT_STRATEGY", "manual"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    eve.says(&id, "One.").await.created();
    app.settle().await;
    amina.put(PREFERENCES, nights("09:30")).await.ok();
    eve.says(&id, "Two.").await.created();
    app.settle().await;
    let before = server.received().len();
    server.behave(Behaviour::Refuse(450));
    app.advance(TimeDelta::minutes(90));
    app.run_due().await;
    assert_eq!(server.received().len(), before);
    server.behave(Behaviour::Accept);
    app.advance(TimeDelta::minutes(10));
    app.run_due().await;
    assert_eq!(server.received().len(), before + 1);
    let (_, _, metrics) = app.stranger().downloads("/metrics").await;
    let metrics = String::from_utf8(metrics.to_vec()).unwrap();
    // The mails before took no time by the clock of the test.
    let sum = "support_delivery_age_seconds_sum{channel=\"email\"} 600.0";
    assert!(metrics.contains(sum), "{metrics}");
}

#[tokio::test]
async fn what_is_urgent_and_gathered_waits_for_its_minute_and_not_for_the_morning() {
    let (app, eve, amina, sarah) = desk().await;
    sarah.put(PREFERENCES, nights("09:30")).await.ok();
    // One that waits for the morning, and more urgent ones than go at once.
    assigned(&eve, &amina, &sarah).await;
    for _ in 0..7 {
        let id = amina.asks("general", "urgent").await;
        let to = json!({"agentId": sarah.id(), "force": true});
        eve.does("assign", &id, to).await.ok();
    }
    app.settle().await;
    let of_sarah = |news: Vec<String>| -> Vec<String> {
        news.into_iter()
            .filter(|line| line.starts_with("sarah"))
            .collect()
    };
    let at_once = of_sarah(app.news());
    assert!(at_once.len() < 7, "{at_once:?}");
    app.advance(TimeDelta::minutes(1));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), ["sarah: digest"]);
    app.advance(TimeDelta::minutes(89));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), ["sarah: work_assigned"]);
}
