//! The pool, what its errors mean, and what constraints mean.
//!
//! A connection can be dead without a word: the server's machine is gone, or something between the
//! two has forgotten it, and an answer is waited for in vain. sqlx sets no limit to that, and a
//! connection that does not answer while it is given back would take its place in the pool with it
//! for ever. So each is asked, and waited for briefly, when it is taken and when it is given back
//! ([`pool`]); who waits for a statement has a limit of its own ([`within`], or that of a request
//! or a job). The server is told to look after its side of it.

use crate::config::Purpose;
use crate::{config, work::Tx};
use secrecy::ExposeSecret;
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{borrow::Cow, future::Future, io, time::Duration};

/// How long the pool as a whole may take to give a connection out.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(5);
/// How long an idle connection may take to answer before it counts as dead. It leaves time to open
/// another one.
const PING_LIMIT: Duration = Duration::from_secs(2);
/// What the server does about a client that is gone without a word. Without it a transaction keeps
/// its locks for hours. Requests and jobs give up earlier; a job that works elsewhere while it holds
/// its row sets a longer limit for itself.
const SERVER_SIDE: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("client_connection_check_interval", "5s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// How long a statement may take. Connections of the pool have the configured limit, which is that of a
/// request; a transaction that does more sets another.
const STATEMENT_LIMIT: &str = "statement_timeout";

/// Opens a pool on the configured database.
///
/// # Errors
/// The URL cannot be read, or the server does not answer within five seconds.
pub async fn connect(database: &config::Database) -> Result<PgPool, sqlx::Error> {
    let pool = pool(database)?;
    reach(&pool).await?;
    Ok(pool)
}

/// Whether the server can be reached: asks for a connection, and gives it back.
///
/// # Errors
/// It cannot, or does not answer within five seconds.
pub async fn reach(pool: &PgPool) -> Result<(), sqlx::Error> {
    pool.acquire().await.map(drop)
}

/// A pool on the configured database, which is not asked for anything yet. Within a runtime alone.
///
/// # Errors
/// The URL cannot be read.
pub fn pool(database: &config::Database) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = database.url.expose_secret().parse()?;
    // Compiling a query costs more than any of ours takes, and a wrong estimate is enough for it.
    let options = options
        .application_name(database.purpose.application())
        .options([("jit", "off")]);
    let options = match database.purpose {
        Purpose::System => options,
        Purpose::Demo => options.options([("synchronous_commit", "off")]),
    };
    let limit = database.statement_limit.as_millis().to_string();
    let options = options.options([(STATEMENT_LIMIT, limit.as_str())]);
    Ok(PgPoolOptions::new()
        .max_connections(database.max_connections)
        .acquire_timeout(ACQUIRE_LIMIT)
        // Ours has a limit.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async { ping(connection).await.map(|()| true) }))
        .after_release(|connection, _| Box::pin(async { ping(connection).await.map(|()| true) }))
        .connect_lazy_with(options.options(SERVER_SIDE)))
}

/// Whether the connection lives. What was left of a statement or a transaction is dealt with first.
///
/// # Errors
/// It does not, or not so that anybody could wait for it.
pub async fn ping(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    within(PING_LIMIT, connection.ping()).await
}

/// Begins a transaction for reading, whose statements all see the same rows: what one of them chose by a
/// row is what the next one shows of it. Dropped, it is over.
///
/// # Errors
/// The database cannot be reached.
pub async fn snapshot(pool: &PgPool) -> Result<Tx, sqlx::Error> {
    pool.begin_with("begin isolation level repeatable read read only")
        .await
}

/// Begins a transaction whose statements have no time limit: background work over many rows, whose role
/// limits the whole of it.
///
/// # Errors
/// The database cannot be reached.
pub async fn begin_unlimited(pool: &PgPool) -> Result<Tx, sqlx::Error> {
    pool.begin_with("begin; set local statement_timeout = 0")
        .await
}

/// The options of the pool, without a limit for statements: a migration takes as long as its table is large.
#[must_use]
pub fn unlimited(pool: &PgPool) -> PgConnectOptions {
    let options = (*pool.connect_options()).clone();
    options.options([(STATEMENT_LIMIT, "0")])
}

/// Waits so long at most for the database.
///
/// # Errors
/// Those of `call`; one of input and output when time is up. Nobody knows then whether it was done.
pub async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(limit, call)
        .await
        .unwrap_or_else(|_| Err(silence(limit)))
}

/// What it counts as that the database did not answer within a limit.
#[must_use]
pub fn silence(limit: Duration) -> sqlx::Error {
    let reason = format!("the database did not answer within {limit:?}");
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, reason))
}

/// Whether a statement was broken off at its time limit. Its transaction is undone.
#[must_use]
pub fn took_too_long(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("57014")
}

fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
}

/// Whether the database is away, or asks for another try, rather than refusing what it was asked.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // Connection failures; shutdown and start-up; too many connections; a standby; a
            // transaction whose process was frozen; conflicts and deadlocks, which go away when
            // tried again; a statement at its time limit, which another time may need less of it.
            code.starts_with("08")
                || matches!(
                    &*code,
                    "57014"
                        | "57P01"
                        | "57P02"
                        | "57P03"
                        | "53300"
                        | "25006"
                        | "25P03"
                        | "40001"
                        | "40P01"
                )
        }),
        _ => false,
    }
}

/// Whether a lock was waited for longer than the transaction may.
#[must_use]
pub fn waited_too_long(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("55P03")
}

/// Whether the error is the violation of the constraint or unique index of that name.
#[must_use]
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint)
        == Some(constraint)
}
