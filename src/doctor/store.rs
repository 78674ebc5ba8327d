//! The SQL of the check-up. It reads PostgreSQL's catalogue and the table of the migrator, none of
//! which is known when the queries of this project are checked.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What the server and the database are.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Server {
    /// As in `show server_version`.
    pub version: String,
    /// Major version times 10 000.
    pub version_num: i32,
    pub encoding: String,
    /// Whether capital letters beyond ASCII have small ones in the locale of the database.
    pub lowers_all_letters: bool,
    /// Whether every transaction is read-only: a standby, or a setting.
    pub is_read_only: bool,
}

/// Reads what the server and the database are.
///
/// # Errors
/// The database failed.
pub(super) async fn server(db: &mut PgConnection) -> sqlx::Result<Server> {
    sqlx::query_as(
        "select current_setting('server_version') as version,
                current_setting('server_version_num')::int as version_num,
                current_setting('server_encoding') as encoding,
                lower(U&'\\00C9') = U&'\\00E9' as lowers_all_letters,
                pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as is_read_only",
    )
    .fetch_one(db)
    .await
}

/// The versions of the applied migrations; `None` where the migrator has never run.
///
/// # Errors
/// The database failed.
pub(super) async fn migrations(db: &mut PgConnection) -> sqlx::Result<Option<Vec<i64>>> {
    let exists: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *db)
        .await?;
    if !exists {
        return Ok(None);
    }
    sqlx::query_scalar("select version from _sqlx_migrations where success order by version")
        .fetch_all(db)
        .await
        .map(Some)
}

/// The tables and sequences of this program that the role may not use as the processes do, twenty at
/// most, by name.
///
/// # Errors
/// The database failed.
pub(super) async fn forbidden(db: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select relname::text from pg_class
         where relnamespace = (select relnamespace from pg_class where oid = to_regclass('tickets'))
           and case
               when relkind = 'S' then not has_sequence_privilege(oid, 'usage')
               when relkind = 'v' or relname = '_sqlx_migrations' then not has_table_privilege(oid, 'select')
               when relkind in ('r', 'p') then not (
                   has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
                   and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
               else false
           end
         order by relname limit 20",
    )
    .fetch_all(db)
    .await
}

/// Whether the role may apply migrations: create objects, and change the tables.
///
/// # Errors
/// The database failed.
pub(super) async fn may_migrate(db: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select coalesce(has_schema_privilege(current_schema(), 'create'), false)
                and not exists (select from pg_class where oid = to_regclass('tickets') and not pg_has_role(relowner, 'usage'))",
    )
    .fetch_one(db)
    .await
}

/// The limits on connections.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Connections {
    /// Of the server, less those that are reserved for superusers.
    pub usable: i64,
    /// Connections of other programs, on the whole server.
    pub others: i64,
    /// Of the role; `None`: no limit.
    pub of_role: Option<i64>,
    /// Of the database; `None`: no limit.
    pub of_database: Option<i64>,
}

/// Reads the limits on connections. `ours` is the name of this program's connections.
///
/// # Errors
/// The database failed.
pub(super) async fn connections(db: &mut PgConnection, ours: &str) -> sqlx::Result<Connections> {
    sqlx::query_as(
        "select current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
                    - coalesce(current_setting('reserved_connections', true)::bigint, 0) as usable,
                (select count(*) from pg_stat_activity
                 where datid is not null and pid <> pg_backend_pid()
                     and coalesce(application_name, '') <> $1) as others,
                (select nullif(rolconnlimit, -1)::bigint from pg_roles where rolname = current_user) as of_role,
                (select nullif(datconnlimit, -1)::bigint from pg_database where datname = current_database()) as of_database",
    )
    .bind(ours)
    .fetch_one(db)
    .await
}

/// The present instant, by the clock of the server.
///
/// # Errors
/// The database failed.
pub(super) async fn clock(db: &mut PgConnection) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar("select clock_timestamp()")
        .fetch_one(db)
        .await
}
