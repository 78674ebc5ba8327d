//! `GET /admin/queues`, `PUT /admin/queues/{queue}`: how queues stand, and stopping one.

use crate::{
    auth::Admin,
    body::Body,
    error::Problem,
    extract::{PathId, Payload},
    openapi::{Operation, Who},
    respond::Answer,
    views::job::QueueView,
};
use axum::extract::State;
use serde_json::json;
use shared::{
    context::Context,
    fault::Fault,
    jobs::{
        Queue,
        operate::{self, Flow},
    },
    work::By,
};

/// How each queue stands.
///
/// # Errors
/// The caller is not an admin.
pub async fn list(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    Ok(Answer::of("queues", views(&cx).await?))
}

/// Stops handing out the jobs of a queue (`{"paused": true}`), or goes on.
///
/// # Errors
/// The caller is not an admin; there is no such queue; every fault of the body.
pub async fn put(
    Admin(actor): Admin,
    State(cx): State<Context>,
    queue: PathId,
    payload: Payload,
) -> Result<Answer, Problem> {
    let queue = self::queue(&queue)?;
    let flow = payload.read(body)?;
    let mut work = cx.begin(By::Person(actor)).await?;
    operate::pause(&mut work.tx, queue, flow).await?;
    work.commit().await?;
    Ok(Answer::of("queues", views(&cx).await?))
}

async fn views(cx: &Context) -> Result<Vec<QueueView>, Problem> {
    let now = cx.clock.now();
    let queues = operate::queues(&cx.pool, now).await?;
    Ok(queues
        .iter()
        .map(|queue| QueueView::of(queue, now))
        .collect())
}

fn queue(name: &PathId) -> Result<Queue, Problem> {
    name.as_str()
        .parse()
        .map_err(|unknown: shared::fault::UnknownWord| {
            Problem::bad_query(vec![Fault {
                field: "queue".to_owned(),
                code: "unknown_value",
                message: unknown.to_string(),
            }])
        })
}

fn body(body: &mut Body) -> Option<Flow> {
    body.need("paused");
    body.flag("paused")
        .map(|paused| if paused { Flow::Stopped } else { Flow::Open })
}

pub(crate) fn list_operation() -> Operation {
    Operation::new(
        "listQueues",
        Who::Roles("admins"),
        "Show how the queues of jobs stand",
    )
    .answers::<Vec<QueueView>>("queues")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new(
        "setQueue",
        Who::Roles("admins"),
        "Stop a queue of jobs, or let it go on",
    )
    .about("While it is stopped nothing of it is handed out; what was handed out is run.")
    .body(body, json!({"paused": true}))
    .answers::<Vec<QueueView>>("queues")
}
