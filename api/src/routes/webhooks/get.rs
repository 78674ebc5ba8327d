//! `GET /admin/webhooks/{id}`: shows an endpoint.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    views::webhook::WebhookView,
};
use actions::webhooks;
use axum::extract::State;
use platform::context::Context;

/// Shows an endpoint, without its secret.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404.
pub async fn get(
    Admin(_): Admin,
    State(cx): State<Context>,
    id: PathId,
) -> Result<Answer, Problem> {
    let mut db = cx.pool.acquire().await?;
    let webhook = webhooks::find(&mut db, super::webhook(&id)?).await?;
    Ok(Answer::of("webhook", WebhookView::from(&webhook)))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getWebhook", Access::Roles("admins"), "Show a webhook")
        .description("The endpoint with how it failed since its last success. Its secret is not shown again.")
        .answers::<WebhookView>("webhook")
}
