//! `GET /admin/webhooks/{id}/deliveries`: the log of an endpoint.

use super::SHOWN_ATTEMPTS;
use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    query::Query,
    respond::Answer,
    views::{page::Pagination, webhook::DeliveryView},
};
use actions::webhooks::{self, store};
use axum::extract::State;
use domain::{ids::WebhookDeliveryId, paging, reader::QueryReader, webhooks::DeliveryStatus};
use platform::context::Context;

/// Deliveries that are counted.
const COUNTED: i64 = 1_000;

/// The parameters.
struct Asked {
    status: Option<DeliveryStatus>,
    before: Option<WebhookDeliveryId>,
    limit: i64,
}

/// Lists deliveries with their attempts, the newest first: `status`, `cursor`, `limit`.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404, 422.
pub async fn list(
    Admin(_): Admin,
    State(cx): State<Context>,
    id: PathId,
    query: Query,
) -> Result<Answer, Problem> {
    let webhook = super::webhook(&id)?;
    let mut db = cx.snapshot().await?;
    webhooks::find(&mut db, webhook).await?;
    let asked = query.read(self::query)?;
    let total = store::count_of(&mut *db, webhook, asked.status, COUNTED + 1).await?;
    let mut found = store::of_webhook(
        &mut *db,
        webhook,
        asked.status,
        asked.before,
        asked.limit + 1,
    )
    .await?;
    let wanted = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let is_more = found.len() > wanted;
    found.truncate(wanted);
    let ids: Vec<_> = found.iter().map(|one| one.id).collect();
    let attempts = store::attempts_of(&mut *db, &ids, SHOWN_ATTEMPTS).await?;
    let next = found
        .last()
        .filter(|_| is_more)
        .map(|one| one.id.to_string());
    let counted = total.min(COUNTED);
    let pagination = match asked.before {
        None => Pagination::new(1, asked.limit, counted),
        Some(_) => Pagination::after_cursor(asked.limit, counted),
    };
    let pagination = pagination.counted(total <= COUNTED).followed_by(next);
    let views: Vec<_> = found
        .iter()
        .map(|one| DeliveryView::of(one, &attempts))
        .collect();
    Ok(Answer::of("deliveries", views).with("pagination", pagination))
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn query(query: &mut QueryReader) -> Option<Asked> {
    query.mean(&[("status", "Only deliveries in this state.")]);
    query.mean(paging::MEANINGS);
    Some(Asked {
        status: query.word("status"),
        limit: query.integer("limit", 1..=100).unwrap_or(20),
        before: query.id("cursor"),
    })
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "listWebhookDeliveries",
        Access::Roles("admins"),
        "Show the log of a webhook",
    )
    .description(
        "The newest deliveries come first, each with its attempts. The log is kept for 30 days. `nextCursor` continues the \
         list.",
    )
    .query(query)
    .answers::<Vec<DeliveryView>>("deliveries")
    .answers::<Pagination>("pagination")
    .answer_named("WebhookDeliveryList")
}
