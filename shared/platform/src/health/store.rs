//! The SQL of health. Not checked by macros: the table is the migrator's own.

use sqlx::PgPool;

/// Whether the migrator has ever run.
pub async fn is_migrated(pool: &PgPool) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(pool)
        .await
}

/// The newest migration that was applied to its end.
pub async fn newest_migration(pool: &PgPool) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(pool)
        .await
}
