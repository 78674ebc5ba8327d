//! `POST /admin/jobs/{id}/discard`: a job is cancelled.

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

/// Cancels a job.
///
/// # Errors
/// 401, 403 for anybody but an admin, 404, 409 for a job that runs or is over.
pub async fn post(State(cx): State<Context>, write: AdminWrite) -> Result<Response, Problem> {
    super::change(&cx, write, |work, id| {
        job_commands::discard(work, id).boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new("discardJob", Access::Roles("admins"), "Cancel a job")
        .description(
            "The job never runs, and its record is deleted as that of a finished job is. If the job was to send a mail, the \
             mail is recorded as failed.",
        )
        .conflicts(&["job_state"])
        .answers::<JobView>("job")
}
