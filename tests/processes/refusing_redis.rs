//! A Redis that answers reads and refuses writes costs some load, like an absent one.

use super::redis::{Redis, connect};
use crate::harness::{
    Site, eventually,
    smtp_server::{SmtpServer, everybody_was_told_once},
    stage::{
        agent_with_room, all_is_done, count, events, hold_tickets, stage, tickets,
        waiting_for_a_lock,
    },
};
use futures_util::future::join_all;

/// What makes Redis refuse, and what ends that.
const REFUSALS: [(&str, &str); 6] = [
    // Full, where nothing may be evicted.
    ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
    (
        "CONFIG SET min-replicas-to-write 1",
        "CONFIG SET min-replicas-to-write 0",
    ),
    // A replica, as after a failover.
    ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
    // While a failover goes on, writes are not answered.
    ("CLIENT PAUSE 600000 WRITE", "CLIENT UNPAUSE"),
    ("ACL SETUSER default -@write", "ACL SETUSER default +@all"),
    // Hints alone, as they come by scripts.
    (
        "ACL SETUSER default -@scripting",
        "ACL SETUSER default +@all",
    ),
];

fn says(url: &str, command: &str) {
    let mut words = ::redis::Cmd::new();
    for word in command.split(' ') {
        words.arg(word);
    }
    words.exec(&mut connect(url)).unwrap();
}

/// Tickets whose hints lie in Redis when it begins to refuse get an agent, and so do those that come while
/// it refuses, and when it takes again what is written.
async fn costs_some_load_alone((refuse, take): (&str, &str)) {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 100).await;
    let customer = app.customer("Ann").await;
    tickets(&customer, 12).await;
    let socket = app.cx.config.data_dir.join("refusing-redis.sock");
    let url = format!("redis+unix://{}", socket.display());
    let site = Site::of(
        &app,
        &[
            ("SMTP_URL", server.url()),
            ("REDIS_URL", &url),
            // Nothing that is done by the end of the test can have waited for the end of its lease.
            ("JOB_LEASE_SECONDS", "600"),
        ],
    );
    let _redis = Redis::start(&socket).await;
    let held = hold_tickets(&app).await;
    let mut worker = site.start("worker");
    eventually("the hints lie in Redis", async || {
        let handed_out = "select count(*) from jobs where state = 'sent' and queue = 'assignment'";
        waiting_for_a_lock(&app).await > 0 && count(&app, handed_out).await == 12
    })
    .await;

    says(&url, refuse);
    held.rollback().await.unwrap();
    all_is_done(&app).await;
    worker.says("jobs are run without it").await;
    tickets(&customer, 1).await;
    all_is_done(&app).await;
    assert_eq!(events(&app, "assigned").await, 13, "{refuse}");

    says(&url, take);
    worker.says("Redis is back").await;
    tickets(&customer, 3).await;
    all_is_done(&app).await;
    assert_eq!(events(&app, "assigned").await, 16, "{take}");
    everybody_was_told_once(&app, &server).await;
    assert!(worker.runs());
    let log = worker.log();
    assert!(
        !log.contains("the worker of a queue ended"),
        "{refuse}: {log}"
    );
}

#[tokio::test]
async fn jobs_go_on_without_a_redis_that_refuses_what_is_written_and_through_it_when_it_takes_it() {
    join_all(REFUSALS.map(costs_some_load_alone)).await;
}
