//! SIGTERM: jobs under way are finished, waiting jobs are left to other processes.

use crate::harness::{
    Program, Site, eventually,
    smtp_server::{Behaviour, SmtpServer, everybody_was_told_once},
    stage::{all_is_done, count, stage, tickets},
};
use chrono::{DateTime, Utc};

#[tokio::test]
async fn a_delivery_under_way_is_finished_before_the_end_and_the_rest_is_left_to_others() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    tickets(&app.customer("Ann").await, 5).await;
    let site = Site::of(
        &app,
        &[
            ("SMTP_URL", server.url()),
            ("JOB_LEASE_SECONDS", "2"),
            ("WORKER_QUEUES", "assignment:2,notify:2,email:1"),
        ],
    );

    server.behave(Behaviour::HoldAtData);
    let mut first = site.start("worker");
    eventually("a mail is under way", async || server.held() == 1).await;
    eventually("the others wait", async || {
        count(&app, "select count(*) from notifications").await == 5
    })
    .await;
    first.tell_to_stop();
    first.says("stopping").await;
    let lease: DateTime<Utc> =
        sqlx::query_scalar("select lease_until from jobs where state = 'running'")
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
    let _second: Program = site.start("worker");
    eventually("the second has a mail", async || server.held() == 2).await;
    eventually("a lease is over that is not renewed", async || {
        sqlx::query_scalar("select clock_timestamp() > $1 + interval '1 second'")
            .bind(lease)
            .fetch_one(&app.cx.pool)
            .await
            .unwrap()
    })
    .await;
    assert!(first.runs(), "{}", first.log());
    assert_eq!(server.held(), 2, "the second took a mail of the first");

    server.behave(Behaviour::Accept);
    assert_eq!(first.exit_code().await, Some(0));
    let log = first.log();
    let (_, after) = log.split_once("stopping").unwrap();
    assert!(after.contains("deliver_email"), "{after}");
    all_is_done(&app).await;
    everybody_was_told_once(&app, &server).await;
    assert_eq!(server.received().len(), 5);
}

#[tokio::test]
async fn every_role_ends_well_when_it_is_told_to_stop() {
    let app = stage().await;
    let site = Site::of(&app, &[]);
    let mut processes = ["api", "worker", "scheduler", ""].map(|role| site.start(role));
    for process in &mut processes {
        process.says("started").await;
        assert_eq!(process.terminate().await, Some(0), "{}", process.log());
    }
}
