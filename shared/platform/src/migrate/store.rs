//! The statements around migrations.

use sqlx::{AssertSqlSafe, Executor, PgConnection};

/// Takes the advisory lock until the connection is closed. `false`: another session has it.
///
/// # Errors
/// The database is unavailable.
pub(super) async fn try_lock(connection: &mut PgConnection, lock: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_try_advisory_lock($1)")
        .bind(lock)
        .fetch_one(connection)
        .await
}

/// Limits how long statements of the connection wait for a lock; `0` is no limit.
///
/// # Errors
/// The database is unavailable.
pub(super) async fn set_lock_timeout(
    connection: &mut PgConnection,
    limit: &str,
) -> sqlx::Result<()> {
    sqlx::query("select set_config('lock_timeout', $1, false)")
        .bind(limit)
        .execute(connection)
        .await?;
    Ok(())
}

/// Drops what a `create index concurrently` left that was broken off: an invalid index, which keeps the name.
///
/// # Errors
/// The database is unavailable.
pub(super) async fn drop_unfinished(
    connection: &mut PgConnection,
    index: &str,
) -> sqlx::Result<()> {
    let drop: Option<String> = sqlx::query_scalar(
        "select format('drop index concurrently %s', indexrelid::regclass) from pg_index
         where indexrelid = to_regclass($1) and not indisvalid",
    )
    .bind(index)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(drop) = drop {
        connection.execute(AssertSqlSafe(drop)).await?;
    }
    Ok(())
}
