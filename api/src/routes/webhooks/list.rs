//! `GET /admin/webhooks`: lists the endpoints.

use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    views::webhook::WebhookView,
};
use actions::webhooks::{MOST_WEBHOOKS, store};
use axum::extract::State;
use platform::context::Context;

/// Lists the endpoints, the oldest first.
///
/// # Errors
/// 401, 403 for anybody but an admin.
pub async fn list(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    let webhooks = store::all(&cx.pool, MOST_WEBHOOKS).await?;
    let views: Vec<_> = webhooks.iter().map(WebhookView::from).collect();
    Ok(Answer::of("webhooks", views))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listWebhooks", Access::Roles("admins"), "List the webhooks")
        .description("The oldest endpoints come first. There are 50 at most.")
        .answers::<Vec<WebhookView>>("webhooks")
        .answer_named("WebhookList")
        .leads_to("webhooks/0/id", Resource::Webhook)
}
