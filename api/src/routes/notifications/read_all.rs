//! `PUT /notifications/read-all`: marks all notifications as read.

use crate::{
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    unknown_parameters::UnknownParameters,
};
use actions::notifications::in_app;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Marks all notifications of the caller as read.
///
/// # Errors
/// 400, 401, 422.
pub async fn put(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    unknown: UnknownParameters,
    write: Write,
) -> Result<Response, Problem> {
    write
        .once(&cx, actor, move |work, _| {
            async move {
                unknown.refuse()?;
                let read = in_app::read_all(work, &actor).await?;
                Ok(Answer::of("read", read))
            }
            .boxed()
        })
        .await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "readAllNotifications",
        Access::SignedIn,
        "Mark all notifications as read",
    )
    .description("`read` is the number of notifications that were not read before.")
    .answers_like("read", &3_i64)
    .answer_named("NotificationsReadResponse")
}
