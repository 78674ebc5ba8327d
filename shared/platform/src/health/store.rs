//! The SQL of health. Unchecked, since the table belongs to the migrator.

use sqlx::PgPool;

/// Whether the migrator has ever run.
///
/// # Errors
/// The database failed.
pub async fn is_migrated(pool: &PgPool) -> sqlx::Result<bool> {
    sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(pool)
        .await
}

/// The version of the newest migration that was applied completely.
///
/// # Errors
/// The database failed.
pub async fn newest_migration(pool: &PgPool) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(pool)
        .await
}
