//! PostgreSQL ends every connection, as its restart would.

use crate::harness::{
    Site, eventually,
    smtp_server::{SmtpServer, everybody_was_told_once},
    stage::{agent_with_room, count, dead, events, stage, tickets, unfinished},
};

const CUT: &str = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                   where datname = current_database() and pid <> pg_backend_pid()";
/// Makes rescheduled jobs due, so that the test does not wait for a backoff.
const GO_ON: &str = "with hurried as (update jobs set run_at = created_at \
                     where state = 'ready' and attempt > 0 and run_at > created_at returning id) \
                     select count(*) from hurried";

#[tokio::test]
async fn processes_survive_the_loss_of_their_connections_and_get_everything_done_once() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 100).await;
    tickets(&app.customer("Ann").await, 60).await;
    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "3")],
    );
    let mut processes = [
        site.start("worker"),
        site.start("worker"),
        site.start("scheduler"),
        site.start("api"),
    ];
    for process in &processes {
        process.says("started").await;
    }
    for done in [20, 60, 100, 140] {
        eventually("some more is done", async || {
            count(&app, "select count(*) from jobs where state = 'done'").await >= done
        })
        .await;
        assert!(count(&app, CUT).await > 0);
    }
    eventually("all is done", async || {
        count(&app, GO_ON).await;
        unfinished(&app).await == 0
    })
    .await;
    assert_eq!(dead(&app).await, 0);
    assert_eq!(events(&app, "assigned").await, 60);
    everybody_was_told_once(&app, &server).await;
    let http = processes[3].http().await;
    assert_eq!(http.call("GET", "/health/ready", None, None).await.0, 200);
    for process in &mut processes {
        assert!(process.runs());
        assert_eq!(process.terminate().await, Some(0));
    }
}
