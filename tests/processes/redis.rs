//! Redis loses its data, is absent, comes and goes.

use crate::harness::{
    Site, eventually, redis_url,
    smtp_server::{SmtpServer, everybody_was_told_once},
    stage::{
        agent_with_room, all_is_done, count, events, hold_tickets, stage, tickets,
        waiting_for_a_lock,
    },
};
use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

#[tokio::test]
async fn jobs_that_redis_forgot_are_done_within_seconds_and_once() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 100).await;
    tickets(&app.customer("Ann").await, 25).await;
    // A database of its own, since all of it is to be forgotten.
    let forgetful = format!("{}?db=9", redis_url());
    let site = Site::of(
        &app,
        &[
            ("SMTP_URL", server.url()),
            ("REDIS_URL", &forgetful),
            // Nothing that is done by the end of the test can have waited for the end of its lease.
            ("JOB_LEASE_SECONDS", "600"),
        ],
    );

    let held = hold_tickets(&app).await;
    let worker = site.start("worker");
    eventually("the hints lie in Redis", async || {
        let handed_out = "select count(*) from jobs where state = 'sent' and queue = 'assignment'";
        waiting_for_a_lock(&app).await > 0 && count(&app, handed_out).await == 25
    })
    .await;
    let mut redis = connect(&forgetful);
    ::redis::cmd("FLUSHDB").exec(&mut redis).unwrap();
    held.rollback().await.unwrap();

    all_is_done(&app).await;
    worker
        .says("jobs that Redis may have lost were taken back")
        .await;
    assert_eq!(events(&app, "assigned").await, 25);
    everybody_was_told_once(&app, &server).await;
}

#[tokio::test]
async fn tickets_are_assigned_without_redis_and_go_on_when_it_comes_and_goes() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 100).await;
    let customer = app.customer("Ann").await;
    tickets(&customer, 3).await;
    let socket = app.cx.config.data_dir.join("late-redis.sock");
    let url = format!("redis+unix://{}", socket.display());
    let site = Site::of(&app, &[("SMTP_URL", server.url()), ("REDIS_URL", &url)]);

    let mut worker = site.start("worker");
    all_is_done(&app).await;
    assert_eq!(events(&app, "assigned").await, 3);
    worker.says("jobs are run without it").await;

    let redis = Redis::start(&socket).await;
    worker.says("Redis is back").await;
    tickets(&customer, 3).await;
    all_is_done(&app).await;
    let pushed: usize = ::redis::cmd("DBSIZE").query(&mut connect(&url)).unwrap();
    assert!(pushed > 1, "nothing went through Redis");

    drop(redis);
    tickets(&customer, 3).await;
    all_is_done(&app).await;
    assert_eq!(events(&app, "assigned").await, 9);
    everybody_was_told_once(&app, &server).await;
    assert!(worker.runs());
}

#[tokio::test]
async fn everything_in_a_process_shares_one_connection_to_redis() {
    let app = stage().await;
    agent_with_room(&app, "Sam", 100).await;
    tickets(&app.customer("Ann").await, 2).await;
    let socket = app.cx.config.data_dir.join("counting-redis.sock");
    let url = format!("redis+unix://{}", socket.display());
    let site = Site::of(&app, &[("REDIS_URL", &url)]);
    let _redis = Redis::start(&socket).await;
    let program = site.start("");
    let http = program.http().await;
    all_is_done(&app).await;
    let body = r#"{"email": "nobody@example.com", "password": "a wrong passphrase"}"#;
    eventually("one for all, three that listen, and this one", async || {
        http.post("/api/v1/auth/login", None, body).await;
        for _ in 0..3 {
            http.call("GET", "/health/ready", None, None).await;
        }
        let clients: String = ::redis::cmd("INFO")
            .arg("clients")
            .query(&mut connect(&url))
            .unwrap();
        clients.contains("connected_clients:5\r\n")
    })
    .await;
}

pub(super) fn connect(url: &str) -> ::redis::Connection {
    let client = ::redis::Client::open(url).unwrap();
    client.get_connection().unwrap()
}

/// A Redis of this test's alone. It is killed when it is dropped.
pub(super) struct Redis(Child);

impl Redis {
    pub async fn start(socket: &Path) -> Self {
        let server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(socket)
            .arg("--dir")
            .arg(socket.parent().unwrap())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self(server);
        eventually("Redis answers", async || {
            std::os::unix::net::UnixStream::connect(socket).is_ok()
        })
        .await;
        started
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
