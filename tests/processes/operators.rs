//! What operators see of jobs and can do with them, by `/admin` and by the command line.

mod command_line;
mod other_release;

use crate::harness::{App, Caller, Site, minutes};
use chrono::TimeDelta;
use serde_json::{Value, json};

const JOBS: &str = "/api/v1/admin/jobs";

/// A job that no release can read: it goes to the dead letters.
async fn unreadable(app: &App, queue: &str) -> i64 {
    sqlx::query_scalar(
        "insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
         values ($1, 'workers', '{\"job\": \"unheard_of\", \"ticket\": \"7\"}', 0, 'ready', $2, 10, $2) returning id",
    )
    .bind(queue)
    .bind(app.now())
    .fetch_one(&app.cx.pool)
    .await
    .unwrap()
}

async fn numbers(who: &Caller, query: &str) -> Vec<i64> {
    let answer = who.get(&format!("{JOBS}?{query}")).await;
    let jobs = answer.ok()["jobs"].as_array().unwrap().iter();
    jobs.map(|job| job["id"].as_i64().unwrap()).collect()
}

/// What the command line says.
#[track_caller]
fn says(site: &Site, arguments: &str, code: i32) -> String {
    let output = site.run(&format!("jobs {arguments}"), &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}{log}");
    said
}

#[tokio::test]
async fn exhausted_and_poisonous_jobs_are_listed_with_their_error_and_can_be_retried_and_discarded()
{
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let (first, second) = (
        unreadable(&app, "notify").await,
        unreadable(&app, "email").await,
    );
    app.run_due().await;
    assert_eq!(numbers(&eve, "").await, [second, first]);
    assert_eq!(numbers(&eve, "state=dead&queue=email").await, [second]);
    assert_eq!(numbers(&eve, "state=ready,running").await, [0; 0]);
    let answer = eve.get(&format!("{JOBS}/{first}")).await;
    let job = &answer.ok()["job"];
    assert_eq!(job["state"], "dead");
    assert_eq!(job["name"], "unheard_of");
    assert_eq!(job["payload"]["ticket"], "7");
    assert_eq!(
        (&job["attempts"], &job["maxAttempts"]),
        (&json!(1), &json!(10))
    );
    assert!(
        job["lastError"].as_str().unwrap().contains("unheard_of"),
        "{job}"
    );

    let retried = eve.post(&format!("{JOBS}/{first}/retry"), json!({})).await;
    assert_eq!(retried.ok()["job"]["state"], "ready");
    assert_eq!(retried.body["job"]["attempts"], 0);
    app.run_due().await;
    assert_eq!(numbers(&eve, "").await, [second, first], "it is dead again");

    let path = format!("{JOBS}/{second}/discard");
    let discarded = eve.post(&path, json!({})).await;
    assert_eq!(discarded.ok()["job"]["state"], "cancelled");
    assert_eq!(numbers(&eve, "").await, [first]);
    assert_eq!(numbers(&eve, "state=cancelled").await, [second]);
    assert_eq!(eve.post(&path, json!({})).await.refused(409), "job_state");
    let absent = format!("{JOBS}/999999999/retry");
    assert_eq!(eve.post(&absent, json!({})).await.refused(404), "not_found");
    assert_eq!(
        eve.get(&format!("{JOBS}/none")).await.refused(400),
        "invalid_query"
    );
}

#[tokio::test]
async fn running_and_done_jobs_are_left_unchanged_and_one_of_equal_jobs_waits() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let state = async |id: i64, state: &str| {
        sqlx::query(
            "update jobs set state = $2, unique_key = 'same', finished_at = $3 where id = $1",
        )
        .bind(id)
        .bind(state)
        .bind(app.now())
        .execute(&app.cx.pool)
        .await
        .unwrap();
    };
    let (one, other) = (
        unreadable(&app, "bulk").await,
        unreadable(&app, "bulk").await,
    );
    state(other, "dead").await;
    for now in ["sent", "running", "done"] {
        state(one, now).await;
        for verb in ["retry", "discard"] {
            let refused = eve.post(&format!("{JOBS}/{one}/{verb}"), json!({})).await;
            assert_eq!(refused.refused(409), "job_state", "{verb} of {now}");
        }
    }
    state(one, "ready").await;
    let refused = eve.post(&format!("{JOBS}/{other}/retry"), json!({})).await;
    assert_eq!(refused.refused(409), "job_waits_already");
    // One whose row a worker holds.
    let mut worker = app.cx.pool.begin().await.unwrap();
    sqlx::query("select from jobs where id = $1 for update")
        .bind(one)
        .execute(&mut *worker)
        .await
        .unwrap();
    let refused = eve.post(&format!("{JOBS}/{one}/discard"), json!({})).await;
    assert_eq!(refused.refused(409), "job_state");
    worker.rollback().await.unwrap();
    eve.post(&format!("{JOBS}/{one}/discard"), json!({}))
        .await
        .ok();
    eve.post(&format!("{JOBS}/{other}/retry"), json!({}))
        .await
        .ok();
}

