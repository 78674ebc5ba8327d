//! Tickets that are resolved or closed after a time.

use crate::harness::{App, history};
use actions::job_list::Job;
use chrono::TimeDelta;

#[tokio::test]
async fn a_resolved_ticket_is_closed_by_the_system_after_seven_days_with_the_survey() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.sets(&id, "resolved").await.ok();
    app.settle().await;
    app.news();
    app.advance(TimeDelta::days(7) - TimeDelta::milliseconds(1));
    app.run(&Job::AutoClose).await;
    assert_eq!(sarah.status_of(&id).await, "resolved");
    app.advance(TimeDelta::milliseconds(1));
    app.run(&Job::AutoClose).await;
    app.run(&Job::AutoClose).await;
    assert_eq!(sarah.status_of(&id).await, "closed");
    assert_eq!(app.news(), ["amina: ticket_closed"]);
    let lines = history(&sarah, &id).await;
    assert_eq!(
        lines[lines.len() - 2..],
        [
            "status_changed resolved → closed by the system",
            "closed by the system"
        ]
    );
}

#[tokio::test]
async fn a_customer_who_does_not_answer_is_reminded_and_then_the_ticket_is_resolved() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.says(&id, "Which one?").await.created();
    sarah.sets(&id, "waiting_customer").await.ok();
    app.settle().await;
    app.news();
    app.advance(TimeDelta::days(3));
    app.run(&Job::AutoClose).await;
    app.run(&Job::AutoClose).await;
    assert_eq!(app.news(), ["amina: answer_reminder"]);
    assert_eq!(sarah.status_of(&id).await, "waiting_customer");
    // An answer begins the count anew.
    amina.says(&id, "Wait.").await.created();
    sarah.sets(&id, "waiting_customer").await.ok();
    app.settle().await;
    app.news();
    app.advance(TimeDelta::days(4));
    app.run(&Job::AutoClose).await;
    assert_eq!(app.news(), ["amina: answer_reminder"]);
    app.advance(TimeDelta::days(3));
    app.run(&Job::AutoClose).await;
    let ticket = sarah.ticket(&id).await;
    assert_eq!(ticket["status"], "resolved");
    assert_eq!(ticket["resolution"]["resolvedBy"], serde_json::Value::Null);
    // The waiting time was not the agent's: met.
    assert_eq!(ticket["sla"]["resolution"]["state"], "met");
    assert_eq!(app.news(), ["amina: ticket_resolved"]);
    let lines = history(&sarah, &id).await;
    assert_eq!(
        lines[lines.len() - 3..],
        [
            "reminded by the system",
            "status_changed waiting_customer → resolved by the system",
            "resolved by the system"
        ]
    );
    // Seven more days, and it is closed.
    app.advance(TimeDelta::days(7));
    app.run(&Job::AutoClose).await;
    assert_eq!(sarah.status_of(&id).await, "closed");
}

#[tokio::test]
async fn after_an_outage_of_a_week_it_is_resolved_without_a_reminder_that_would_be_no_use() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.says(&id, "Which one?").await.created();
    sarah.sets(&id, "waiting_customer").await.ok();
    app.settle().await;
    app.news();
    app.advance(TimeDelta::days(8));
    app.run(&Job::AutoClose).await;
    assert_eq!(sarah.status_of(&id).await, "resolved");
    assert_eq!(app.news(), ["amina: ticket_resolved"]);
}

#[tokio::test]
async fn the_scheduler_brings_it_about_by_itself() {
    let app = App::with(&[("AUTO_CLOSE_DAYS", "1")]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    eve.sets(&id, "resolved").await.ok();
    app.tick().await;
    app.advance(TimeDelta::days(1) + TimeDelta::minutes(5));
    app.tick().await;
    assert_eq!(eve.status_of(&id).await, "closed");
}
