//! The SQL of what became of notifications at devices. No decisions.

use super::subscriptions::address;
use crate::push::Device;
use chrono::{DateTime, Utc};
use domain::{
    ids::{NotificationId, PushSubscriptionId},
    push::DeviceOutcome,
};
use sqlx::{PgExecutor, PgPool};

/// The devices of the recipient of these notifications, at most `limit`, those that were registered last first. Those of
/// a login that has ended are left out: the release before does not delete them.
///
/// # Errors
/// The database failed.
pub async fn devices(
    pool: &PgPool,
    told: &[NotificationId],
    limit: i64,
) -> sqlx::Result<Vec<Device>> {
    let told: Vec<_> = told.iter().map(|notification| notification.0).collect();
    let rows = sqlx::query!(
        r#"select s.id, s.address, s.p256dh, s.auth, d.retry_at as "retry_at?",
            case when d.sent = cardinality($1::uuid[]) then 'sent'
                when d.sent + d.failed = cardinality($1::uuid[]) then 'failed'
                when d.known > 0 then 'delayed' end as "outcome?: DeviceOutcome"
        from push_subscriptions s
        cross join lateral (
            select count(*) as known, count(*) filter (where outcome = 'sent') as sent,
                count(*) filter (where outcome = 'failed') as failed, max(retry_at) as retry_at
            from push_deliveries where notification_id = any($1) and subscription_id = s.id
        ) d
        where s.user_id in (select user_id from notifications where id = any($1))
            and (s.session_id is null
                or exists (select from sessions where id = s.session_id and revoked_at is null))
        order by s.last_used_at desc, s.id desc limit $2"#,
        &told,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let devices = rows.into_iter().map(|row| Device {
        id: row.id,
        address: address(row.address, row.p256dh, row.auth),
        outcome: row.outcome,
        retry_at: row.retry_at,
    });
    Ok(devices.collect())
}

/// Saves what became of notifications at a device. What was sent stays sent. A device that is gone has no row.
///
/// # Errors
/// The database failed.
pub async fn save(
    db: impl PgExecutor<'_>,
    (told, device): (&[NotificationId], PushSubscriptionId),
    outcome: DeviceOutcome,
    now: DateTime<Utc>,
    retry_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let told: Vec<_> = told.iter().map(|notification| notification.0).collect();
    sqlx::query!(
        "insert into push_deliveries (notification_id, subscription_id, outcome, at, retry_at)
         select told.id, s.id, $3, $4, $5
         from push_subscriptions s cross join unnest($1::uuid[]) as told (id) where s.id = $2
         on conflict (notification_id, subscription_id)
         do update set outcome = excluded.outcome, at = excluded.at, retry_at = excluded.retry_at
         where push_deliveries.outcome <> 'sent'",
        &told,
        device.0,
        outcome.as_str(),
        now,
        retry_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes the outcomes before an instant of notifications that are sent or dropped. Those of others keep a device from
/// getting a message twice when an operator retries its job.
///
/// # Errors
/// The database failed.
pub async fn prune(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from push_deliveries where ctid = any (array(
             select d.ctid from push_deliveries d join notifications n on n.id = d.notification_id
             where d.at < $1 and n.status in ('sent', 'dropped') order by d.at limit $2))",
        before,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
