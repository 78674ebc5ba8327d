//! The SQL of deliveries and attempts. No decisions.

use crate::webhooks::{Attempt, Delivery};
use chrono::{DateTime, Utc};
use domain::{
    feed::FeedPosition,
    ids::{EventId, WebhookDeliveryId, WebhookId},
    webhooks::{DeliveryFailure, DeliveryStatus, WebhookType},
};
use platform::work::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

/// A delivery to insert.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub id: WebhookDeliveryId,
    pub webhook: WebhookId,
    pub event: EventId,
    pub kind: WebhookType,
    pub subject: Uuid,
    pub position: FeedPosition,
    pub body: String,
}

/// Inserts deliveries that wait. One that the endpoint has already is left out.
///
/// # Errors
/// The database failed.
pub async fn insert(
    tx: &mut Tx,
    deliveries: &[NewDelivery],
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let each = || deliveries.iter();
    let ids: Vec<_> = each().map(|one| one.id.0).collect();
    let webhooks: Vec<_> = each().map(|one| one.webhook.0).collect();
    let events: Vec<_> = each().map(|one| one.event.0).collect();
    let kinds: Vec<_> = each().map(|one| one.kind.as_str().to_owned()).collect();
    let subjects: Vec<_> = each().map(|one| one.subject).collect();
    let positions: Vec<_> = each().map(|one| one.position.0).collect();
    let bodies: Vec<_> = each().map(|one| one.body.clone()).collect();
    let inserted = sqlx::query!(
        "insert into webhook_deliveries (id, webhook_id, event_id, type, subject_id, position, body, status, by_hand,
                                         next_at, created_at)
         select id, webhook_id, event_id, type, subject_id, position, body, 'waiting', false, $8, $8
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::bigint[], $7::text[])
             as fresh (id, webhook_id, event_id, type, subject_id, position, body)
         on conflict (webhook_id, event_id) do nothing",
        &ids,
        &webhooks,
        &events,
        &kinds,
        &subjects,
        &positions,
        &bodies,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected())
}

/// Inserts a delivery that an admin asked for.
///
/// # Errors
/// The database failed.
pub async fn insert_test(
    db: impl PgExecutor<'_>,
    delivery: &NewDelivery,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into webhook_deliveries (id, webhook_id, event_id, type, subject_id, position, body, status, by_hand,
                                         next_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'waiting', true, $8, $8)",
        delivery.id.0,
        delivery.webhook.0,
        delivery.event.0,
        delivery.kind.as_str(),
        delivery.subject,
        delivery.position.0,
        delivery.body,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// What an attempt sends, and to which endpoint.
#[derive(Debug)]
pub struct Content {
    pub webhook: WebhookId,
    pub body: String,
    pub status: DeliveryStatus,
    pub by_hand: bool,
}

/// The content of a delivery.
///
/// # Errors
/// The database failed.
pub async fn content(pool: &PgPool, id: WebhookDeliveryId) -> sqlx::Result<Option<Content>> {
    sqlx::query_as!(
        Content,
        "select webhook_id as webhook, body, status, by_hand from webhook_deliveries where id = $1",
        id.0,
    )
    .fetch_optional(pool)
    .await
}

/// The endpoint of a delivery.
///
/// # Errors
/// The database failed.
pub async fn webhook_of(
    db: impl PgExecutor<'_>,
    id: WebhookDeliveryId,
) -> sqlx::Result<Option<WebhookId>> {
    sqlx::query_scalar!(
        "select webhook_id from webhook_deliveries where id = $1",
        id.0,
    )
    .fetch_optional(db)
    .await
}

/// A delivery, locked until the transaction ends.
///
/// # Errors
/// The database failed.
pub async fn lock(
    db: impl PgExecutor<'_>,
    id: WebhookDeliveryId,
) -> sqlx::Result<Option<Delivery>> {
    sqlx::query_as!(
        Delivery,
        "select id, webhook_id as webhook, event_id as event, type as kind, status, by_hand, attempts, failures, next_at,
                created_at, ended_at
         from webhook_deliveries where id = $1 for update",
        id.0,
    )
    .fetch_optional(db)
    .await
}

/// Adds an attempt to the log.
///
/// # Errors
/// The database failed.
pub async fn log_attempt(db: impl PgExecutor<'_>, attempt: &Attempt) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into webhook_attempts (delivery_id, at, failure, status_code, duration_ms, answer)
         values ($1, $2, $3, $4, $5, $6)",
        attempt.delivery.0,
        attempt.at,
        attempt.failure.map(DeliveryFailure::as_str),
        attempt.status_code,
        attempt.duration_ms,
        attempt.answer,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// What an attempt made of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It waits for the next attempt.
    Waits(DateTime<Utc>),
    /// It was accepted.
    Delivered(DateTime<Utc>),
    /// Its attempts are used up.
    Exhausted(DateTime<Utc>),
}

/// Ends an attempt of a delivery.
///
/// # Errors
/// The database failed.
pub async fn end(
    db: impl PgExecutor<'_>,
    id: WebhookDeliveryId,
    outcome: Outcome,
) -> sqlx::Result<()> {
    let (status, next, ended, failed) = match outcome {
        Outcome::Waits(next) => (DeliveryStatus::Waiting, Some(next), None, 1),
        Outcome::Delivered(at) => (DeliveryStatus::Delivered, None, Some(at), 0),
        Outcome::Exhausted(at) => (DeliveryStatus::Exhausted, None, Some(at), 1),
    };
    sqlx::query!(
        "update webhook_deliveries set status = $2, next_at = coalesce($3, next_at), ended_at = $4, attempts = attempts + 1,
                failures = failures + $5
         where id = $1",
        id.0,
        status.as_str(),
        next,
        ended,
        failed,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Lets a delivery whose attempt did not take place wait again.
///
/// # Errors
/// The database failed.
pub async fn hold(db: impl PgExecutor<'_>, id: WebhookDeliveryId) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_deliveries set status = 'waiting' where id = $1 and status = 'sending'",
        id.0,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Lets a delivery that ended wait again, as one that an admin asked for.
///
/// # Errors
/// The database failed.
pub async fn restart(
    db: impl PgExecutor<'_>,
    id: WebhookDeliveryId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_deliveries set status = 'waiting', by_hand = true, failures = 0, next_at = $2, ended_at = null
         where id = $1",
        id.0,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Makes a waiting delivery due now.
///
/// # Errors
/// The database failed.
pub async fn expedite(
    db: impl PgExecutor<'_>,
    id: WebhookDeliveryId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_deliveries set next_at = $2 where id = $1 and status = 'waiting'",
        id.0,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Deletes at most `limit` deliveries, with their attempts, that ended before an instant, or that wait for an endpoint
/// which has been disabled since before it. Returns how many.
///
/// # Errors
/// The database failed.
pub async fn prune(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from webhook_deliveries where id in (
             select id from (select id from webhook_deliveries where ended_at < $1 order by ended_at limit $2) ended
             union all
             select id from (select d.id from webhooks w join webhook_deliveries d on d.webhook_id = w.id
                             where w.disabled_at < $1 and d.status = 'waiting' and d.created_at < $1 limit $2) held)",
        before,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
