//! `GET /admin/queues`, `PUT /admin/queues/{queue}`: the state of each queue, and pausing one.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    routes::admin_write::AdminWrite,
    views::job::QueueView,
};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::reader::ObjectReader;
use futures_util::FutureExt;
use jobs::operate::{self, PauseState};
use platform::context::Context;
use serde_json::json;
use sqlx::PgConnection;

/// Shows the state of each queue.
///
/// # Errors
/// 401, 403 for anybody but an admin.
pub async fn list(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    let mut db = cx.pool.acquire().await?;
    Ok(Answer::of("queues", views(&mut db, cx.clock.now()).await?))
}

/// Pauses a queue (`{"paused": true}`), or resumes it.
///
/// # Errors
/// 400 for an unknown queue, 401, 403 for anybody but an admin, 422.
pub async fn put(State(cx): State<Context>, write: AdminWrite) -> Result<Response, Problem> {
    let pause = write.once(&cx, PathId::queue, |work, queue, payload| {
        async move {
            let state = payload.read(body)?;
            operate::pause(&mut work.tx, queue, state).await?;
            let now = work.now();
            Ok(Answer::of("queues", views(&mut work.tx, now).await?))
        }
        .boxed()
    });
    pause.await
}

async fn views(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<QueueView>, Problem> {
    let queues = operate::queues(db, now).await?;
    Ok(queues
        .iter()
        .map(|queue| QueueView::of(queue, now))
        .collect())
}

fn body(body: &mut ObjectReader) -> Option<PauseState> {
    body.named("QueueUpdate", "The new state of a queue of jobs.");
    body.mean(&[("paused", "Whether the queue is to be paused.")]);
    body.need("paused");
    body.flag("paused").map(|paused| {
        if paused {
            PauseState::Paused
        } else {
            PauseState::Running
        }
    })
}

pub(crate) fn list_operation() -> Operation {
    Operation::new(
        "listQueues",
        Access::Roles("admins"),
        "Show the state of the job queues",
    )
    .description("How many jobs of each queue wait and run, and whether the queue is paused.")
    .answers::<Vec<QueueView>>("queues")
    .answer_named("QueueList")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new(
        "setQueue",
        Access::Roles("admins"),
        "Pause or resume a job queue",
    )
    .description(
            "No job of a paused queue is handed out to workers. Jobs that were handed out before still run.",
        )
    .body(body, json!({"paused": true}))
    .answers::<Vec<QueueView>>("queues")
    .answer_named("QueueList")
}
