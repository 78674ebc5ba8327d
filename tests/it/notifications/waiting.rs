//! A new ticket that nobody could be assigned: the department is told.

use super::{assigned, desk, told};
use crate::harness::{App, NOTHING};
use serde_json::json;

#[tokio::test]
async fn agents_on_duty_are_told_of_a_ticket_that_waits_and_others_are_not() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let full = json!({"department": "general", "maxConcurrentTickets": 0});
    let sarah = app.agent_with("Sarah", full.clone()).await;
    let kim = app.agent_with("Kim", full.clone()).await;
    app.is(&kim, "offline").await;
    let busy = app.agent_with("Bo", full).await;
    app.is(&busy, "busy").await;
    let billing = json!({"department": "billing", "maxConcurrentTickets": 0});
    let tom = app.agent_with("Tom", billing).await;
    amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(told(&sarah).await, ["ticket_waiting"]);
    assert_eq!(told(&busy).await, ["ticket_waiting"]);
    assert_eq!(told(&kim).await, NOTHING);
    assert_eq!(told(&tom).await, NOTHING);
    // Nobody is mailed: it is a push message, and a text message if it is urgent.
    assert_eq!(app.news(), ["amina: ticket_received"]);
}

#[tokio::test]
async fn an_agent_is_not_told_of_a_ticket_that_they_returned_to_the_queue_themselves() {
    let (app, eve, amina, sarah) = desk().await;
    let kim = app.agent("Kim", "general").await;
    let id = assigned(&eve, &amina, &sarah).await;
    sarah.sets(&id, "open").await.ok();
    assert_eq!(app.assignee(&id).await, None);
    let ticket = id.parse().unwrap();
    app.run(&actions::job_list::Job::TellOfWaiting { ticket })
        .await;
    let told_of = |told: Vec<String>| told.contains(&"ticket_waiting".to_owned());
    assert!(told_of(told(&kim).await));
    assert!(!told_of(told(&sarah).await));
}

#[tokio::test]
async fn a_ticket_that_found_its_agent_is_not_told_to_the_department() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app.agent("Kim", "general").await;
    amina.asks("general", "low").await;
    app.settle().await;
    let told = [told(&sarah).await, told(&kim).await].concat();
    assert_eq!(told, ["work_assigned"]);
}
