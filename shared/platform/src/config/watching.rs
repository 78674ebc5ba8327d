//! The settings of monitoring: the port of processes without an API, and access to the metrics.

use crate::config::reader::Reader;
use secrecy::SecretString;

/// Monitoring.
#[derive(Debug)]
pub struct Watching {
    /// The port of a process without an API.
    pub place: Place,
    /// The bearer token for the metrics; `None`: no token is needed.
    pub token: Option<SecretString>,
}

/// The port of a process without an API, at the address of `HOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Port 5001 or, if it is taken, any free one.
    Usual,
    /// This port; 0 is any free one.
    Port(u16),
}

impl Place {
    /// The first port that is tried.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Usual => 5001,
            Self::Port(port) => port,
        }
    }
}

/// The shortest token; shorter ones could be guessed.
const SHORTEST_TOKEN: usize = 16;

/// Reads the settings of monitoring.
pub fn watching(read: &mut Reader) -> Watching {
    let place = match read.text("OPERATION_PORT") {
        "" => Place::Usual,
        _ => Place::Port(read.number("OPERATION_PORT", 0..=65_535)),
    };
    let token = read.text("METRICS_TOKEN");
    if !token.is_empty() && token.len() < SHORTEST_TOKEN {
        read.problem("METRICS_TOKEN", "must have at least 16 characters");
    }
    Watching {
        place,
        token: (!token.is_empty()).then(|| token.into()),
    }
}
