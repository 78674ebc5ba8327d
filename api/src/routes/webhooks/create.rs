//! `POST /admin/webhooks`: creates an endpoint, and shows its secret once.

use super::EXAMPLE_SECRET;
use crate::{
    auth::Admin,
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    views::webhook::WebhookView,
};
use actions::webhooks;
use axum::{extract::State, response::Response};
use domain::webhooks::NewWebhook;
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Creates an endpoint: `{url, description?, events?}`.
///
/// # Errors
/// 401, 403 for anybody but an admin, 409 where there are too many, 422.
pub async fn post(
    Admin(actor): Admin,
    State(cx): State<Context>,
    post: Write,
) -> Result<Response, Problem> {
    webhooks::end_past(&cx).await?;
    post.once(&cx, actor, move |work, payload| {
        async move {
            let cx = work.cx;
            let check = |url: &str| super::fit(cx, url);
            let new = payload.read(|body| NewWebhook::read(body, &check))?;
            let webhook = webhooks::create(work, &actor, new).await?;
            let location = format!("/api/v1/admin/webhooks/{}", webhook.id);
            let answer = Answer::of("webhook", WebhookView::from(&webhook));
            let answer = answer.secret("secret", &webhook.secret.to_text());
            Ok(answer.created(&location))
        }
        .boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new("createWebhook", Access::Roles("admins"), "Create a webhook")
        .description(
            "Events from now on are sent to the URL, signed by the rules of Standard Webhooks. `secret` is the key of the \
             signatures. It is shown in this response only: a repeat with the same `Idempotency-Key` has null in its place. \
             What the name of the host stands for is looked up at each attempt. An address of a private network is refused \
             then, unless an operator allows it.",
        )
        .body(
            |body| NewWebhook::read(body, &|_| Ok(())),
            json!({
                "url": "https://hooks.example.com/support",
                "description": "The warehouse",
                "events": ["ticket.created", "ticket.updated"],
            }),
        )
        .creates()
        .conflicts(&["too_many_webhooks"])
        .answers::<WebhookView>("webhook")
        .answers_like("secret", &Some(EXAMPLE_SECRET))
        .answer_named("WebhookWithSecret")
        .leads_to("webhook/id", Resource::Webhook)
}
