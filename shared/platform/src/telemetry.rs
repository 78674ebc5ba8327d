//! The log: one event per line on standard error, as JSON or as text. Fields never contain text
//! that people wrote, addresses, tokens or bodies.

use crate::config::{Log, LogFormat};
use std::io::{self, IsTerminal};
use tracing::Dispatch;
use tracing_subscriber::{
    Layer,
    filter::{ParseError, Targets},
    fmt,
    layer::SubscriberExt,
    registry,
    util::{SubscriberInitExt, TryInitError},
};

/// Directives for libraries that log too much, and for a warning that may quote the password of
/// `DATABASE_URL`. The configured directives follow and take precedence.
const QUIETER: &str =
    "sqlx::postgres::notice=warn,apalis_core=warn,sqlx_postgres::options::parse=error";

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives are invalid.
    #[error(
        "LOG must be a level (error, warn, info, debug, trace) or directives such as `info,worker=debug`"
    )]
    Filter(#[source] ParseError),
    /// The log was set up before.
    #[error("the log is set up already")]
    Twice(#[source] TryInitError),
}

/// The filter for these directives.
///
/// # Errors
/// The directives are invalid.
pub fn filter(directives: &str) -> Result<Targets, TelemetryError> {
    format!("{QUIETER},{directives}")
        .parse()
        .map_err(TelemetryError::Filter)
}

/// Sets up the log of this process. In JSON the fields are at the top level, and those of the
/// surrounding spans (request, job) in `spans`.
///
/// # Errors
/// The directives are invalid, or the log was set up before.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .boxed(),
        LogFormat::Text => lines
            .with_ansi(io::stderr().is_terminal())
            .with_target(false)
            .boxed(),
    };
    registry()
        .with(lines.with_filter(filter(&log.filter)?))
        .try_init()
        .map_err(TelemetryError::Twice)
}

/// A log of warnings and errors only, as text: for work whose progress the terminal shows.
///
/// # Errors
/// None in practice: the filter is fixed.
pub fn quiet() -> Result<Dispatch, TelemetryError> {
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    Ok(Dispatch::new(
        registry().with(lines.with_filter(filter("warn")?)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn levels_and_directives_are_read() {
        assert!(filter("info").is_ok());
        let filter_of = |directives| filter(directives).unwrap();
        let worker = filter_of("info,worker=debug");
        assert!(worker.would_enable("worker::run", &Level::DEBUG));
        assert!(!worker.would_enable("api", &Level::DEBUG));
        assert!(worker.would_enable("api", &Level::INFO));
        assert!(!worker.would_enable("sqlx::postgres::notice", &Level::INFO));
        // A configured directive takes precedence over ours.
        let notices = filter_of("info,sqlx::postgres::notice=info");
        assert!(notices.would_enable("sqlx::postgres::notice", &Level::INFO));
        assert!(filter("worker=loud").is_err());
    }
}
