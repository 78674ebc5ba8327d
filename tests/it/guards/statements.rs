//! A statement that serves a request has a time limit of its own; beyond it, and when PostgreSQL cannot write, the
//! response is 503, and nothing is half done.

use super::{TICKETS, help};
use crate::harness::App;
use axum::http::header;
use serde_json::json;

#[tokio::test]
async fn a_statement_beyond_its_time_limit_is_unavailable_and_leaves_nothing_half_done() {
    let app = App::with(&[("DATABASE_STATEMENT_SECONDS", "1")]).await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let id = ann.opens(help()).await;
    let before = app.fingerprint().await;
    let mut assignee = app.cx.pool.begin().await.unwrap();
    sqlx::raw_sql("lock table sla_clocks in access exclusive mode")
        .execute(&mut *assignee)
        .await
        .unwrap();
    let path = format!("{TICKETS}/{id}");
    let (list, one, opened, changed) = tokio::join!(
        ann.get(TICKETS),
        ann.get(&path),
        ann.post(TICKETS, help()),
        eve.does("priority", &id, json!({"priority": "urgent"})),
    );
    for answer in [list, one, opened, changed] {
        assert_eq!(answer.refused(503), "unavailable");
        assert!(answer.headers.contains_key(header::RETRY_AFTER));
    }
    assignee.rollback().await.unwrap();
    assert_eq!(before, app.fingerprint().await);
    // The connections are as good as before.
    ann.get(TICKETS).await.ok();
    ann.opens(help()).await;
}

#[tokio::test]
async fn a_database_with_a_full_disk_is_unavailable_and_leaves_nothing_half_done() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let before = app.fingerprint().await;
    // The error that PostgreSQL reports when a file cannot grow, at the last table that a new ticket writes.
    sqlx::raw_sql(
        "create function full_disk() returns trigger language plpgsql as $$ begin
           raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
         end $$;
         create trigger full_disk before insert on jobs execute function full_disk()",
    )
    .execute(&app.cx.pool)
    .await
    .unwrap();
    let refused = ann.post(TICKETS, help()).await;
    assert_eq!(refused.refused(503), "unavailable");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(before, app.fingerprint().await);
}
