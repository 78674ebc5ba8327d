//! The SQL of the log of an endpoint. No decisions.

use crate::webhooks::{Attempt, Delivery};
use domain::{
    ids::{WebhookDeliveryId, WebhookId},
    webhooks::DeliveryStatus,
};
use sqlx::PgExecutor;

/// The deliveries of an endpoint, at most `limit`, the newest first: those before one, with one state, if these are given.
///
/// # Errors
/// The database failed.
pub async fn of_webhook(
    db: impl PgExecutor<'_>,
    webhook: WebhookId,
    status: Option<DeliveryStatus>,
    before: Option<WebhookDeliveryId>,
    limit: i64,
) -> sqlx::Result<Vec<Delivery>> {
    sqlx::query_as!(
        Delivery,
        "select id, webhook_id as webhook, event_id as event, type as kind, status, by_hand, attempts, failures, next_at,
                created_at, ended_at
         from webhook_deliveries
         where webhook_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or id < $3)
         order by id desc limit $4",
        webhook.0,
        status.map(DeliveryStatus::as_str),
        before.map(|before| before.0),
        limit,
    )
    .fetch_all(db)
    .await
}

/// How many deliveries of an endpoint there are, with one state if it is given; at most `limit` are counted.
///
/// # Errors
/// The database failed.
pub async fn count_of(
    db: impl PgExecutor<'_>,
    webhook: WebhookId,
    status: Option<DeliveryStatus>,
    limit: i64,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select from webhook_deliveries where webhook_id = $1 and ($2::text is null or status = $2) limit $3) counted"#,
        webhook.0,
        status.map(DeliveryStatus::as_str),
        limit,
    )
    .fetch_one(db)
    .await
}

/// The attempts of deliveries, in order: the newest `most` of each.
///
/// # Errors
/// The database failed.
pub async fn attempts_of(
    db: impl PgExecutor<'_>,
    deliveries: &[WebhookDeliveryId],
    most: i64,
) -> sqlx::Result<Vec<Attempt>> {
    let ids: Vec<_> = deliveries.iter().map(|one| one.0).collect();
    sqlx::query_as!(
        Attempt,
        r#"select newest.delivery_id as "delivery!: WebhookDeliveryId", newest.at as "at!",
                  newest.failure as "failure: domain::webhooks::DeliveryFailure", newest.status_code, newest.duration_ms,
                  newest.answer
           from unnest($1::uuid[]) as asked (id)
           cross join lateral (
               select * from webhook_attempts where delivery_id = asked.id order by id desc limit $2) newest
           order by newest.id"#,
        &ids,
        most,
    )
    .fetch_all(db)
    .await
}
