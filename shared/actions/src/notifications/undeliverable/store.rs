//! The SQL of undeliverable addresses.

use super::MOST_REFUSALS;
use chrono::{DateTime, Utc};
use domain::channel::Channel;
use platform::work::UnitOfWork;
use sqlx::PgExecutor;

/// Whether nothing is sent to an address at `now`.
///
/// # Errors
/// The database failed.
pub async fn is_undeliverable(
    db: impl PgExecutor<'_>,
    channel: Channel,
    address: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
            select from undeliverable
            where channel = $1 and address = lower($2) and failures >= $3 and retry_at > $4) as "undeliverable!""#,
        channel.as_str(),
        address,
        MOST_REFUSALS,
        now,
    )
    .fetch_one(db)
    .await
}

/// Counts refusals of an address.
///
/// # Errors
/// The database failed.
pub(super) async fn count(
    work: &mut UnitOfWork<'_>,
    channel: Channel,
    address: &str,
    refusals: i32,
    retry_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into undeliverable as u (channel, address, failures, since, retry_at)
        values ($1, lower($2), $3, $4, $5)
        on conflict (channel, address) do update
        set failures = least(u.failures + excluded.failures, 1000), retry_at = excluded.retry_at",
        channel.as_str(),
        address,
        refusals,
        work.now(),
        retry_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Forgets the refusals of an address.
///
/// # Errors
/// The database failed.
pub(super) async fn forget(
    work: &mut UnitOfWork<'_>,
    channel: Channel,
    address: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from undeliverable where channel = $1 and address = lower($2)",
        channel.as_str(),
        address,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}
