//! The SQL of undeliverable addresses.

use super::MOST_REFUSALS;
use chrono::{DateTime, Utc};
use domain::{channel::Channel, ids::UserId};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;
use uuid::Uuid;

/// Whether nothing is sent to a person on a channel at `now`.
///
/// # Errors
/// The database failed.
pub async fn is_undeliverable(
    db: impl PgExecutor<'_>,
    channel: Channel,
    person: UserId,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
            select from undeliverable x join users u on x.address in (lower(u.email), u.phone_number)
            where u.id = $2 and x.channel = $1 and x.failures >= $3 and x.retry_at > $4) as "undeliverable!""#,
        channel.as_str(),
        person.0,
        MOST_REFUSALS,
        now,
    )
    .fetch_one(db)
    .await
}

/// Counts refusals of the address to which a notification about a ticket, or a digest, was sent.
///
/// # Errors
/// The database failed.
pub(super) async fn count(
    work: &mut UnitOfWork<'_>,
    (channel, id): (Channel, Uuid),
    refusals: i32,
    retry_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into undeliverable as x (channel, address, failures, since, retry_at)
        select $1, case $1 when 'sms' then u.phone_number else lower(u.email) end, $3, $4, $5
        from users u where u.id = (
            select user_id from notifications where id = $2 and event_id is not null
            union all select user_id from digests where id = $2)
        on conflict (channel, address) do update
        set failures = least(x.failures + excluded.failures, 1000), retry_at = excluded.retry_at",
        channel.as_str(),
        id,
        refusals,
        work.now(),
        retry_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Forgets addresses that might have been tried again before an instant.
///
/// # Errors
/// The database failed.
pub async fn forget_before(db: impl PgExecutor<'_>, before: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("delete from undeliverable where retry_at < $1", before)
        .execute(db)
        .await?;
    Ok(())
}

/// Counts refusals of a number. An account may have it or not.
///
/// # Errors
/// The database failed.
pub(super) async fn count_number(
    work: &mut UnitOfWork<'_>,
    number: &str,
    refusals: i32,
    retry_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into undeliverable as x (channel, address, failures, since, retry_at)
        values ('sms', $1, $2, $3, $4)
        on conflict (channel, address) do update
        set failures = least(x.failures + excluded.failures, 1000), retry_at = excluded.retry_at",
        number,
        refusals,
        work.now(),
        retry_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Forgets the refusals of the address to which it was sent.
///
/// # Errors
/// The database failed.
pub(super) async fn forget(
    work: &mut UnitOfWork<'_>,
    channel: Channel,
    id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from undeliverable x using users u
        where x.channel = $1 and x.address in (lower(u.email), u.phone_number) and u.id = (
            select user_id from notifications where id = $2 and event_id is not null
            union all select user_id from digests where id = $2)",
        channel.as_str(),
        id,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Forgets the refusals of the number of a text message, unless one of them came by a report.
///
/// # Errors
/// The database failed.
pub(super) async fn forget_unreported(
    work: &mut UnitOfWork<'_>,
    message: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from undeliverable x using sms_messages m
        where m.id = $1 and x.channel = 'sms' and x.address = m.number and not exists (
            select from sms_messages r
            where r.number = x.address and r.report = 'failed' and r.reported_at >= x.since)",
        message,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Forgets the refusals of a number.
///
/// # Errors
/// The database failed.
pub(super) async fn forget_number(work: &mut UnitOfWork<'_>, number: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from undeliverable where channel = 'sms' and address = $1",
        number,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}
