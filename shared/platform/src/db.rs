//! The connection pool, its time limits, and the meaning of database errors.
//!
//! A connection can be dead without an error: the server's machine is gone, or a device in between
//! has forgotten the connection, and a response never arrives. sqlx sets no time limit, and a
//! connection that does not respond while it is returned would keep its place in the pool forever.
//! So each connection is pinged, with a time limit, when it is returned, and when it is taken after
//! a rest ([`pool`]). The caller of a statement has a limit of its own ([`within`], or that of a
//! request or a job). The server is configured to detect dead clients.

use crate::{
    config::{self, Purpose},
    error_chain::Chain,
};
use secrecy::ExposeSecret;
use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Row, SqlSafeStr,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    borrow::Cow,
    future::Future,
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// An open transaction.
pub type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

/// The time limit for taking a connection from the pool.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(5);
/// The time limit of a ping, and of beginning a transaction. It leaves time to open another connection.
const PING_LIMIT: Duration = Duration::from_secs(2);
/// How long a connection can rest and be used without a ping: it was pinged when it was returned.
const REST: Duration = Duration::from_millis(5);
/// The server's settings for vanished clients. Without them a transaction keeps its locks for
/// hours. Requests and jobs have shorter limits; a job that works elsewhere while its row is locked
/// sets a longer limit for itself.
const SERVER_SIDE: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("client_connection_check_interval", "5s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// The setting for the time limit of a statement. Connections of the pool have the configured limit
/// of a request; a transaction that needs more sets another.
const STATEMENT_LIMIT: &str = "statement_timeout";

/// Opens a pool on the configured database.
///
/// # Errors
/// The URL is invalid, or the server does not respond within five seconds.
pub async fn connect(database: &config::Database) -> sqlx::Result<PgPool> {
    let pool = pool(database)?;
    pool.acquire().await?;
    Ok(pool)
}

/// A pool on the configured database, which opens no connection yet. Must be called within a tokio
/// runtime.
///
/// # Errors
/// The URL is invalid.
pub fn pool(database: &config::Database) -> sqlx::Result<PgPool> {
    let options: PgConnectOptions = database.url.expose_secret().parse()?;
    // JIT compilation takes longer than any of our queries, and a wrong estimate triggers it.
    let options = options
        .application_name(database.purpose.application())
        .options([("jit", "off")]);
    let options = match database.purpose {
        Purpose::System => options,
        Purpose::Demo => options.options([("synchronous_commit", "off")]),
    };
    let limit = database.statement_limit.as_millis().to_string();
    let options = options.options([(STATEMENT_LIMIT, limit.as_str())]);
    let pool = PgPoolOptions::new()
        .max_connections(database.max_connections)
        .acquire_timeout(ACQUIRE_LIMIT)
        // Replaced by `ping`, which has a time limit.
        .test_before_acquire(false);
    let pool = match database.purpose {
        Purpose::System => pool
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > REST {
                        ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .after_release(|connection, _| Box::pin(async { is_reusable(connection).await })),
        // A dead connection ends the demo, which is then begun anew.
        Purpose::Demo => pool,
    };
    Ok(pool.connect_lazy_with(options.options(SERVER_SIDE)))
}

/// Checks that a connection responds. Remains of a statement or a transaction are cleaned up first.
///
/// # Errors
/// The connection is dead, or does not respond within two seconds.
pub async fn ping(connection: &mut PgConnection) -> sqlx::Result<()> {
    within(PING_LIMIT, connection.ping()).await
}

/// Begins a transaction. It ends when it is dropped.
///
/// # Errors
/// The database is unreachable.
pub async fn begin(pool: &PgPool) -> sqlx::Result<Tx> {
    begin_with(pool, "begin").await
}

/// Takes another connection where one is dead, since nothing has happened on it yet.
async fn begin_with(pool: &PgPool, statement: &'static str) -> sqlx::Result<Tx> {
    let asked = Instant::now();
    loop {
        let connection = pool.acquire().await?;
        match begin_on(connection, statement).await {
            Err(dead) if is_unavailable(&dead) && asked.elapsed() < ACQUIRE_LIMIT => {
                tracing::debug!(error = %dead, "a transaction could not begin on a connection");
            }
            begun => return begun,
        }
    }
}

/// The driver forgets a transaction whose `begin` is cancelled, as that of a request whose client hangs up: it stays
/// open, and would refuse or swallow the writes of the connection's next user. So it begins in a task of its own, which
/// goes on without its caller and then rolls back. A connection that does not answer is given up ([`is_reusable`]).
#[expect(
    clippy::disallowed_methods,
    reason = "it is joined here; without its caller it ends by itself within two seconds, and changes nothing"
)]
async fn begin_on(
    connection: PoolConnection<Postgres>,
    statement: &'static str,
) -> sqlx::Result<Tx> {
    let beginning = Tx::begin(connection, Some(statement.into_sql_str()));
    let beginning = async {
        tokio::time::timeout(PING_LIMIT, beginning)
            .await
            .unwrap_or_else(|_| {
                IS_ANY_FORGOTTEN.store(true, Ordering::Relaxed);
                Err(silence(PING_LIMIT))
            })
    };
    tokio::spawn(beginning)
        .await
        .unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// Whether a `begin` was given up in this process: its connection may answer after all, with an open transaction.
static IS_ANY_FORGOTTEN: AtomicBool = AtomicBool::new(false);

/// Whether a connection that is returned responds, and has no open transaction.
///
/// # Errors
/// The connection is dead, or does not respond within two seconds.
async fn is_reusable(connection: &mut PgConnection) -> sqlx::Result<bool> {
    if !IS_ANY_FORGOTTEN.load(Ordering::Relaxed) {
        return ping(connection).await.map(|()| true);
    }
    let check = async {
        // Not prepared: with a plan of several messages the two instants differ outside of transactions as well.
        let row = connection.fetch_one(sqlx::raw_sql(OUTSIDE)).await?;
        row.try_get::<bool, _>(0)
    };
    within(PING_LIMIT, check).await
}

/// True outside of a transaction: there each statement has a transaction of its own, which begins with it.
const OUTSIDE: &str = "select transaction_timestamp() = statement_timestamp()";

/// Begins a read-only transaction (repeatable read) whose statements all see the same snapshot, so
/// that a page and its rows are consistent. It ends when it is dropped.
///
/// # Errors
/// The database is unreachable.
pub async fn snapshot(pool: &PgPool) -> sqlx::Result<Tx> {
    begin_with(pool, "begin isolation level repeatable read read only").await
}

/// Begins a transaction without a time limit for statements: for background work over many rows,
/// which its role limits as a whole.
///
/// # Errors
/// The database is unreachable.
pub async fn begin_unlimited(pool: &PgPool) -> sqlx::Result<Tx> {
    begin_with(pool, "begin; set local statement_timeout = 0").await
}

/// The options of the pool, without a time limit for statements: a migration takes as long as its
/// table is large.
#[must_use]
pub fn unlimited(pool: &PgPool) -> PgConnectOptions {
    let options = (*pool.connect_options()).clone();
    options.options([(STATEMENT_LIMIT, "0")])
}

/// Awaits a call to the database for at most `limit`.
///
/// # Errors
/// The errors of `call`; an I/O error of kind `TimedOut` at the limit. The statement may then have
/// been executed or not.
pub async fn within<T>(
    limit: Duration,
    call: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    tokio::time::timeout(limit, call)
        .await
        .unwrap_or_else(|_| Err(silence(limit)))
}

/// The error for a database that did not respond within a limit.
#[must_use]
pub fn silence(limit: Duration) -> sqlx::Error {
    let reason = format!("the database did not answer within {limit:?}");
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, reason))
}

/// Whether a statement was cancelled at its time limit. Its transaction is rolled back.
#[must_use]
pub fn took_too_long(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("57014")
}

/// An error for an operator: a rejection in the words of the server. The driver adds the line of
/// PostgreSQL's own source to them.
#[must_use]
pub fn in_words(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(rejection) => rejection.message().to_owned(),
        None => Chain(error).to_string(),
    }
}

fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
}

/// Whether the database is unavailable or asks for a retry, rather than rejecting the statement.
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
            // transaction whose process was frozen; conflicts and deadlocks, which a retry
            // resolves; a statement at its time limit, which may be faster another time; a full disk
            // and missing memory, which somebody has to mend, but not the client.
            code.starts_with("08")
                || matches!(
                    &*code,
                    "57014"
                        | "57P01"
                        | "57P02"
                        | "57P03"
                        | "53100"
                        | "53200"
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

/// Whether a lock timeout ended the statement.
#[must_use]
pub fn waited_too_long(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("55P03")
}

/// Whether the error is the violation of the constraint or unique index `constraint`.
#[must_use]
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint)
        == Some(constraint)
}
