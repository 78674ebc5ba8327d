//! `POST /admin/jobs/{id}/retry`: a job is tried again.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    routes::admin_write::AdminWrite,
    views::job::JobView,
};
use actions::job_commands;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Makes a job due now.
///
/// # Errors
/// 401, 403 for anybody but an admin, 404, 409 for a job that runs or is over, or whose like waits.
pub async fn post(State(cx): State<Context>, write: AdminWrite) -> Result<Response, Problem> {
    super::change(&cx, write, |work, id| job_commands::retry(work, id).boxed()).await
}

pub(crate) fn operation() -> Operation {
    Operation::new("retryJob", Access::Roles("admins"), "Try a job again now")
        .description(
            "A dead letter gets all of its attempts again. A job that waits for its time is due at once. A job that has been \
             handed out to a worker, which takes a moment, cannot be retried: 409.",
        )
        .conflicts(&["job_state", "job_waits_already"])
        .answers::<JobView>("job")
}
