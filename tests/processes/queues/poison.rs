//! Jobs that kill their process.

use crate::harness::{
    Site, eventually,
    smtp_server::{Behaviour, SmtpServer},
    stage::{
        agent_with_room, all_is_done, count, dead, events, hold_tickets, stage, tickets,
        unfinished, waiting_for_a_lock,
    },
};

/// Both kinds at once: one that works in the transaction of its row, and one that talks to a server.
/// Their process is killed each time they are under way, as if they had done it.
#[tokio::test]
async fn a_job_that_kills_its_process_ends_in_the_dead_letters_and_those_beside_it_get_done() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 5).await;
    tickets(&app.customer("Ann").await, 1).await;
    let set = [("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "1")];
    let site = Site::of(&app, &set);
    let held = hold_tickets(&app).await;
    server.behave(Behaviour::HoldAtData);
    let mut killed = 0;
    while dead(&app).await < 2 {
        let mut worker = site.start("worker");
        let mails = server.held();
        eventually("they are under way, or given up", async || {
            let given_up = dead(&app).await;
            let (assigning, mailing) = (waiting_for_a_lock(&app).await > 0, server.held() > mails);
            given_up == 2 || (assigning && (mailing || given_up == 1))
        })
        .await;
        if dead(&app).await < 2 {
            worker.kill();
            killed += 1;
            eventually("its locks are free", async || {
                waiting_for_a_lock(&app).await == 0
            })
            .await;
        }
        assert!(killed < 10, "they are never given up");
    }
    held.rollback().await.unwrap();
    let why =
        "select count(*) from jobs where state = 'dead' and last_error like '%seems to kill it%'";
    assert_eq!(count(&app, why).await, 2);
    assert_eq!(events(&app, "assigned").await, 0);

    server.behave(Behaviour::Accept);
    tickets(&app.customer("Bob").await, 1).await;
    let _worker = site.start("worker");
    eventually("the next ones get done", async || {
        unfinished(&app).await == 0 && server.received().len() >= 2
    })
    .await;
    assert_eq!(dead(&app).await, 2);
    sqlx::query("update jobs set state = 'cancelled' where state = 'dead'")
        .execute(&app.cx.pool)
        .await
        .unwrap();
    all_is_done(&app).await;
}
