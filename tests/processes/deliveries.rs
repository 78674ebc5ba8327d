//! A worker dies in the middle of a delivery: before the mail server has the mail, and after.

use crate::harness::{
    Program, Site, eventually,
    smtp_server::{Behaviour, SmtpServer, everybody_was_told_once, message_ids},
    stage::{all_is_done, count, stage, tickets},
};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_mail_whose_worker_was_killed_before_it_left_is_sent_once_by_another() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    tickets(&app.customer("Ann").await, 3).await;
    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "2")],
    );

    server.behave(Behaviour::HoldAtData);
    let mut first = site.start("worker");
    eventually("the mails are under way", async || server.held() == 3).await;
    first.kill();
    assert_eq!(server.received(), []);

    server.behave(Behaviour::Accept);
    let _second: Program = site.start("worker");
    all_is_done(&app).await;
    everybody_was_told_once(&app, &server).await;
    assert_eq!(server.received().len(), 3);
}

/// The one exception that the contract states: nobody can tell whether such a mail arrived.
#[tokio::test]
async fn a_mail_whose_worker_was_killed_before_recording_it_is_sent_again_as_the_same_mail() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    tickets(&app.customer("Ann").await, 2).await;
    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "2")],
    );

    server.behave(Behaviour::StallAfterData);
    let mut first = site.start("worker");
    server.wait_for(2).await;
    first.kill();

    server.behave(Behaviour::Accept);
    let _second: Program = site.start("worker");
    all_is_done(&app).await;
    let mails = message_ids(&server);
    let different: BTreeSet<_> = mails.iter().collect();
    assert_eq!((mails.len(), different.len()), (4, 2));
    let sent = "select count(*) from notifications where status = 'sent' and attempts = 1";
    assert_eq!(count(&app, sent).await, 2);
}
