//! A circuit breaker for each queue that calls a provider. A provider failure says nothing about
//! the job: it opens the circuit for all workers at once, and the job keeps its attempt. After a
//! delay the circuit is half-open and one probe job runs: success closes the circuit, failure
//! doubles the delay. Pure but for `store`.
//!
//! Races: when a provider dies many runs fail at once, and only the first of them opens the
//! circuit. Of two relays that claim a probe the second finds the circuit open until the first
//! probe is over. A process that dies with the probe costs [`PROBE`].

mod store;

pub use store::{Subject, close, end_probe, open};

use crate::retry::Backoff;
use chrono::TimeDelta;
use domain::text_enum;

/// The time that a probe may take before another probe is claimed.
pub const PROBE: TimeDelta = TimeDelta::seconds(40);
/// Age up to which a job keeps its attempt when the provider throttles it. An older job that is
/// still throttled is the cause, not the victim.
const SPARED: TimeDelta = TimeDelta::days(1);

text_enum! {
    /// A failure of the provider, rather than of the job.
    pub enum ProviderFailure {
        /// The provider is down, or rejects the connection: no job was tried.
        Unreachable = "unreachable",
        /// The provider throttles us.
        SlowDown = "slow_down",
        /// The provider aborted, or stopped responding, with the job half done.
        BrokeOff = "broke_off",
    }
}

impl ProviderFailure {
    /// Whether a job of this age keeps its attempt. It does not after [`Self::BrokeOff`]: nobody
    /// can tell whether the job caused the abort.
    #[must_use]
    pub fn spares_the_attempt(self, age: TimeDelta) -> bool {
        match self {
            Self::Unreachable => true,
            Self::SlowDown => age < SPARED,
            Self::BrokeOff => false,
        }
    }

    /// How long the circuit stays open after `failures` earlier failures in a row; `chance`, in
    /// `0.0..1.0`, spreads the delay.
    #[must_use]
    pub fn open_for(self, failures: i32, chance: f64) -> TimeDelta {
        let backoff = match self {
            Self::Unreachable | Self::BrokeOff => Backoff {
                first: TimeDelta::seconds(1),
                longest: TimeDelta::seconds(30),
            },
            Self::SlowDown => Backoff {
                first: TimeDelta::seconds(15),
                longest: TimeDelta::minutes(5),
            },
        };
        backoff.delay(failures.saturating_add(1), chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circuit_stays_open_for_longer_with_each_failure_but_is_probed_twice_a_minute() {
        let seconds = |failure: ProviderFailure| -> Vec<i64> {
            let delay = |failures| failure.open_for(failures, 0.5).num_seconds();
            [0, 1, 2, 3, 4, 5, 100].map(delay).to_vec()
        };
        assert_eq!(
            seconds(ProviderFailure::Unreachable),
            [1, 2, 4, 8, 16, 30, 30]
        );
        assert_eq!(
            seconds(ProviderFailure::SlowDown),
            [15, 30, 60, 120, 240, 300, 300]
        );
    }

    #[test]
    fn an_attempt_is_spared_while_the_job_cannot_be_to_blame() {
        let (new, old) = (TimeDelta::minutes(1), TimeDelta::days(2));
        for (failure, spared) in [
            (ProviderFailure::Unreachable, (true, true)),
            (ProviderFailure::SlowDown, (true, false)),
            (ProviderFailure::BrokeOff, (false, false)),
        ] {
            let found = (
                failure.spares_the_attempt(new),
                failure.spares_the_attempt(old),
            );
            assert_eq!(found, spared, "{failure}");
        }
    }
}