#[tokio::test]
async fn a_mail_whose_job_is_discarded_is_on_record_as_failed_and_can_be_sent_after_all() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    amina.asks("general", "low").await;
    app.settle().await;
    // As it was before the mail went out.
    for statement in [
        "update notifications set status = 'pending', sent_at = null",
        "update jobs set state = 'ready', finished_at = null where queue = 'email'",
    ] {
        sqlx::query(statement).execute(&app.cx.pool).await.unwrap();
    }
    let mail = numbers(&eve, "state=ready&queue=email").await[0];
    eve.post(&format!("{JOBS}/{mail}/discard"), json!({}))
        .await
        .ok();
    let outcome = async || -> (String, Option<String>) {
        sqlx::query_as("select status, last_error from notifications")
            .fetch_one(&app.cx.pool)
            .await
            .unwrap()
    };
    assert_eq!(
        outcome().await,
        ("failed".into(), Some("discarded by an operator".into()))
    );
    assert_eq!(app.run_due().await, 0);
    eve.post(&format!("{JOBS}/{mail}/retry"), json!({}))
        .await
        .ok();
    app.run_due().await;
    assert_eq!(outcome().await.0, "sent");
}

#[tokio::test]
async fn lists_of_jobs_go_on_by_cursor_and_queues_tell_how_they_stand() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(unreadable(&app, "notify").await);
    }
    ids.reverse();
    app.advance(minutes(3));
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = eve
            .get(&format!("{JOBS}?state=ready&limit=2&cursor={cursor}"))
            .await;
        walked.extend(
            answer.ok()["jobs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| job["id"].as_i64().unwrap()),
        );
        assert_eq!(answer.body["pagination"]["total"], 5);
        let Some(next) = answer.body["pagination"]["nextCursor"].as_str() else {
            break;
        };
        next.clone_into(&mut cursor);
    }
    assert_eq!(walked, ids);
    assert_eq!(numbers(&eve, "state=ready&name=unheard_of").await, ids);
    let none: [i64; 0] = [];
    assert_eq!(numbers(&eve, "state=ready&name=deliver_email").await, none);
    let queue = async |name: &str| -> Value {
        let answer = eve.get("/api/v1/admin/queues").await;
        let queues = answer.ok()["queues"].as_array().unwrap().clone();
        queues
            .into_iter()
            .find(|queue| queue["queue"] == name)
            .unwrap()
    };
    assert_eq!(
        queue("notify").await,
        json!({"queue": "notify", "paused": false, "ready": 5, "sent": 0, "running": 0, "dead": 0, "oldestSeconds": 180, "held": null})
    );
    assert_eq!(queue("email").await["oldestSeconds"], Value::Null);
    let path = "/api/v1/admin/queues/notify";
    eve.put(path, json!({"paused": true})).await.ok();
    assert_eq!(queue("notify").await["paused"], true);
    assert_eq!(queue("email").await["paused"], false);
    eve.put(path, json!({"paused": false})).await.ok();
    assert_eq!(queue("notify").await["paused"], false);
    assert_eq!(
        eve.put(path, json!({})).await.refused(422),
        "invalid_fields"
    );
    let unknown = eve
        .put("/api/v1/admin/queues/nothing", json!({"paused": true}))
        .await;
    assert_eq!(unknown.refused(400), "invalid_query");
}

#[tokio::test]
async fn what_is_told_of_a_job_has_its_lease_what_became_of_its_runs_and_its_trace() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let id = unreadable(&app, "email").await;
    let path = format!("{JOBS}/{id}");
    let fresh = eve.get(&path).await;
    let fresh = &fresh.ok()["job"];
    assert_eq!(
        (&fresh["leaseUntil"], &fresh["traceparent"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&fresh["dispatches"], &fresh["interruptions"]),
        (&json!(0), &json!(0))
    );

    sqlx::query(
        "update jobs set state = 'running', dispatches = 3, interruptions = 2, lease_until = $2, traceparent = $3
         where id = $1",
    )
    .bind(id)
    .bind(app.now() + TimeDelta::seconds(40))
    .bind(TRACE)
    .execute(&app.cx.pool)
    .await
    .unwrap();
    let shown = eve.get(&path).await;
    let job = &shown.ok()["job"];
    assert_eq!(job["leaseUntil"], "2025-10-01T08:00:40.000Z");
    assert_eq!(
        (&job["dispatches"], &job["interruptions"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(job["traceparent"], TRACE);

    let told = says(&Site::of(&app, &[]), &format!("show {id}"), 0);
    for line in [
        "sent      3 times since its last outcome; runs in a row without an outcome: 2",
        "lease     until 2025-10-01T08:00:40Z",
        &format!("trace     {TRACE}"),
    ] {
        assert!(told.lines().any(|said| said == line), "{line}: {told}");
    }
}
