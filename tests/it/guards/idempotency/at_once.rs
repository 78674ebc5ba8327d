//! Equal requests at the same time, and requests that end before their answer is kept.

use super::{count, keyed};
use crate::guards::{TICKETS, help};
use crate::harness::App;
use axum::http::{StatusCode, header};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

#[tokio::test]
async fn twenty_equal_requests_at_once_make_one_ticket() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let (ann, request) = (ann.clone(), keyed(&ann, TICKETS, "k", &help()));
        calls.spawn(async move { ann.send(request).await });
    }
    let answers = calls.join_all().await;
    assert_eq!(count(&app, "tickets").await, 1);
    let (made, others): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer.status == StatusCode::CREATED);
    assert!(!made.is_empty());
    for answer in &made {
        assert_eq!(answer.body, made[0].body);
    }
    for answer in others {
        assert_eq!(answer.refused(409), "idempotency_in_progress");
    }
}

/// Holds the row lock of the ticket, so that changes wait.
async fn held(app: &App, ticket: &str) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut tx = app.cx.pool.begin().await.unwrap();
    sqlx::query("select from tickets where id = $1 for update")
        .bind(ticket.parse::<uuid::Uuid>().unwrap())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx
}

/// Waits until so many keys are taken by requests that run.
async fn until_keys_taken(app: &App, keys: i64) {
    let began = Instant::now();
    loop {
        let taken: i64 = sqlx::query_scalar(
            "select count(*) from pg_locks where locktype = 'advisory'
             and database = (select oid from pg_database where datname = current_database())",
        )
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
        if taken == keys {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{taken} taken");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_repeat_while_the_first_still_runs_is_told_so() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let ticket = ann.opens(help()).await;
    let path = format!("{TICKETS}/{ticket}/messages");
    let body = json!({"message": "Hello?"});
    let assignee = held(&app, &ticket).await;
    let mut calls = JoinSet::new();
    let (caller, first) = (ann.clone(), keyed(&ann, &path, "k", &body));
    calls.spawn(async move { caller.send(first).await });
    until_keys_taken(&app, 1).await;
    let early = ann.send(keyed(&ann, &path, "k", &body)).await;
    assert_eq!(early.refused(409), "idempotency_in_progress");
    assert_eq!(early.headers[header::RETRY_AFTER], "1");
    assignee.rollback().await.unwrap();
    let first = calls.join_next().await.unwrap().unwrap();
    let again = ann.send(keyed(&ann, &path, "k", &body)).await;
    assert_eq!(first.created(), again.created());
    assert_eq!(count(&app, "messages").await, 1);
}

#[tokio::test]
async fn a_request_that_dies_leaves_neither_work_nor_answer() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let ticket = ann.opens(help()).await;
    let path = format!("{TICKETS}/{ticket}/messages");
    let body = json!({"message": "Hello?"});
    let assignee = held(&app, &ticket).await;
    let mut calls = JoinSet::new();
    let (caller, first) = (ann.clone(), keyed(&ann, &path, "k", &body));
    calls.spawn(async move { caller.send(first).await });
    until_keys_taken(&app, 1).await;
    calls.shutdown().await;
    assignee.rollback().await.unwrap();
    until_keys_taken(&app, 0).await;
    assert_eq!(count(&app, "messages").await, 0);
    ann.send(keyed(&ann, &path, "k", &body)).await.created();
    assert_eq!(count(&app, "messages").await, 1);
}

#[tokio::test]
async fn where_the_answer_cannot_be_kept_nothing_is_done() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    sqlx::query("alter table idempotency_keys add constraint broken check (false)")
        .execute(&app.cx.pool)
        .await
        .unwrap();
    let failed = ann.send(keyed(&ann, TICKETS, "k", &help())).await;
    assert_eq!(failed.refused(500), "internal_error");
    assert_eq!(count(&app, "tickets").await, 0);
    assert_eq!(count(&app, "ticket_events").await, 0);
}
