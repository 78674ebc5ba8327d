//! Two changes of one ticket: the change that waited for the row lock is recorded after the other.

use crate::harness::{App, TICKETS, eventually, minutes, stage::waiting_for_a_lock, the_beginning};
use serde_json::json;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_change_that_waited_for_another_is_recorded_after_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let ticket = amina.asks("general", "low").await;
    let mut other = app.cx.pool.begin().await.unwrap();
    sqlx::query("update tickets set updated_at = $1 where id = $2::uuid")
        .bind(the_beginning() + minutes(2))
        .bind(&ticket)
        .execute(&mut *other)
        .await
        .unwrap();
    let mut calls = JoinSet::new();
    let path = format!("{TICKETS}/{ticket}/priority");
    let caller = eve.clone();
    calls.spawn(async move { caller.put(&path, json!({"priority": "high"})).await });
    eventually("the change waits for the other", async || {
        waiting_for_a_lock(&app).await == 1
    })
    .await;
    // The other process' clock is ahead of ours by a minute.
    app.advance(minutes(1));
    other.commit().await.unwrap();
    let changed = calls.join_next().await.unwrap().unwrap();
    assert_eq!(
        changed.ok()["ticket"]["updatedAt"],
        "2025-10-01T08:02:00.000Z"
    );
    app.advance(minutes(4));
    let low = json!({"priority": "low"});
    let changed = eve.put(&format!("{TICKETS}/{ticket}/priority"), low).await;
    assert_eq!(
        changed.ok()["ticket"]["updatedAt"],
        "2025-10-01T08:05:00.000Z"
    );
}
