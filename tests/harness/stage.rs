//! Shared by tests that start programs: the system in this process, on the database of the programs and at the
//! real time; its people and tickets; and the conditions that a test waits for.

use super::{App, Caller, eventually};
use domain::people::Role;
use platform::clock::{Clock, SystemClock};
use serde_json::json;
use sqlx::{Postgres, Transaction};

/// The system in this process, at the present time of the processes: to prepare a test and to observe it.
pub async fn stage() -> App {
    let app = App::new().await;
    app.clock.set(SystemClock.now());
    app
}

/// An available agent of the general desk with that much room.
pub async fn agent_with_room(app: &App, name: &str, room: u32) -> Caller {
    let info = json!({"department": "general", "maxConcurrentTickets": room});
    let agent = app.person(name, Role::Support, info).await;
    let here = json!({"status": "available"});
    agent.put("/api/v1/support/availability", here).await.ok();
    app.settle().await;
    agent
}

/// Opens that many tickets. None of their jobs has run.
pub async fn tickets(customer: &Caller, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let ticket = json!({"subject": format!("Help {number}"), "description": "Please."});
        ids.push(customer.opens(ticket).await);
    }
    ids
}

pub async fn count(app: &App, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

/// Waits until every job is done, except the sweeps, which never end.
pub async fn all_is_done(app: &App) {
    eventually("all is done", async || unfinished(app).await == 0).await;
    assert_eq!(dead(app).await, 0, "dead letters");
}

/// The jobs that are not done, but for the sweeps. Makes digests due, so that no test waits for a minute to be over.
pub async fn unfinished(app: &App) -> i64 {
    let sql = "with hurried as (update jobs set run_at = created_at
                   where state = 'ready' and payload ? 'digest' and run_at > created_at)
               select count(*) from jobs where unique_key is null and state in ('ready', 'sent', 'running')";
    count(app, sql).await
}

pub async fn dead(app: &App) -> i64 {
    count(app, "select count(*) from jobs where state = 'dead'").await
}

/// Events of a kind.
pub async fn events(app: &App, kind: &str) -> i64 {
    sqlx::query_scalar("select count(*) from ticket_events where what->>'type' = $1")
        .bind(kind)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

/// Locks the rows of all tickets against every change. What only refers to them goes on, as the planning of notifications.
pub async fn hold_tickets(app: &App) -> Transaction<'_, Postgres> {
    let mut held = app.cx.pool.begin().await.unwrap();
    sqlx::query("select id from tickets order by id for no key update")
        .fetch_all(&mut *held)
        .await
        .unwrap();
    held
}

/// Sessions that wait for a lock.
pub async fn waiting_for_a_lock(app: &App) -> i64 {
    let sql = "select count(*) from pg_stat_activity \
               where datname = current_database() and wait_event_type = 'Lock'";
    count(app, sql).await
}
