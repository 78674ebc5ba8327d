//! `GET /admin/queues`, `PUT /admin/queues/{queue}`: how queues stand, and stopping one.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
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

/// How each queue stands.
///
/// # Errors
/// The caller is not an admin.
pub async fn list(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    let mut db = cx.pool.acquire().await?;
    Ok(Answer::of("queues", views(&mut db, cx.clock.now()).await?))
}

/// Stops handing out the jobs of a queue (`{"paused": true}`), or goes on.
///
/// # Errors
/// The caller is not an admin; there is no such queue; every fault of the body.
pub async fn put(
    Admin(actor): Admin,
    State(cx): State<Context>,
    queue: PathId,
    put: Write,
) -> Result<Response, Problem> {
    let queue = queue.queue()?;
    put.once(&cx, actor, move |work, payload| {
        async move {
            let state = payload.read(body)?;
            operate::pause(&mut work.tx, queue, state).await?;
            let now = work.now();
            Ok(Answer::of("queues", views(&mut work.tx, now).await?))
        }
        .boxed()
    })
    .await
}

async fn views(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<QueueView>, Problem> {
    let queues = operate::queues(db, now).await?;
    Ok(queues
        .iter()
        .map(|queue| QueueView::of(queue, now))
        .collect())
}

fn body(body: &mut ObjectReader) -> Option<PauseState> {
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
        "Show how the queues of jobs stand",
    )
    .answers::<Vec<QueueView>>("queues")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new(
        "setQueue",
        Access::Roles("admins"),
        "Stop a queue of jobs, or let it go on",
    )
    .about("While it is stopped nothing of it is handed out; what was handed out is run.")
    .body(body, json!({"paused": true}))
    .answers::<Vec<QueueView>>("queues")
}
