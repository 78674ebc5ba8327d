//! The circuit of a queue that talks to somebody else. Trouble on the other side says nothing about
//! a job: the queue is held for a while, for all workers at once, and its jobs keep their attempts.
//! When the while is over one job goes out to see; if it gets through the queue flows again, else it
//! is held for longer. Pure but for `store`.
//!
//! Races: many runs fail at once when a server dies, and only the first of them holds the queue; of
//! two relays that want to send the one job, the second finds the queue held by the first; a process
//! that dies with it costs [`PROBE`].

mod store;

pub use store::{hold, reached, told_nothing};

use crate::retry::Backoff;
use chrono::TimeDelta;
use domain::text_enum;

/// How long the one job may take that is sent to see, before another is.
pub const PROBE: TimeDelta = TimeDelta::seconds(40);
/// For so long a job's attempts are spared when the other side asks for less. One that is still
/// answered so a day later is the reason, not the victim.
const SPARED: TimeDelta = TimeDelta::days(1);

text_enum! {
    /// What is wrong with the other side.
    pub enum ProviderFailure {
        /// It is not there, or will not talk to us at all: no job was tried.
        Unreachable = "unreachable",
        /// It asks for less.
        SlowDown = "slow_down",
        /// It broke off, or fell silent, with the job half done.
        BrokeOff = "broke_off",
    }
}

impl ProviderFailure {
    /// Whether the attempt counts, for a job of this age. When the other side breaks off nobody can
    /// tell whether the job is to blame.
    #[must_use]
    pub fn spares_the_attempt(self, age: TimeDelta) -> bool {
        match self {
            Self::Unreachable => true,
            Self::SlowDown => age < SPARED,
            Self::BrokeOff => false,
        }
    }

    /// For how long the queue is held, after so many troubles in a row before this one; `chance` in
    /// `0.0..1.0` spreads it.
    #[must_use]
    pub fn hold(self, failures: i32, chance: f64) -> TimeDelta {
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
    fn a_queue_is_held_for_longer_with_each_trouble_but_looked_at_twice_a_minute() {
        let seconds = |trouble: ProviderFailure| -> Vec<i64> {
            let hold = |failures| trouble.hold(failures, 0.5).num_seconds();
            [0, 1, 2, 3, 4, 5, 100].map(hold).to_vec()
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
        for (trouble, spared) in [
            (ProviderFailure::Unreachable, (true, true)),
            (ProviderFailure::SlowDown, (true, false)),
            (ProviderFailure::BrokeOff, (false, false)),
        ] {
            let found = (
                trouble.spares_the_attempt(new),
                trouble.spares_the_attempt(old),
            );
            assert_eq!(found, spared, "{trouble}");
        }
    }
}
