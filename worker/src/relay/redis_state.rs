//! The state of Redis, as the relay sees it: reachable, silent for a moment, or away, so that jobs
//! run without it. A Redis that rejects writes, or only job references, counts as away.

use crate::transport::{Memory, PushError, Pushes, ThroughRedis};
use platform::error_chain::Chain;
use std::time::{Duration, Instant};

/// How long Redis may be silent before jobs run without it.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time limit of a probe of Redis, while Redis is used and while it is not.
pub(super) const PROBE: Duration = Duration::from_secs(1);
const PROBE_WHILE_AWAY: Duration = Duration::from_millis(100);
const PROBE_WHILE_AWAY_EVERY: Duration = Duration::from_millis(500);
/// The probe interval where probes succeed and pushes are rejected: only a push can show that this
/// has ended.
const TRIAL_EVERY: Duration = Duration::from_secs(5);

/// The state of Redis.
#[derive(Debug, Clone, Copy)]
pub(super) enum RedisState {
    Reachable,
    /// Silent since this instant.
    Silent(Instant),
    /// Jobs run without it; the instant of the last probe.
    Away(Instant),
}

/// The state of the job references that Redis was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DispatchedJobs {
    /// They are kept.
    Kept,
    /// This process cannot reach them.
    Unreachable,
    /// They are lost, for all processes.
    Lost,
}

impl RedisState {
    /// Probes Redis and updates the state. Returns the state of the jobs that were dispatched
    /// through it.
    pub async fn probe(&mut self, through_redis: &mut ThroughRedis) -> DispatchedJobs {
        let refused = through_redis.pushes.are_refused(PATIENCE);
        let pause = if refused {
            TRIAL_EVERY
        } else {
            PROBE_WHILE_AWAY_EVERY
        };
        let limit = match *self {
            Self::Away(asked) if asked.elapsed() < pause => return DispatchedJobs::Kept,
            Self::Away(_) => PROBE_WHILE_AWAY,
            Self::Reachable | Self::Silent(_) => PROBE,
        };
        let asked = Instant::now();
        match through_redis.probe(limit).await {
            Ok(_) if refused && !matches!(self, Self::Away(_)) => {
                self.mark_away(&PushError::PushesRefused)
            }
            Ok(memory) => {
                if let Self::Away(_) = self {
                    tracing::info!("Redis is back; jobs go through it again");
                    through_redis.pushes.begin_trial();
                }
                *self = Self::Reachable;
                match memory {
                    Memory::Kept => DispatchedJobs::Kept,
                    Memory::Lost => DispatchedJobs::Lost,
                }
            }
            Err(error) => {
                // The probes show when that has ended.
                through_redis.pushes = Pushes::default();
                self.mark_silent(asked, &error)
            }
        }
    }

    fn mark_silent(&mut self, asked: Instant, error: &PushError) -> DispatchedJobs {
        *self = match *self {
            Self::Reachable => Self::Silent(asked),
            Self::Silent(since) if since.elapsed() < PATIENCE => Self::Silent(since),
            Self::Silent(_) => return self.mark_away(error),
            Self::Away(_) => Self::Away(Instant::now()),
        };
        DispatchedJobs::Kept
    }

    fn mark_away(&mut self, error: &PushError) -> DispatchedJobs {
        tracing::warn!(error = %Chain(error), "Redis is away; jobs are run without it");
        *self = Self::Away(Instant::now());
        DispatchedJobs::Unreachable
    }
}
