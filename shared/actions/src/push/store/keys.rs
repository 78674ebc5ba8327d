//! The SQL of the key pair. No decisions.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// The private key; `None` before its first use.
///
/// # Errors
/// The database failed.
pub async fn private_key(pool: &PgPool) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!("select private_key from push_keys")
        .fetch_optional(pool)
        .await
}

/// Stores the private key, unless another process has stored one.
///
/// # Errors
/// The database failed.
pub async fn insert_if_absent(
    pool: &PgPool,
    private_key: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into push_keys (private_key, created_at) values ($1, $2) on conflict do nothing",
        private_key,
        now,
    )
    .execute(pool)
    .await?;
    Ok(())
}
