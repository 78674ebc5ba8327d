//! `POST /admin/jobs/{id}/retry`: one job is tried again.

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

/// Has a job tried now.
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
            let entry = job_list::retry(work, id).await?;
            Ok(Answer::of("job", JobView::from(&entry)))
        }
        .boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new("retryJob", Access::Roles("admins"), "Try a job again, now")
        .about("A dead letter has all of its attempts again; a job that waits is not waited for. Once it is handed out, which takes a moment, there is nothing to retry (409).")
        .conflicts(&["job_state", "job_waits_already"])
        .answers::<JobView>("job")
}
