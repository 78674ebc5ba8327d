//! What the log of a system says that has nothing to do.

use super::traces::logged;
use crate::{
    harness::{App, Http, Program, Site, eventually, stage::stage},
    waiting::listens_at,
};
use serde_json::Value;

const PERIODIC: [&str; 5] = [
    "sweep_sla",
    "assign_waiting",
    "auto_close",
    "roll_up_stats",
    "prune",
];
/// Every periodic job is due each second.
const OFTEN: [(&str, &str); 6] = [
    ("LOG", "debug"),
    ("SLA_SWEEP_SECONDS", "1"),
    ("ASSIGN_SWEEP_SECONDS", "1"),
    ("SCHEDULE_AUTO_CLOSE", "* * * * * *"),
    ("SCHEDULE_STATS", "* * * * * *"),
    ("SCHEDULE_PRUNE", "* * * * * *"),
];
/// The lines that an idle system may write in a minute.
const PER_MINUTE: usize = 2;

/// The runs of a job, by their level.
fn runs(program: &Program, job: &str) -> Vec<String> {
    let lines = logged(&program.log()).into_iter();
    let of_job = lines.filter(|line| line["message"] == "a job ran" && line["job.name"] == job);
    of_job.map(|line| line["level"].to_string()).collect()
}

/// The lines that are no detail for developers, after the process has started.
fn told(program: &Program) -> Vec<Value> {
    let lines = logged(&program.log());
    let since = lines.iter().skip_while(|line| line["message"] != "started");
    let told = since.skip(1).filter(|line| line["level"] != "DEBUG");
    told.cloned().collect()
}

#[tokio::test]
async fn an_idle_system_writes_at_most_two_lines_a_minute_at_info_however_often_it_looks() {
    let app = stage().await;
    let mut system = Site::of(&app, &OFTEN).start("");
    let http = system.http().await;
    for path in ["/health/live", "/health/ready", "/metrics"] {
        for _ in 0..10 {
            assert_eq!(http.text(path).await.0, 200, "{path}");
        }
    }
    // Each kind of run and of request is quiet by itself, so that the number of them does not matter.
    eventually("each periodic job has run", async || {
        PERIODIC.iter().all(|job| runs(&system, job).len() >= 3)
    })
    .await;
    let told = told(&system);
    assert!(told.len() <= PER_MINUTE, "{told:#?}");
    for job in PERIODIC {
        let levels = runs(&system, job);
        assert!(levels.iter().all(|level| level == "\"DEBUG\""), "{job}");
    }
    assert_eq!(system.terminate().await, Some(0), "{}", system.log());
}

#[tokio::test]
async fn a_run_that_did_something_is_told_at_info() {
    let app = stage().await;
    let system = Site::of(&app, &OFTEN).start("");
    system.says("started").await;
    app.customer("Ann").await.asks("general", "low").await;
    for job in ["roll_up_stats", "plan_notifications", "assign_ticket"] {
        eventually(job, async || {
            runs(&system, job).contains(&"\"INFO\"".to_owned())
        })
        .await;
    }
}

/// Marks the newest migration as applied or not: a process waits for it.
async fn set_migrated(app: &App, migrated: &str) {
    app.sql(
        "update _sqlx_migrations set success = $1::text::boolean
         where version = (select max(version) from _sqlx_migrations)",
        migrated,
    )
    .await;
}

#[tokio::test]
async fn readiness_is_told_when_it_changes_and_is_no_error_before_the_migrations() {
    let app = stage().await;
    set_migrated(&app, "false").await;
    let mut api = Site::of(&app, &[]).start("api");
    eventually("it listens", async || listens_at(&api).is_some()).await;
    let http = Http::at(listens_at(&api).unwrap());
    api.says("waiting for migrations").await;
    let ready = "/health/ready?need=database,migrations";
    for _ in 0..5 {
        assert_eq!(http.text(ready).await.0, 503);
    }
    set_migrated(&app, "true").await;
    api.says("\"started\"").await;
    for _ in 0..5 {
        assert_eq!(http.text(ready).await.0, 200);
    }
    assert_eq!(api.terminate().await, Some(0), "{}", api.log());

    let lines = logged(&api.log());
    assert!(
        lines.iter().all(|line| line["level"] != "ERROR"),
        "{lines:#?}"
    );
    let waits = lines
        .iter()
        .find(|line| line["message"] == "waiting for migrations");
    let waits = waits.unwrap();
    for field in ["server.place", "error", "advice"] {
        assert!(waits[field].is_string(), "{waits}");
    }
    let message = "readiness changed: degraded";
    let changes = lines.iter().filter(|line| line["message"] == message);
    let migrations: Vec<&Value> = changes.map(|line| &line["checks.migrations"]).collect();
    assert_eq!(migrations, ["down", "ok"]);
}
