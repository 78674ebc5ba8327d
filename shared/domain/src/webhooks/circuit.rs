//! The circuit of an endpoint: while it fails, one attempt at a time finds out whether it works again, so that it takes
//! no workers from others. Pure.

use super::retry::stretched;
use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row after which the circuit is open.
pub const FAILURES_TO_OPEN: i32 = 5;
/// The pause before the first probe. It doubles with each further failure.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The longest pause between two probes.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How long an endpoint may do nothing but fail until it is disabled.
const PATIENCE: TimeDelta = TimeDelta::days(5);

/// How an endpoint failed since its last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circuit {
    /// Failures in a row.
    pub failures: i32,
    /// The first of them.
    pub first_failure_at: Option<DateTime<Utc>>,
    /// Nothing is sent before this instant.
    pub open_until: Option<DateTime<Utc>>,
}

impl Circuit {
    /// The circuit after another failure. A pause that the receiver asked for holds all of its deliveries, for an hour
    /// at most. `chance` is as in [`next`](super::next).
    #[must_use]
    pub fn failed(self, now: DateTime<Utc>, asked: Option<TimeDelta>, chance: f64) -> Self {
        let failures = self.failures.saturating_add(1);
        let own = (failures >= FAILURES_TO_OPEN).then(|| {
            let doublings = (failures - FAILURES_TO_OPEN).clamp(0, 10).unsigned_abs();
            let pause = FIRST_PAUSE * 1_i32.checked_shl(doublings).unwrap_or(1);
            stretched(pause.min(LONGEST_PAUSE), chance)
        });
        let asked = asked.map(|asked| asked.clamp(TimeDelta::zero(), LONGEST_PAUSE));
        Self {
            failures,
            first_failure_at: self.first_failure_at.or(Some(now)),
            open_until: own.max(asked).map(|pause| now + pause),
        }
    }

    /// Whether the endpoint has failed for so long that nothing more is sent to it.
    #[must_use]
    pub fn is_hopeless(&self, now: DateTime<Utc>) -> bool {
        self.failures >= FAILURES_TO_OPEN
            && self
                .first_failure_at
                .is_some_and(|first| now - first >= PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: i32) -> Circuit {
        let now = DateTime::UNIX_EPOCH;
        (0..failures).fold(Circuit::default(), |circuit, _| {
            circuit.failed(now, None, 0.0)
        })
    }

    #[test]
    fn the_fifth_failure_opens_it_and_the_pause_doubles_up_to_an_hour() {
        let pause = |failures| {
            let until = after(failures).open_until?;
            Some((until - DateTime::UNIX_EPOCH).num_seconds())
        };
        assert_eq!([1, 4].map(pause), [None, None]);
        assert_eq!(
            [5, 6, 7, 11, 12, 13, 40].map(pause),
            [30, 60, 120, 1_920, 3_600, 3_600, 3_600].map(Some)
        );
    }

    #[test]
    fn a_pause_that_the_receiver_asks_for_holds_it_for_an_hour_at_most() {
        let now = DateTime::UNIX_EPOCH;
        let asked = |seconds| {
            let circuit = Circuit::default().failed(now, Some(TimeDelta::seconds(seconds)), 0.0);
            circuit.open_until.unwrap() - now
        };
        assert_eq!(asked(90), TimeDelta::seconds(90));
        assert_eq!(asked(1_000_000), TimeDelta::hours(1));
        assert_eq!(asked(-1), TimeDelta::zero());
    }

    #[test]
    fn five_days_of_nothing_but_failures_are_hopeless_and_less_is_not() {
        let first = DateTime::UNIX_EPOCH;
        assert!(!after(5).is_hopeless(first + TimeDelta::days(5) - TimeDelta::seconds(1)));
        assert!(after(5).is_hopeless(first + TimeDelta::days(5)));
        // Two failures with a quiet week between them say little.
        assert!(!after(2).is_hopeless(first + TimeDelta::days(9)));
        assert!(!Circuit::default().is_hopeless(first));
    }
}
