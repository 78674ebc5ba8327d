//! The SQL of digests at delivery.

use chrono::{DateTime, Utc};
use domain::{
    channel::Channel,
    ids::{DigestId, NotificationId},
    notifications::NotificationStatus,
};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;

/// What becomes of a digest, and of its entries that are still open.
#[derive(Debug, Clone, Copy)]
pub(in crate::notifications) struct End {
    digest: &'static str,
    entries: &'static str,
}

impl End {
    pub const SENT: Self = Self::new("sent", "sent");
    pub const UNKNOWN: Self = Self::new("unknown", "unknown");
    pub const DROPPED: Self = Self::new("dropped", "dropped");
    pub const HELD: Self = Self::new("dropped", "held");
    pub const DELAYED: Self = Self::new("closed", "gathered");
    pub const FAILED: Self = Self::new("failed", "failed");

    const fn new(digest: &'static str, entries: &'static str) -> Self {
        Self { digest, entries }
    }
}

/// The entries of a digest that are not told yet, in the order of their creation.
///
/// # Errors
/// The database failed.
pub(super) async fn open_entries(
    db: impl PgExecutor<'_>,
    digest: DigestId,
) -> sqlx::Result<Vec<NotificationId>> {
    sqlx::query_scalar!(
        "select n.id from digest_entries e join notifications n on n.id = e.notification_id
        where e.digest_id = $1 and n.status in ('gathered', 'failed') order by n.id",
        digest.0,
    )
    .fetch_all(db)
    .await
}

/// Digests that were due before an instant and that no job delivers, at most `limit`.
///
/// # Errors
/// The database failed.
pub(super) async fn overdue(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<(DigestId, Channel)>> {
    let rows = sqlx::query!(
        "select d.id, d.channel from digests d
        where d.status in ('gathering', 'closed') and d.due_at < $1 and not exists (
            select from jobs j where j.state in ('ready', 'sent', 'running') and j.payload->>'digest' = d.id::text)
        order by d.due_at limit $2 for update of d skip locked",
        before,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.channel)).collect())
}

/// The channel of a digest, if the address of its person is confirmed. A row lock prevents a confirmation until the
/// transaction ends.
///
/// # Errors
/// The database failed.
pub(super) async fn channel_if_confirmed(
    work: &mut UnitOfWork<'_>,
    digest: DigestId,
) -> sqlx::Result<Option<Channel>> {
    let row = sqlx::query!(
        r#"select d.channel, u.email_confirmed_at is not null as "confirmed!"
        from digests d join users u on u.id = d.user_id where d.id = $1 for share of u"#,
        digest.0,
    )
    .fetch_one(&mut *work.tx)
    .await?;
    Ok(row.confirmed.then_some(row.channel))
}

/// Stores the outcome of an attempt with a digest and its open entries, and counts it. A digest that was sent or dropped
/// stays.
///
/// # Errors
/// The database failed.
pub(in crate::notifications) async fn save(
    work: &mut UnitOfWork<'_>,
    digest: DigestId,
    end: End,
    error: Option<&str>,
) -> sqlx::Result<()> {
    let sent_at = (end.digest == "sent").then_some(work.now());
    sqlx::query!(
        "with attempted as (
            update digests set status = $2, attempts = attempts + 1, last_error = $4, sent_at = $5
            where id = $1 and status in ('closed', 'failed') returning id)
        update notifications n set status = $3, attempts = n.attempts + 1, last_error = $4, sent_at = $5
        from attempted a join digest_entries e on e.digest_id = a.id
        where n.id = e.notification_id and n.status in ('gathered', 'failed')",
        digest.0,
        end.digest,
        end.entries,
        error,
        sent_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Sets what a delivery report says of a digest and of the entries that it told.
///
/// # Errors
/// The database failed.
pub(in crate::notifications) async fn settle(
    work: &mut UnitOfWork<'_>,
    digest: DigestId,
    status: NotificationStatus,
    error: Option<&str>,
) -> sqlx::Result<()> {
    let sent_at = (status == NotificationStatus::Sent).then_some(work.now());
    sqlx::query!(
        "with settled as (
            update digests set status = $2, last_error = $3, sent_at = coalesce(sent_at, $4)
            where id = $1 returning id)
        update notifications n set status = $2, last_error = $3, sent_at = coalesce(n.sent_at, $4)
        from settled s join digest_entries e on e.digest_id = s.id
        where n.id = e.notification_id and n.status in ('gathered', 'sent', 'failed', 'unknown')",
        digest.0,
        status.as_str(),
        error,
        sent_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Sets a digest and its open entries to failed, without counting an attempt. The error of the last attempt stays.
///
/// # Errors
/// The database failed.
pub(in crate::notifications) async fn abandon(
    work: &mut UnitOfWork<'_>,
    digest: DigestId,
    error: &str,
) -> sqlx::Result<()> {
    // A statement before: the next one sees the entries that were added until the lock was free.
    sqlx::query!("select id from digests where id = $1 for update", digest.0)
        .fetch_optional(&mut *work.tx)
        .await?;
    sqlx::query!(
        "with attempted as (
            update digests set status = 'failed', last_error = coalesce(last_error, $2)
            where id = $1 and status in ('gathering', 'closed') returning id)
        update notifications n set status = 'failed', last_error = coalesce(n.last_error, $2)
        from attempted a join digest_entries e on e.digest_id = a.id
        where n.id = e.notification_id and n.status = 'gathered'",
        digest.0,
        error,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}
