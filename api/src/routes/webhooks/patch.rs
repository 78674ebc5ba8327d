//! `PATCH /admin/webhooks/{id}`: changes an endpoint, disables it, or enables it again.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    routes::admin_write::AdminWrite,
    views::webhook::WebhookView,
};
use actions::webhooks;
use axum::{extract::State, response::Response};
use domain::{reader::ObjectReader, webhooks::WebhookChange};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Changes an endpoint: `{url?, description?, events?, enabled?}`; absent fields stay.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404, 422.
pub async fn patch(State(cx): State<Context>, write: AdminWrite) -> Result<Response, Problem> {
    webhooks::end_past(&cx).await?;
    let change = write.once(&cx, super::webhook, |work, id, payload| {
        async move {
            let cx = work.cx;
            webhooks::find(&mut work.tx, id).await?;
            let check = |url: &str| super::fit(cx, url);
            let change = payload.read_patch(|body| Some(WebhookChange::read(body, &check)))?;
            let changed = webhooks::change(work, id, change).await?;
            Ok(Answer::of("webhook", WebhookView::from(&changed)))
        }
        .boxed()
    });
    change.await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<WebhookChange> {
    Some(WebhookChange::read(body, &|_| Ok(())))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changeWebhook", Access::Roles("admins"), "Change a webhook")
        .description(
            "Absent fields stay. Events that happen while the endpoint is disabled are never sent. Deliveries that waited \
             when it was disabled are sent when it is enabled again, if that is within 30 days. Enabling also forgets its \
             failures.",
        )
        .patch(body, json!({"events": [], "enabled": true}))
        .answers::<WebhookView>("webhook")
}
