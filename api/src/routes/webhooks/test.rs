//! `POST /admin/webhooks/{id}/test`: sends a test to an endpoint.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    routes::admin_write::AdminWrite,
    unknown_parameters::UnknownParameters,
    views::webhook::DeliveryView,
};
use actions::webhooks;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Sends a test.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404.
pub async fn post(
    State(cx): State<Context>,
    unknown: UnknownParameters,
    write: AdminWrite,
) -> Result<Response, Problem> {
    let test = write.once(&cx, super::webhook, |work, id, _| {
        async move {
            webhooks::find(&mut work.tx, id).await?;
            unknown.refuse()?;
            let delivery = webhooks::send_test(work, id).await?;
            super::shown(&mut work.tx, &delivery).await
        }
        .boxed()
    });
    test.await
}

pub(crate) fn operation() -> Operation {
    Operation::new("testWebhook", Access::Roles("admins"), "Send a test to a webhook")
        .description(
            "An event of the type `webhook.test` is sent within seconds, and tried once, also to an endpoint that is \
             disabled or fails. The log has its outcome.",
        )
        .answers::<DeliveryView>("delivery")
}
