//! A worker dies in the middle of a job that works in the transaction that holds its row.

use crate::harness::{
    Program, Site, eventually,
    smtp_server::{SmtpServer, everybody_was_told_once},
    stage::{
        agent_with_room, all_is_done, count, events, hold_tickets, stage, tickets, unfinished,
        waiting_for_a_lock,
    },
};
#[tokio::test]
async fn a_ticket_whose_worker_was_killed_while_assigning_it_is_assigned_once_by_another() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 5).await;
    let ticket = &tickets(&app.customer("Ann").await, 1).await[0];
    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "2")],
    );

    let held = hold_tickets(&app).await;
    let mut first = site.start("worker");
    // The mail of the opening is out: one that is under way at the kill may come again.
    eventually(
        "it assigns the ticket, and has nothing else to do",
        async || waiting_for_a_lock(&app).await == 1 && unfinished(&app).await == 1,
    )
    .await;
    first.kill();
    held.rollback().await.unwrap();
    assert_eq!(events(&app, "assigned").await, 0);

    let _second: Program = site.start("worker");
    all_is_done(&app).await;
    assert_eq!(events(&app, "assigned").await, 1);
    everybody_was_told_once(&app, &server).await;
    let told = "select count(*) from notifications where template = any('{ticket_assigned, work_assigned}')";
    assert_eq!(count(&app, told).await, 2, "of {ticket}");
}
