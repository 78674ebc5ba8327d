//! `POST /admin/webhooks/{id}/deliveries/{deliveryId}/redeliver`: sends a delivery again.

use crate::{
    auth::Admin,
    error::Problem,
    extract::{InnerId, PathId},
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    unknown_parameters::UnknownParameters,
    views::webhook::DeliveryView,
};
use actions::webhooks;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Sends a delivery again.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404, 409 while an attempt is under way or the endpoint is disabled.
pub async fn post(
    Admin(actor): Admin,
    State(cx): State<Context>,
    (id, delivery): (PathId, InnerId),
    unknown: UnknownParameters,
    write: Write,
) -> Result<Response, Problem> {
    let id = super::webhook(&id)?;
    let delivery = delivery.parse("deliveryId", Resource::WebhookDelivery.key())?;
    write
        .once(&cx, actor, move |work, _| {
            async move {
                webhooks::find(&mut work.tx, id).await?;
                let delivery = webhooks::redeliver(work, id, delivery).await?;
                unknown.refuse()?;
                super::shown(&mut work.tx, &delivery).await
            }
            .boxed()
        })
        .await
}

pub(crate) fn operation() -> Operation {
    Operation::new("redeliverWebhook", Access::Roles("admins"), "Send a delivery again")
        .description(
            "A delivery that ended is sent within seconds under the same `webhook-id`, outside of the order of its ticket, \
             and tried once. One that waits is due at once, and keeps its place in the order.",
        )
        .conflicts(&["delivery_in_progress", "webhook_disabled"])
        .answers::<DeliveryView>("delivery")
}
