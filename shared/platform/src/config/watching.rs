//! How the system is watched: where processes without an API are asked, and by whom.

use crate::config::reader::Reader;
use secrecy::SecretString;

/// How the system is watched.
#[derive(Debug)]
pub struct Watching {
    /// Where a process without an API tells of itself.
    pub place: Place,
    /// What has to be sent to read the metrics; `None`: nothing.
    pub token: Option<SecretString>,
}

/// Where a process without an API tells of itself, at the address of `HOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the usual port or, if that is taken, at any that is free.
    Usual,
    /// At this port; 0 is any that is free.
    Port(u16),
}

impl Place {
    /// The port that is tried first.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Usual => 5001,
            Self::Port(port) => port,
        }
    }
}

/// Shorter ones could be guessed.
const SHORTEST_TOKEN: usize = 16;

pub fn read(read: &mut Reader) -> Watching {
    let place = match read.text("OPERATION_PORT") {
        "" => Place::Usual,
        _ => Place::Port(read.number("OPERATION_PORT", 0..=65_535)),
    };
    let token = read.text("METRICS_TOKEN");
    if !token.is_empty() && token.len() < SHORTEST_TOKEN {
        read.field_error("METRICS_TOKEN", "must have at least 16 characters");
    }
    Watching {
        place,
        token: (!token.is_empty()).then(|| token.into()),
    }
}
