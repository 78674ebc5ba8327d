//! The SQL of stored responses. No decisions.

use crate::idempotency::{KeptAnswer, RequestKey};
use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};

/// Locks the key until the transaction ends, without waiting; `false` when another transaction has locked it.
///
/// # Errors
/// The database failed.
pub async fn try_lock(db: impl PgExecutor<'_>, request: &RequestKey) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($2, hashtextextended($1, 0))) as "taken!""#,
        request.caller,
        request.key,
    )
    .fetch_one(db)
    .await
}

/// The response that was stored after `since`; `None` when there is none. Read it in a later statement than the
/// lock: a statement sees only what was committed before it began.
///
/// # Errors
/// The database failed.
pub async fn find(
    db: impl PgExecutor<'_>,
    request: &RequestKey,
    since: DateTime<Utc>,
) -> sqlx::Result<Option<KeptAnswer>> {
    sqlx::query_as!(
        KeptAnswer,
        "select fingerprint, status, headers, body from idempotency_keys
         where caller = $1 and key = $2 and created_at > $3",
        request.caller,
        request.key,
        since,
    )
    .fetch_optional(db)
    .await
}

/// Stores a response, and replaces one that is too old.
///
/// # Errors
/// The database failed.
pub async fn keep(
    db: impl PgExecutor<'_>,
    request: &RequestKey,
    answer: &KeptAnswer,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into idempotency_keys (caller, key, fingerprint, status, headers, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (caller, key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
             headers = excluded.headers, body = excluded.body, created_at = excluded.created_at",
        request.caller,
        request.key,
        answer.fingerprint,
        answer.status,
        &answer.headers as _,
        answer.body,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Deletes at most `limit` responses that were stored at or before `before`. The result is the number of deleted
/// responses.
///
/// # Errors
/// The database failed.
pub async fn delete_before(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from idempotency_keys where (caller, key) in (
             select caller, key from idempotency_keys where created_at <= $1
             order by created_at limit $2 for update skip locked)",
        before,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
