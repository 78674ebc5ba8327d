//! How Redis stands, as far as the relay knows: reachable, silent for a moment, or away, so that jobs
//! are run without it. A Redis that refuses what is written, or hints alone, is as good as away.

use crate::transport::{Memory, PushError, Pushes, ThroughRedis};
use platform::error_chain::Chain;
use std::time::{Duration, Instant};

/// How long Redis may be away before jobs are run without it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long one look at Redis may take, while it is used and while it is not.
pub(super) const PROBE: Duration = Duration::from_secs(1);
const PROBE_WHILE_AWAY: Duration = Duration::from_millis(100);
const PROBE_WHILE_AWAY_EVERY: Duration = Duration::from_millis(500);
/// The same where looks succeed and hints were refused: only a hint that is pushed can tell that this is over.
const TRIAL_EVERY: Duration = Duration::from_secs(5);

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
        let refused = through_redis.pushes.are_refused(PATIENCE);
        let pause = if refused {
            TRIAL_EVERY
        } else {
            PROBE_WHILE_AWAY_EVERY
        };
        let limit = match *self {
            Self::Away(asked) if asked.elapsed() < pause => return HandedOut::Kept,
            Self::Away(_) => PROBE_WHILE_AWAY,
            Self::Reachable | Self::Silent(_) => PROBE,
        };
        let asked = Instant::now();
        match through_redis.probe(limit).await {
            Ok(_) if refused && !matches!(self, Self::Away(_)) => {
                self.away(&PushError::HintsRefused)
            }
            Ok(memory) => {
                if let Self::Away(_) = self {
                    tracing::info!("Redis is back; jobs go through it again");
                    through_redis.pushes.begin_trial();
                }
                *self = Self::Reachable;
                match memory {
                    Memory::Kept => HandedOut::Kept,
                    Memory::Lost => HandedOut::Lost,
                }
            }
            Err(error) => {
                // The looks tell when that is over.
                through_redis.pushes = Pushes::default();
                self.silent(asked, &error)
            }
        }
    }

    fn silent(&mut self, asked: Instant, error: &PushError) -> HandedOut {
        *self = match *self {
            Self::Reachable => Self::Silent(asked),
            Self::Silent(since) if since.elapsed() < PATIENCE => Self::Silent(since),
            Self::Silent(_) => return self.away(error),
            Self::Away(_) => Self::Away(Instant::now()),
        };
        HandedOut::Kept
    }

    fn away(&mut self, error: &PushError) -> HandedOut {
        tracing::warn!(error = %Chain(error), "Redis is away; jobs are run without it");
        *self = Self::Away(Instant::now());
        HandedOut::OutOfReach
    }
}
