//! `POST /admin/jobs/{id}/discard`: one job is decided against.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
    views::job::JobView,
};
use actions::job_list;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Decides against a job.
///
/// # Errors
/// The caller is not an admin; there is no such job; its state forbids it.
pub async fn post(
    Admin(actor): Admin,
    State(cx): State<Context>,
    id: PathId,
    post: Write,
) -> Result<Response, Problem> {
    let id = super::job(&id)?;
    post.once(&cx, actor, move |work, _| {
        async move {
            let entry = job_list::discard(work, id).await?;
            Ok(Answer::of("job", JobView::from(&entry)))
        }
        .boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new("discardJob", Access::Roles("admins"), "Decide against a job")
        .about("It never runs, and is forgotten like one that is done. A mail that is not sent by that is on record as failed.")
        .conflicts(&["job_state"])
        .answers::<JobView>("job")
}
