//! `POST /admin/webhooks/{id}/rotate-secret`: gives an endpoint a new secret, and shows it once.

use super::EXAMPLE_SECRET;
use crate::{
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    routes::admin_write::AdminWrite,
    unknown_parameters::UnknownParameters,
    views::webhook::WebhookView,
};
use actions::webhooks;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Replaces the secret of an endpoint.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404.
pub async fn post(
    State(cx): State<Context>,
    unknown: UnknownParameters,
    write: AdminWrite,
) -> Result<Response, Problem> {
    let rotate = write.once(&cx, super::webhook, |work, id, _| {
        async move {
            webhooks::find(&mut work.tx, id).await?;
            unknown.refuse()?;
            let webhook = webhooks::rotate_secret(work, id).await?;
            let answer = Answer::of("webhook", WebhookView::from(&webhook));
            Ok(answer.secret("secret", &webhook.secret.to_text()))
        }
        .boxed()
    });
    rotate.await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "rotateWebhookSecret",
        Access::Roles("admins"),
        "Replace the secret of a webhook",
    )
    .description(
        "For a day the new and the previous secret both sign, so that the receiver can be changed meanwhile. Two rotations \
         within a day end the oldest secret at once. `secret` is shown in this response only: a repeat with the same \
         `Idempotency-Key` has null in its place.",
    )
    .answers::<WebhookView>("webhook")
    .answers_like("secret", &Some(EXAMPLE_SECRET))
    .answer_named("WebhookWithSecret")
}
