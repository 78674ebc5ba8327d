//! The pool, and what constraints mean.

use crate::config;
use secrecy::ExposeSecret;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::time::Duration;

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The system's work: what is committed is on disk.
    System,
    /// The demo's filling of an empty installation, whose thousands of commits do not each wait for the
    /// disk. A crash of the server may cost the last of them, and whoever runs a demo starts it anew.
    Demo,
}

impl Purpose {
    /// What such connections are called in `pg_stat_activity`.
    #[must_use]
    pub const fn application(self) -> &'static str {
        match self {
            Self::System => "baitech-support",
            Self::Demo => "baitech-support demo",
        }
    }
}

/// Opens a pool on the configured database.
///
/// # Errors
/// The URL cannot be read, or the server does not answer within five seconds.
pub async fn connect(database: &config::Database) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = database.url.expose_secret().parse()?;
    // Compiling a query costs more than any of ours takes, and a wrong estimate is enough for it.
    let options = options
        .application_name(database.purpose.application())
        .options([("jit", "off")]);
    let options = match database.purpose {
        Purpose::System => options,
        Purpose::Demo => options.options([("synchronous_commit", "off")]),
    };
    PgPoolOptions::new()
        .max_connections(database.max_connections)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
}

/// Whether the error is the violation of the constraint or unique index of that name.
#[must_use]
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint)
        == Some(constraint)
}

/// A value that is kept as a document in a `jsonb` column.
pub use sqlx::types::Json;
