//! The log: one event a line on standard error, as JSON or for people. Nothing that people wrote,
//! no address, token or body is ever put into a field.

use crate::config::{Log, LogFormat};
use std::io::{self, IsTerminal};
use tracing_subscriber::{EnvFilter, filter::ParseError, fmt};

/// What the libraries say beside their purpose, and a warning that quotes what may be a password of
/// `DATABASE_URL`. The configured directives come later and win.
const QUIETER: &str =
    "sqlx::postgres::notice=warn,apalis_core=warn,sqlx_postgres::options::parse=error";

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives cannot be read.
    #[error(
        "LOG must be a level (error, warn, info, debug, trace) or directives such as `info,worker=debug`"
    )]
    Filter(#[source] ParseError),
    /// It is set up already.
    #[error("the log is set up already")]
    Twice(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The filter of these directives.
///
/// # Errors
/// They cannot be read.
pub fn filter(directives: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder()
        .parse(format!("{QUIETER},{directives}"))
        .map_err(TelemetryError::Filter)
}

/// Sets up the log of this process. JSON has the fields at the top, and those of the spans around
/// it (request, job) in `spans`.
///
/// # Errors
/// The directives cannot be read, or the log is set up already.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let subscriber = fmt()
        .with_env_filter(filter(&log.filter)?)
        .with_writer(io::stderr);
    match log.format {
        LogFormat::Json => subscriber
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .try_init(),
        LogFormat::Text => subscriber
            .with_ansi(io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
    }
    .map_err(TelemetryError::Twice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_directives_are_read() {
        assert!(filter("info").is_ok());
        assert!(filter("info,worker=debug").is_ok());
        assert!(filter("worker=loud").is_err());
    }
}
