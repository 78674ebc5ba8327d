//! The rows of the statistics under concurrency, interruption and replay.

use super::STATS;
use crate::{
    harness::{App, minutes},
    races::at_once,
};
use actions::{
    job_list::Job,
    stats::{differences, rebuild, roll_up, verify},
};
use serde_json::json;
use std::future::Future;
use std::pin::Pin;

async fn rows(app: &App) -> Vec<String> {
    sqlx::query_scalar("select s::text from stats_tickets s order by ticket_id")
        .fetch_all(&app.cx.pool)
        .await
        .unwrap()
}

/// Ten tickets, of which some are answered and closed.
async fn busy() -> App {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.agent("Sarah", "general").await;
    for number in 0..10 {
        app.advance(minutes(40));
        let id = amina.asks("general", "high").await;
        if number % 2 == 0 {
            eve.says(&id, "Hello.").await.created();
            eve.closes(&id).await.ok();
        }
    }
    app.settle().await;
    app
}

#[tokio::test]
async fn changes_and_roll_ups_at_once_lose_nothing_and_count_nothing_twice() {
    let app = App::with(&[("DATABASE_CONNECTIONS", "16")]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.agent("Sarah", "general").await;
    let mut tickets = Vec::new();
    for _ in 0..8 {
        tickets.push(amina.asks("general", "low").await);
    }
    let mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
    for id in tickets {
        let eve = eve.clone();
        tasks.push(Box::pin(async move {
            for priority in ["high", "low", "urgent", "medium"] {
                eve.does("priority", &id, json!({"priority": priority}))
                    .await
                    .ok();
            }
            eve.closes(&id).await.ok();
        }));
    }
    for _ in 0..3 {
        let cx = app.cx.clone();
        tasks.push(Box::pin(async move {
            for _ in 0..20 {
                roll_up(&cx).await.unwrap();
            }
        }));
    }
    at_once(tasks).await;
    app.settle().await;
    roll_up(&app.cx).await.unwrap();
    assert_eq!(differences(&app.cx.pool).await.unwrap(), 0);
    let answer = eve.get(STATS).await;
    assert_eq!(
        answer.ok()["statusBreakdown"],
        json!([{"_id": "closed", "count": 8}])
    );
}

#[tokio::test]
async fn a_replay_of_the_whole_feed_changes_nothing() {
    let app = busy().await;
    app.run(&Job::RollUpStats).await;
    let before = rows(&app).await;
    assert_eq!(before.len(), 10);
    app.sql("update stats_cursor set position = $1::bigint", "1")
        .await;
    assert_eq!(
        roll_up(&app.cx).await.unwrap(),
        0,
        "no row is written again"
    );
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn a_cursor_behind_what_the_feed_keeps_has_all_rows_computed_anew() {
    let app = busy().await;
    app.run(&Job::RollUpStats).await;
    let before = rows(&app).await;
    // The workers were away for longer than the feed is kept, and a row is wrong.
    app.sql("update stats_cursor set position = $1::bigint", "7")
        .await;
    app.sql("update stats_tickets set priority = $1", "low")
        .await;
    roll_up(&app.cx).await.unwrap();
    assert_eq!(rows(&app).await, before);
    assert_eq!(differences(&app.cx.pool).await.unwrap(), 0);
}

#[tokio::test]
async fn figures_say_how_fresh_they_are_and_that_they_are_not_there_yet() {
    let app = busy().await;
    let eve = app.admin("Mary").await;
    app.sql("update stats_cursor set as_of = null where $1 = ''", "")
        .await;
    assert_eq!(eve.get(STATS).await.ok()["asOf"], json!(null));
    app.run(&Job::RollUpStats).await;
    let now = domain::time_format::text(app.now());
    assert_eq!(eve.get(STATS).await.ok()["asOf"], now);
    app.advance(minutes(1));
    assert_eq!(eve.get(STATS).await.ok()["asOf"], now);
}

#[tokio::test]
async fn verify_names_the_tickets_whose_rows_are_wrong_and_rebuild_mends_them() {
    let app = busy().await;
    app.run(&Job::RollUpStats).await;
    let right = rows(&app).await;
    app.sql(
        "update stats_tickets set response_millis = 1 where status = $1",
        "closed",
    )
    .await;
    app.sql("delete from stats_tickets where ticket_id = (select ticket_id from stats_tickets where status <> $1 limit 1)", "closed")
        .await;
    app.sql(
        "insert into stats_tickets (ticket_id, created_at, status, priority, category, department, transfers, escalations,
             reopenings, is_one_touch, active, active_until)
         values ($1::uuid, now(), 'open', 'low', 'general', 'general', 0, 0, 0, false, '{}', 'infinity')",
        "00000000-0000-7000-8000-00000000abcd",
    )
    .await;
    app.sql(
        "update ticket_counts set tickets = tickets + 1 where status = $1",
        "open",
    )
    .await;
    let found = verify(&app.cx).await.unwrap();
    assert_eq!((found.compared, found.pending), (10, 0));
    assert!(found.miscounted > 0);
    assert_eq!(
        found.differing, 7,
        "five changed, one missing, one too many"
    );
    assert_eq!(found.tickets.len(), 6, "{:?}", found.tickets);
    let mut told = Vec::new();
    let rebuilt = rebuild(&app.cx, |so_far| told.push(so_far.computed))
        .await
        .unwrap();
    assert!(rebuilt.is_complete);
    assert_eq!((rebuilt.computed, rebuilt.changed), (10, 6));
    assert_eq!(told, [10]);
    assert_eq!(rows(&app).await, right);
    let found = verify(&app.cx).await.unwrap();
    assert_eq!((found.differing, found.miscounted), (0, 0));
}

#[tokio::test]
async fn a_ticket_that_is_not_counted_yet_is_left_out_of_the_comparison() {
    let app = busy().await;
    app.run(&Job::RollUpStats).await;
    let amina = app.customer("Zoe").await;
    amina.asks("general", "low").await;
    let found = verify(&app.cx).await.unwrap();
    assert_eq!((found.compared, found.pending, found.differing), (10, 1, 0));
}

#[tokio::test]
async fn the_release_before_finds_marked_what_it_has_to_count_again() {
    let app = busy().await;
    app.run(&Job::RollUpStats).await;
    let unmarked =
        "select count(*) from tickets where date_bin('15 minutes', created_at, timestamptz 'epoch')
        not in (select bucket from stats_dirty)";
    assert_eq!(app.count(unmarked).await, 0);
    let marks = "select count(*) from stats_dirty";
    let before = app.count(marks).await;
    app.sql("update stats_cursor set position = $1::bigint", "1")
        .await;
    roll_up(&app.cx).await.unwrap();
    assert_eq!(app.count(marks).await, before, "a mark is made once");
}
