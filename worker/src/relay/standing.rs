//! How Redis stands, as far as the relay knows: reachable, silent for a moment, or away, so that jobs
//! are run without it.

use crate::transport::{Memory, PushError, ThroughRedis};
use shared::error::Chain;
use std::time::{Duration, Instant};

/// How long Redis may be away before jobs are run without it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long one look at Redis may take, while it is used and while it is not.
pub(super) const PROBE: Duration = Duration::from_secs(1);
const PROBE_WHILE_AWAY: Duration = Duration::from_millis(100);
const PROBE_WHILE_AWAY_EVERY: Duration = Duration::from_millis(500);

/// How Redis stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Redis {
    Reachable,
    /// Since when it did not answer.
    Silent(Instant),
    /// Jobs are run without it; when it was last asked.
    Away(Instant),
}

/// What became of the hints that Redis was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HandedOut {
    /// They are there.
    Kept,
    /// This process cannot reach them.
    OutOfReach,
    /// They are gone, for all processes.
    Lost,
}

impl Redis {
    /// Asks Redis how it stands, and draws the conclusions.
    pub async fn probe(&mut self, through_redis: &mut ThroughRedis) -> HandedOut {
        let limit = match *self {
            Self::Away(asked) if asked.elapsed() < PROBE_WHILE_AWAY_EVERY => {
                return HandedOut::Kept;
            }
            Self::Away(_) => PROBE_WHILE_AWAY,
            Self::Reachable | Self::Silent(_) => PROBE,
        };
        let asked = Instant::now();
        match through_redis.probe(limit).await {
            Ok(memory) => {
                if let Self::Away(_) = self {
                    tracing::info!("Redis is back; jobs go through it again");
                }
                *self = Self::Reachable;
                match memory {
                    Memory::Kept => HandedOut::Kept,
                    Memory::Lost => HandedOut::Lost,
                }
            }
            Err(error) => self.silent(asked, &error),
        }
    }

    fn silent(&mut self, asked: Instant, error: &PushError) -> HandedOut {
        let (standing, handed_out) = match *self {
            Self::Reachable => (Self::Silent(asked), HandedOut::Kept),
            Self::Silent(since) if since.elapsed() < PATIENCE => {
                (Self::Silent(since), HandedOut::Kept)
            }
            Self::Silent(_) => {
                tracing::warn!(error = %Chain(error), "Redis is away; jobs are run without it");
                (Self::Away(Instant::now()), HandedOut::OutOfReach)
            }
            Self::Away(_) => (Self::Away(Instant::now()), HandedOut::Kept),
        };
        *self = standing;
        handed_out
    }
}
