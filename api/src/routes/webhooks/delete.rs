//! `DELETE /admin/webhooks/{id}`: deletes an endpoint with its log.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    routes::admin_write::AdminWrite,
    unknown_parameters::UnknownParameters,
};
use actions::webhooks;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Deletes an endpoint.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404.
pub async fn delete(
    State(cx): State<Context>,
    unknown: UnknownParameters,
    write: AdminWrite,
) -> Result<Response, Problem> {
    let delete = write.once(&cx, super::webhook, |work, id, _| {
        async move {
            webhooks::find(&mut work.tx, id).await?;
            unknown.refuse()?;
            webhooks::delete(work, id).await?;
            Ok(Answer::default())
        }
        .boxed()
    });
    delete.await
}

pub(crate) fn operation() -> Operation {
    Operation::new("deleteWebhook", Access::Roles("admins"), "Delete a webhook").description(
        "The endpoint is deleted with its log and with everything that was not sent yet. To stop it for a while, disable it.",
    )
}
