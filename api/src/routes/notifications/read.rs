//! `PUT /notifications/{id}/read`: marks a notification as read.

use crate::{
    error::Problem,
    extract::PathId,
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    signed_in::SignedIn,
    unknown_parameters::UnknownParameters,
    views::notification::NotificationView,
};
use actions::notifications::in_app;
use axum::{extract::State, response::Response};
use domain::ids::NotificationId;
use futures_util::FutureExt;
use platform::context::Context;

/// Marks a notification as read. A second time changes nothing.
///
/// # Errors
/// 400, 401, 404, 422.
pub async fn put(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    unknown: UnknownParameters,
    write: Write,
) -> Result<Response, Problem> {
    let id: NotificationId = id.parse(Resource::Notification.key())?;
    write
        .once(&cx, actor, move |work, _| {
            async move {
                let read = in_app::read(work, &actor, id).await?;
                unknown.refuse()?;
                Ok(Answer::of("notification", NotificationView::from(&read)))
            }
            .boxed()
        })
        .await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "readNotification",
        Access::SignedIn,
        "Mark a notification as read",
    )
    .description(
        "What was read in the app before is left out of a digest by e-mail. Marking again changes nothing.",
    )
    .answers::<NotificationView>("notification")
}
