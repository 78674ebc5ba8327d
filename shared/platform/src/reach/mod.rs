//! Whether a server can be used and, if not: where it was looked for, the cause, and what to do. The
//! texts never hold a password: a place is host, port and database, and servers do not repeat
//! passwords in their errors.

pub mod postgres;
pub mod redis;

use std::{fmt, time::Duration};
use tokio::{net::lookup_host, time::timeout};

/// The time limit for an attempt that somebody waits for, the look-up of the host included.
pub const LIMIT: Duration = Duration::from_secs(5);

/// Whether waiting may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// The server may be starting, or the network may come back.
    MayRecover,
    /// Somebody has to change a setting or the server.
    NeedsChange,
}

/// Why a server cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{server} at {place} cannot be used: {fault}")]
pub struct Unreachable {
    /// The kind of server.
    pub server: &'static str,
    /// Where it was looked for.
    pub place: String,
    /// The cause, and what to do.
    pub fault: Fault,
}

/// A cause, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The cause, in a few words.
    pub cause: String,
    /// What to do.
    pub advice: &'static str,
    /// Whether waiting may help.
    pub outlook: Outlook,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}", self.cause, self.advice)
    }
}

impl Fault {
    fn passing(cause: impl Into<String>, advice: &'static str) -> Self {
        Self {
            cause: cause.into(),
            advice,
            outlook: Outlook::MayRecover,
        }
    }

    fn lasting(cause: impl Into<String>, advice: &'static str) -> Self {
        Self {
            cause: cause.into(),
            advice,
            outlook: Outlook::NeedsChange,
        }
    }

    /// The cause of an I/O error, where its kind has a plain name.
    fn of_io(error: &std::io::Error, advice: &'static str) -> Self {
        use std::io::ErrorKind;
        let cause = match error.kind() {
            ErrorKind::ConnectionRefused => "connection refused".to_owned(),
            ErrorKind::TimedOut => "the connection timed out".to_owned(),
            ErrorKind::NotFound => "there is no such socket".to_owned(),
            ErrorKind::PermissionDenied => "permission to the socket denied".to_owned(),
            ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => {
                "the connection was closed by the server".to_owned()
            }
            _ => error.to_string(),
        };
        Self::passing(cause, advice)
    }

    fn silence(limit: Duration) -> Self {
        Self::passing(
            format!("no answer within {} seconds", limit.as_secs()),
            "Check that the server runs, and that no firewall drops the connection",
        )
    }
}

/// Awaits an attempt for at most `limit`.
async fn within<T>(
    limit: Duration,
    attempt: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let ended = timeout(limit, attempt).await;
    ended.unwrap_or_else(|_elapsed| Err(Fault::silence(limit)))
}

/// Looks a host up. The drivers do not tell an unknown host from other failures.
async fn look_up(host: &str, port: u16, advice: &'static str) -> Result<(), Fault> {
    let host = host.trim_matches(['[', ']']);
    match lookup_host((host, port)).await {
        Ok(_) => Ok(()),
        Err(_) => Err(Fault::passing("the host is unknown", advice)),
    }
}

/// The pauses between attempts, in seconds: 1, 2, 4, then 5.
#[derive(Debug, Clone)]
pub struct Pauses(u64);

impl Default for Pauses {
    fn default() -> Self {
        Self(1)
    }
}

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let pause = self.0;
        self.0 = pause.saturating_mul(2).min(5);
        Some(Duration::from_secs(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_seconds() {
        let seconds: Vec<_> = Pauses::default().take(5).map(|it| it.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 5, 5]);
    }

    #[tokio::test]
    async fn a_host_that_does_not_exist_is_told_from_one_that_refuses() {
        // Reserved for this purpose by RFC 6761.
        let unknown = look_up("database.invalid", 5432, "Correct it").await;
        let fault = unknown.unwrap_err();
        assert_eq!(fault.cause, "the host is unknown");
        assert_eq!(look_up("[::1]", 5432, "").await, Ok(()));
    }
}
