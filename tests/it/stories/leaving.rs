//! Tickets whose agent was deactivated or changed role.

use crate::harness::{App, Caller, TICKETS, history, minutes};
use actions::job_list::Job;
use serde_json::json;

/// A ticket that waits for its customer, with this agent.
async fn waiting(app: &App, customer: &Caller, agent: &Caller) -> String {
    let id = customer.asks("general", "medium").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(agent.id()));
    agent.says(&id, "Which one?").await.created();
    agent.sets(&id, "waiting_customer").await.ok();
    app.settle().await;
    id
}

#[tokio::test]
async fn a_ticket_that_loses_its_agent_while_it_waits_for_its_customer_goes_on_waiting() {
    for way in ["released", "demoted", "deactivated", "offline for long"] {
        let app = App::with(&[("REASSIGN_WHEN_OFFLINE_MINUTES", "30")]).await;
        let amina = app.customer("Amina").await;
        let eve = app.admin("Eve").await;
        let sarah = app.agent("Sarah", "general").await;
        let id = waiting(&app, &amina, &sarah).await;
        let account = format!("/api/v1/admin/users/{}", sarah.id());
        match way {
            "released" => {
                let release = format!("{account}/release-tickets");
                let released = eve.post(&release, json!({})).await;
                assert_eq!(released.ok()["released"], 1);
            }
            "demoted" => {
                eve.patch(&account, json!({"role": "customer"})).await.ok();
            }
            "deactivated" => {
                eve.patch(&account, json!({"active": false})).await.ok();
            }
            _ => {
                app.is(&sarah, "offline").await;
                app.advance(minutes(30));
                app.run(&Job::AssignWaiting).await;
            }
        }
        app.settle().await;
        let kim = app.agent("Kim", "general").await;
        app.run(&Job::AssignWaiting).await;
        let ticket = eve.ticket(&id).await;
        assert_eq!(ticket["status"], "waiting_customer", "{way}");
        assert_eq!(ticket["assignedTo"], json!(null), "{way}");
        assert_eq!(ticket["sla"]["resolution"]["state"], "paused", "{way}");
        // The answer opens it and finds it an agent.
        if way == "released" {
            app.is(&sarah, "offline").await;
        }
        let path = format!("{TICKETS}/{id}/messages");
        let answer = json!({"message": "The second."});
        amina.post(&path, answer).await.created();
        assert_eq!(eve.status_of(&id).await, "open", "{way}");
        app.settle().await;
        assert_eq!(app.assignee(&id).await, Some(kim.id()), "{way}");
        let lines = history(&eve, &id).await;
        assert!(
            lines.contains(&"status_changed waiting_customer → open by Amina".to_owned()),
            "{way}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn one_that_nobody_answers_is_resolved_in_the_end_as_if_it_had_an_agent() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = waiting(&app, &amina, &sarah).await;
    let account = format!("/api/v1/admin/users/{}", sarah.id());
    eve.patch(&account, json!({"active": false})).await.ok();
    app.settle().await;
    app.advance(minutes(60 * 24 * 7));
    app.run(&Job::AutoClose).await;
    assert_eq!(eve.status_of(&id).await, "resolved");
}

#[tokio::test]
async fn staff_may_take_one_that_waits_and_it_goes_on_waiting() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = waiting(&app, &amina, &sarah).await;
    let account = format!("/api/v1/admin/users/{}", sarah.id());
    eve.post(&format!("{account}/release-tickets"), json!({}))
        .await
        .ok();
    let taken = eve.does("assign", &id, json!({})).await;
    assert_eq!(taken.ok()["ticket"]["status"], "waiting_customer");
    amina.says(&id, "The second.").await.created();
    assert_eq!(eve.status_of(&id).await, "in_progress");
    assert_eq!(app.assignee(&id).await, Some(eve.id()));
}
