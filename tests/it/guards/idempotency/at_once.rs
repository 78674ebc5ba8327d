//! Equal requests at the same time, and requests that end before their answer is kept.

use super::{count, keyed};
use crate::guards::{TICKETS, help};
use crate::harness::{Answer, App, Caller, eventually};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;
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
    eventually("the keys are taken", async || {
        let taken: i64 = sqlx::query_scalar(
            "select count(*) from pg_locks where locktype = 'advisory'
             and database = (select oid from pg_database where datname = current_database())",
        )
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
        taken == keys
    })
    .await;
}

/// A message of Ann's whose request runs and waits for its ticket.
struct Waiting {
    app: App,
    ann: Caller,
    calls: JoinSet<Answer>,
    ticket: sqlx::Transaction<'static, sqlx::Postgres>,
    path: String,
}

impl Waiting {
    async fn new() -> Self {
        let app = App::new().await;
        let ann = app.customer("Ann").await;
        let id = ann.opens(help()).await;
        let path = format!("{TICKETS}/{id}/messages");
        let ticket = held(&app, &id).await;
        let mut waiting = Self {
            app,
            ann,
            calls: JoinSet::new(),
            ticket,
            path,
        };
        let (caller, first) = (waiting.ann.clone(), waiting.request());
        waiting.calls.spawn(async move { caller.send(first).await });
        until_keys_taken(&waiting.app, 1).await;
        waiting
    }

    /// The request, as often as it is asked for.
    fn request(&self) -> Request<Body> {
        keyed(&self.ann, &self.path, "k", &json!({"message": "Hello?"}))
    }
}

#[tokio::test]
async fn a_repeat_while_the_first_still_runs_is_told_so() {
    let mut waiting = Waiting::new().await;
    let early = waiting.ann.send(waiting.request()).await;
    assert_eq!(early.refused(409), "idempotency_in_progress");
    assert_eq!(early.headers[header::RETRY_AFTER], "1");
    let again = waiting.request();
    waiting.ticket.rollback().await.unwrap();
    let first = waiting.calls.join_next().await.unwrap().unwrap();
    let again = waiting.ann.send(again).await;
    assert_eq!(first.created(), again.created());
    assert_eq!(count(&waiting.app, "messages").await, 1);
}

#[tokio::test]
async fn a_request_that_dies_leaves_neither_work_nor_answer() {
    let mut waiting = Waiting::new().await;
    let again = waiting.request();
    waiting.calls.shutdown().await;
    waiting.ticket.rollback().await.unwrap();
    until_keys_taken(&waiting.app, 0).await;
    assert_eq!(count(&waiting.app, "messages").await, 0);
    waiting.ann.send(again).await.created();
    assert_eq!(count(&waiting.app, "messages").await, 1);
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
