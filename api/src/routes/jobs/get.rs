//! `GET /admin/jobs/{id}`: one job.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    views::job::JobView,
};
use actions::error::ActionError;
use axum::extract::State;
use jobs::operate;
use platform::context::Context;

/// Shows a job.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404.
pub async fn get(
    Admin(_): Admin,
    State(cx): State<Context>,
    id: PathId,
) -> Result<Answer, Problem> {
    let found = operate::find(&cx.pool, super::job(&id)?).await?;
    let entry = found.ok_or(ActionError::NotFound("job"))?;
    Ok(Answer::of("job", JobView::from(&entry)))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getJob", Access::Roles("admins"), "Show a job")
        .description("Records of finished jobs are deleted after some days.")
        .answers::<JobView>("job")
}
