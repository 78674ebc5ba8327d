//! A statement that serves a request has a time limit of its own: beyond it the response is 503, and nothing is
//! half done.

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
