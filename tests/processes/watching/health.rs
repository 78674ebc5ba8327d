//! `/health/ready` within fifteen seconds of the death of workers, schedulers, PostgreSQL or Redis.

use crate::harness::{App, Folder, Http, Program, Site, within};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// What the operator is promised.
const LIMIT: Duration = Duration::from_secs(15);

async fn ready(http: Http, need: &str) -> (u16, Value) {
    let path = format!("/health/ready?need={need}");
    http.call("GET", &path, None, None).await
}

async fn check(http: Http, name: &str) -> String {
    let (_, answer) = ready(http, "").await;
    answer["checks"][name]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn readiness_tells_of_missing_workers_and_schedulers_and_fails_for_those_who_need_them() {
    let app = App::new().await;
    let site = Site::of(&app, &[]);
    let api = site.start("api");
    let http = api.http().await;
    let all = "database,migrations,redis,workers,scheduler";
    let (status, answer) = ready(http, "").await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["checks"]["status"], "degraded");
    assert_eq!(
        answer["checks"]["unservedQueues"].as_array().unwrap().len(),
        8
    );
    let (status, answer) = ready(http, all).await;
    assert_eq!(status, 503);
    assert_eq!(answer["detail"], "The checks `workers`, `scheduler` fail.");

    let mut mails = site.start_with("worker", &[("WORKER_QUEUES", "email:1")]);
    let others = "assignment:1,sweeps:1,notify:1,push:1,sms:1,webhooks:1,bulk:1";
    let others = [("WORKER_QUEUES", others)];
    let mut others = site.start_with("worker", &others);
    let mut scheduler = site.start("scheduler");
    within(LIMIT, "all is well", async || {
        ready(http, all).await.0 == 200
    })
    .await;
    assert_eq!(check(http, "status").await, "ok");

    others.kill();
    freeze(&scheduler);
    within(LIMIT, "who was killed or frozen is missed", async || {
        check(http, "workers").await == "missing" && check(http, "scheduler").await == "missing"
    })
    .await;
    let (status, answer) = ready(http, "").await;
    let unserved = answer["checks"]["unservedQueues"].to_string();
    assert_eq!(status, 200);
    assert_eq!(
        unserved,
        r#"["assignment","sweeps","notify","push","sms","webhooks","bulk"]"#
    );
    scheduler.kill();

    // A process that stops without an error is missed at once.
    let before = Instant::now();
    mails.terminate().await;
    within(LIMIT, "who stopped is missed", async || {
        let (_, answer) = ready(http, "").await;
        answer["checks"]["unservedQueues"].as_array().unwrap().len() == 8
    })
    .await;
    assert!(
        before.elapsed() < Duration::from_secs(8),
        "{:?}",
        before.elapsed()
    );
}

/// SIGSTOP: it is there and does nothing.
fn freeze(process: &Program) {
    let stop = ["-STOP", &process.id().to_string()].map(str::to_owned);
    assert!(Command::new("kill").args(stop).status().unwrap().success());
}

#[tokio::test]
async fn readiness_tells_of_a_dead_redis_and_a_dead_postgres_and_the_process_lives_on() {
    let folder = Folder::new("unhealthy");
    let site = Site::alone(folder.path(), &[]);
    let mut program = site.start("");
    let http = program.http().await;
    let all = "database,migrations,redis,workers,scheduler";
    within(LIMIT, "all is well", async || {
        ready(http, all).await.0 == 200
    })
    .await;

    kill(folder.path(), "redis");
    within(LIMIT, "Redis is missed", async || {
        ready(http, "").await.0 == 503
    })
    .await;
    let (_, answer) = ready(http, "").await;
    assert_eq!(answer["detail"], "The check `redis` fails.");
    assert_eq!(ready(http, "database,migrations").await.0, 200);

    kill(folder.path(), "postgres");
    within(LIMIT, "PostgreSQL is missed", async || {
        ready(http, "database").await.0 == 503
    })
    .await;
    let (_, answer) = ready(http, "").await;
    assert_eq!(
        answer["detail"],
        "The checks `database`, `migrations`, `redis` fail."
    );
    assert_eq!(http.call("GET", "/health/live", None, None).await.0, 200);
    let (status, text) = http.text("/metrics").await;
    assert_eq!(status, 200);
    assert!(text.contains("support_database_up 0"), "{text}");
    assert!(program.runs());
    program.kill();
}

/// SIGKILL to a private server.
fn kill(folder: &Path, server: &str) {
    let id = if server == "redis" {
        let url = format!("unix://{}", folder.join("run/redis.sock").display());
        let mut redis = ::redis::Client::open(url)
            .unwrap()
            .get_connection()
            .unwrap();
        let info: String = ::redis::cmd("INFO")
            .arg("server")
            .query(&mut redis)
            .unwrap();
        let id = info
            .lines()
            .find_map(|line| line.strip_prefix("process_id:"));
        id.unwrap().trim().to_owned()
    } else {
        let file = folder.join("postgres/data/postmaster.pid");
        let file = fs::read_to_string(file).unwrap();
        file.lines().next().unwrap().trim().to_owned()
    };
    assert!(
        Command::new("kill")
            .args(["-KILL", &id])
            .status()
            .unwrap()
            .success()
    );
}
