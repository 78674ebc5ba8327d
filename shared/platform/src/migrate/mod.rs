//! Applies migrations, or waits until another process has applied them.

mod store;

use crate::{
    MIGRATOR,
    context::Context,
    db::{in_words, is_unavailable, unlimited, violates, waited_too_long, within},
    health::{self, Schema},
    reach::postgres,
};
use sqlx::{
    Connection, PgConnection, PgPool, Postgres,
    migrate::{Migrate, MigrateDatabase, MigrateError, Migration, Migrator},
};
use std::time::Duration;
use tokio::time::Instant;

/// The time limit of one query.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// The interval between two checks for another process's migrations.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How long a migration waits for a lock. Every other user of the table queues behind it meanwhile,
/// possibly the job that holds the lock.
const LOCK_LIMIT: &str = "1s";
/// The pause before a retry, which lets the queued users proceed.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// How long a migration is retried.
const PATIENCE: Duration = Duration::from_mins(10);

/// The table of sqlx that lists the applied migrations.
const TABLE: &str = "_sqlx_migrations";
/// The advisory lock of the process that migrates.
const LOCK: i64 = 0x6261_6974_6563_6801;

/// Why the schema is not current.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database could not be queried.
    #[error("the database could not be asked for its migrations")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the migrations could not be applied")]
    Migrate(#[from] MigrateError),
    /// No process applied the migrations in time.
    #[error("the schema of the database is older than this program: run `support migrate`")]
    Behind,
}

/// Creates the database of the URL unless it exists.
///
/// # Errors
/// The server is unreachable, or denies it.
pub async fn create_database(url: &str) -> sqlx::Result<()> {
    if Postgres::database_exists(url).await? {
        return Ok(());
    }
    match Postgres::create_database(url).await {
        // Another process has just created it.
        Err(error) if is_duplicate(&error) => Ok(()),
        created => created,
    }
}

fn is_duplicate(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("42P04") || violates(error, "pg_database_datname_index")
}

/// Applies the migrations that are missing. Concurrent calls wait for each other, and for users of
/// the tables that change.
///
/// # Errors
/// A migration failed, or a lock was not available for ten minutes.
pub async fn apply(pool: &PgPool) -> Result<(), SchemaError> {
    apply_all(pool, &MIGRATOR).await
}

/// [`apply`] with other migrations than this program's. Further migrations in the database belong
/// to a later release: the schema works with the release before it.
///
/// # Errors
/// A migration failed, or a lock was not available for ten minutes.
pub async fn apply_all(pool: &PgPool, migrations: &Migrator) -> Result<(), SchemaError> {
    let mut migrator = Migrator::with_migrations(migrations.iter().cloned().collect());
    migrator.set_ignore_missing(true).set_locking(false);
    let options = unlimited(pool);
    let deadline = Instant::now() + PATIENCE;
    loop {
        // A connection of its own: closing it returns the lock, whatever happened.
        let mut connection = within(ANSWER_LIMIT, PgConnection::connect_with(&options)).await?;
        let applied = apply_alone(&mut connection, &migrator).await;
        within(ANSWER_LIMIT, connection.close()).await?;
        match applied {
            Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _))
                if waited_too_long(&error) && Instant::now() < deadline =>
            {
                tracing::info!("a table that is to be changed is in use; the migration waits");
                tokio::time::sleep(TRY_AGAIN).await;
            }
            applied => return Ok(applied?),
        }
    }
}

/// Applies what is missing, while no other process does.
async fn apply_alone(
    connection: &mut PgConnection,
    migrator: &Migrator,
) -> Result<(), MigrateError> {
    lock(connection).await?;
    connection.ensure_migrations_table(TABLE).await?;
    let applied = connection.list_applied_migrations(TABLE).await?;
    let is_applied = |version| applied.iter().any(|applied| applied.version == version);
    for migration in migrator.iter().filter(|one| !is_applied(one.version)) {
        prepare(connection, migration).await?;
        migrator.run_to(migration.version, &mut *connection).await?;
    }
    // Also compares the checksums of those that were applied before.
    migrator.run(connection).await
}

/// Waits until no other process migrates. By asking again: a session that waits within PostgreSQL holds a snapshot, and
/// `create index concurrently` in the process that migrates would wait for that.
async fn lock(connection: &mut PgConnection) -> sqlx::Result<()> {
    while !store::try_lock(connection, LOCK).await? {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Sets how long a migration waits for locks. One without a transaction builds an index concurrently: it keeps nobody
/// out while it waits, and breaking it off would leave half an index. One that was broken off is dropped.
async fn prepare(connection: &mut PgConnection, migration: &Migration) -> sqlx::Result<()> {
    let limit = if migration.no_tx { "0" } else { LOCK_LIMIT };
    store::set_lock_timeout(connection, limit).await?;
    match concurrent_index(migration.sql.as_str()) {
        Some(index) => store::drop_unfinished(connection, index).await,
        None => Ok(()),
    }
}

/// The index that a migration builds concurrently.
fn concurrent_index(sql: &str) -> Option<&str> {
    let (_, rest) = sql.split_once(" index concurrently ")?;
    rest.split_whitespace().next()
}

/// Waits until all migrations of this program are applied. There may be more: the schema works with
/// the release before it.
///
/// # Errors
/// They were not applied within `limit`, or the database could not be queried.
pub async fn wait(cx: &Context, limit: Duration) -> Result<(), SchemaError> {
    let deadline = Instant::now() + limit;
    let mut told = false;
    loop {
        let is_late = Instant::now() >= deadline;
        match within(ANSWER_LIMIT, health::schema(cx)).await {
            Ok(Schema::Current) => return Ok(()),
            Ok(Schema::Behind) if is_late => return Err(SchemaError::Behind),
            Ok(Schema::Behind) => {}
            Err(error) if is_unavailable(&error) && !is_late => {
                tracing::warn!(
                    server.place = postgres::place(&cx.pool.connect_options()),
                    error = in_words(&error),
                    "waiting for PostgreSQL"
                );
                told = true;
            }
            Err(error) => return Err(error.into()),
        }
        if !told {
            told = true;
            tracing::info!(
                server.place = postgres::place(&cx.pool.connect_options()),
                error = "its schema is older than this program",
                advice = "Run `support migrate` with this release",
                "waiting for migrations"
            );
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
