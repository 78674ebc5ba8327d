//! The SQL of the feed as it grows. No decisions.

use chrono::{DateTime, Utc};
use domain::{
    feed::{FeedKind, FeedPosition},
    ids::UserId,
};
use sqlx::PgExecutor;
use uuid::Uuid;

/// Adds a change that is not one of a ticket. Those of tickets are written with their history.
///
/// # Errors
/// The database failed.
pub(super) async fn insert(
    db: impl PgExecutor<'_>,
    kind: FeedKind,
    (id, about): (Uuid, UserId),
    version: Option<i64>,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into feed_pending (kind, event_id, subject_id, version, at) values ($1, $2, $3, $4, $5)",
        kind.as_str(),
        id,
        about.0,
        version,
        at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Whether a change has no position yet.
///
/// # Errors
/// The database failed.
pub(super) async fn has_pending(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from feed_pending) as "any!""#)
        .fetch_one(db)
        .await
}

/// The key of the advisory lock: the word `feed` in ASCII.
const LOCK: i64 = 0x6665_6564;

/// Waits until nobody else gives positions; held until the transaction ends.
///
/// # Errors
/// The database failed.
pub(super) async fn lock(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock($1) as locked", LOCK)
        .fetch_one(db)
        .await
        .map(|_| ())
}

/// Moves the oldest changes to the feed, and returns how many. Call it under [`lock`].
///
/// # Errors
/// The database failed.
pub(super) async fn move_pending(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let moved = sqlx::query!(
        "with moved as (
             delete from feed_pending where id in (select id from feed_pending order by id limit $1)
             returning id, kind, event_id, subject_id, version, at),
         before as (
             select greatest((select max(position) from feed), (extract(epoch from clock_timestamp()) * 1000000)::bigint)
                 as position)
         insert into feed (position, kind, event_id, subject_id, version, at)
         select before.position + row_number() over (order by moved.id), kind, event_id, subject_id, version, at
         from moved, before",
        limit,
    )
    .execute(db)
    .await?;
    Ok(moved.rows_affected())
}

/// The position of the newest change.
///
/// # Errors
/// The database failed.
pub async fn last(db: impl PgExecutor<'_>) -> sqlx::Result<FeedPosition> {
    sqlx::query_scalar!(r#"select max(position) as "last!: FeedPosition" from feed"#)
        .fetch_one(db)
        .await
}

/// Whether nothing is missing after a position: it is that of a change which is still kept. A position of before a
/// restored backup is not, nor is one whose change was pruned.
///
/// # Errors
/// The database failed.
pub async fn is_known(db: impl PgExecutor<'_>, position: FeedPosition) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from feed where position = $1) as "known!""#,
        position.0,
    )
    .fetch_one(db)
    .await
}

/// Deletes at most `limit` of the oldest changes, if they were made before an instant; returns how many. The newest
/// change stays: it is the position of those who have read everything.
///
/// # Errors
/// The database failed.
pub async fn prune(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from feed where position in (
             select position from (select position, at from feed order by position limit $2) oldest
             where at < $1 and position < (select max(position) from feed))",
        before,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
