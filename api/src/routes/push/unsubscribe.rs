//! `DELETE /notifications/push/subscriptions/{id}`: ends the subscription of a device.

use crate::{
    error::Problem,
    extract::PathId,
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    signed_in::SignedIn,
    unknown_parameters::UnknownParameters,
};
use actions::push;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Ends a subscription of the caller.
///
/// # Errors
/// 400, 401, 404.
pub async fn delete(
    caller: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    unknown: UnknownParameters,
    delete: Write,
) -> Result<Response, Problem> {
    let id = id.parse(Resource::PushSubscription.key())?;
    delete
        .once(&cx, caller.actor, move |work, _| {
            async move {
                push::unsubscribe(work, &caller.actor, id).await?;
                unknown.refuse()?;
                Ok(Answer::default())
            }
            .boxed()
        })
        .await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "unsubscribeFromPush",
        Access::SignedIn,
        "Unsubscribe a device from push messages",
    )
    .description(
        "The device gets no more messages. Logging out does the same for the device of the login.",
    )
}
