//! Applies migrations, or waits until another process has applied them.

use crate::{
    MIGRATOR,
    context::Context,
    db::{in_words, is_unavailable, unlimited, violates, waited_too_long, within},
    health::{self, Schema},
    reach::postgres,
};
use sqlx::{
    Connection, PgConnection, PgPool, Postgres,
    migrate::{MigrateDatabase, MigrateError, Migrator},
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
    migrator.set_ignore_missing(true);
    let options = unlimited(pool).options([("lock_timeout", LOCK_LIMIT)]);
    let deadline = Instant::now() + PATIENCE;
    loop {
        // A connection of its own, closed afterwards: after a failure sqlx' lock would stay taken.
        let mut connection = within(ANSWER_LIMIT, PgConnection::connect_with(&options)).await?;
        let applied = migrator.run(&mut connection).await;
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
