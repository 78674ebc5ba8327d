//! `/admin/jobs` and `/admin/queues`: the jobs that wait, run, failed or became dead letters, for admins.

pub mod discard;
pub mod get;
pub mod list;
pub mod queues;
pub mod retry;

use super::admin_write::AdminWrite;
use crate::{
    error::Problem, extract::PathId, openapi::Resource, respond::Answer, views::job::JobView,
};
use actions::error::ActionError;
use axum::response::Response;
use futures_util::{FutureExt, future::BoxFuture};
use jobs::{JobId, operate::JobRecord};
use platform::{context::Context, work::UnitOfWork};

/// The id of the job in the path.
fn job(id: &PathId) -> Result<JobId, Problem> {
    id.parse(Resource::Job.key()).map(JobId)
}

/// Changes the job in the path by `act`, once for each idempotency key, and shows the job.
async fn change<'a>(
    cx: &'a Context,
    write: AdminWrite,
    act: impl for<'w> FnOnce(
        &'w mut UnitOfWork<'a>,
        JobId,
    ) -> BoxFuture<'w, Result<JobRecord, ActionError>>
    + Send
    + 'a,
) -> Result<Response, Problem> {
    let change = write.once(cx, job, move |work, id, _| {
        async move {
            let job = act(work, id).await?;
            Ok(Answer::of("job", JobView::from(&job)))
        }
        .boxed()
    });
    change.await
}
