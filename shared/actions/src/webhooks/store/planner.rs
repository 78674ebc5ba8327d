//! The SQL of the planner. No decisions.

use super::endpoints::types;
use chrono::{DateTime, Utc};
use domain::{
    feed::FeedPosition,
    ids::{WebhookDeliveryId, WebhookId},
    webhooks::{FAILURES_TO_OPEN, WebhookType},
};
use platform::work::Tx;
use sqlx::PgExecutor;

/// An enabled endpoint, as the planner sees it.
#[derive(Debug)]
pub struct Subscriber {
    pub id: WebhookId,
    pub events: Vec<WebhookType>,
    pub after: FeedPosition,
}

/// Whether there is an enabled endpoint, or a delivery that an admin asked for.
///
/// # Errors
/// The database failed.
pub async fn has_work(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from webhooks where disabled is null)
               or exists (select from webhook_deliveries where status = 'waiting' and by_hand) as "any!""#
    )
    .fetch_one(db)
    .await
}

/// Locks the cursor. `None`: another planner has it.
///
/// # Errors
/// The database failed.
pub async fn lock_cursor(db: impl PgExecutor<'_>) -> sqlx::Result<Option<FeedPosition>> {
    sqlx::query_scalar!("select position from webhook_cursor for update skip locked")
        .fetch_optional(db)
        .await
}

/// Locks the cursor, and waits for a planner that has it: until the transaction ends nothing is planned.
///
/// # Errors
/// The database failed.
pub async fn hold_cursor(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("select position from webhook_cursor for update")
        .fetch_optional(db)
        .await
        .map(|_| ())
}

/// Moves the locked cursor.
///
/// # Errors
/// The database failed.
pub async fn move_cursor(db: impl PgExecutor<'_>, to: FeedPosition) -> sqlx::Result<()> {
    sqlx::query!("update webhook_cursor set position = $1", to.0)
        .execute(db)
        .await
        .map(|_| ())
}

/// The enabled endpoints.
///
/// # Errors
/// The database failed.
pub async fn subscribers(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Subscriber>> {
    let rows = sqlx::query!(
        "select id, events, after_position from webhooks where disabled is null order by id limit $1",
        limit,
    )
    .fetch_all(db)
    .await?;
    let subscribers = rows.into_iter().map(|row| Subscriber {
        id: row.id,
        events: types(&row.events),
        after: row.after_position,
    });
    Ok(subscribers.collect())
}

/// Takes the deliveries that an admin asked for and that may begin: at most two of an endpoint are under way at once.
///
/// # Errors
/// The database failed.
pub async fn take_asked_for(
    tx: &mut Tx,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<WebhookDeliveryId>> {
    sqlx::query_scalar!(
        "with asked as (
             select next.id
             from (select distinct webhook_id from webhook_deliveries where status = 'waiting' and by_hand) as w
             cross join lateral (
                 select count(*) as sending from webhook_deliveries d
                 where d.webhook_id = w.webhook_id and d.status = 'sending') busy
             cross join lateral (
                 select d.id from webhook_deliveries d
                 where d.webhook_id = w.webhook_id and d.status = 'waiting' and d.by_hand and d.next_at <= $1
                 order by d.next_at, d.id limit greatest(2 - busy.sending, 0)) next)
         update webhook_deliveries d set status = 'sending' from asked where d.id = asked.id returning d.id",
        now,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Takes the deliveries that may begin: of each ticket the earliest that is not over, of an endpoint at most two at
/// once, or one while it fails.
///
/// # Errors
/// The database failed.
pub async fn take_due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<WebhookDeliveryId>> {
    sqlx::query_scalar!(
        "with due as (
             select next.id
             from webhooks w
             cross join lateral (
                 select count(*) as sending from webhook_deliveries d
                 where d.webhook_id = w.id and d.status = 'sending') busy
             cross join lateral (
                 select d.id from webhook_deliveries d
                 where d.webhook_id = w.id and d.status = 'waiting' and not d.by_hand and d.next_at <= $1
                     and not exists (
                         select from webhook_deliveries earlier
                         where earlier.webhook_id = w.id and earlier.subject_id = d.subject_id
                             and earlier.position < d.position and earlier.status in ('waiting', 'sending')
                             and not earlier.by_hand)
                 order by d.next_at, d.position
                 limit greatest(case when w.failures >= $2 then 1 else 2 end - busy.sending, 0)) next
             where w.disabled is null and (w.open_until is null or w.open_until <= $1))
         update webhook_deliveries d set status = 'sending' from due where d.id = due.id returning d.id",
        now,
        FAILURES_TO_OPEN,
    )
    .fetch_all(&mut **tx)
    .await
}
