//! The delay before a retry: exponential backoff with jitter, so that jobs that failed together are
//! not retried together. Pure.

use chrono::TimeDelta;

/// An exponential backoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The delay after the first failure; it doubles with each further failure.
    pub first: TimeDelta,
    /// The longest delay, before the jitter.
    pub longest: TimeDelta,
}

impl Backoff {
    /// The delay after the `failures`-th failure in a row. `chance`, in `0.0..1.0`, spreads it
    /// evenly over 75 % to 125 %.
    #[must_use]
    pub fn delay(self, failures: i32, chance: f64) -> TimeDelta {
        // Beyond thirty doublings the longest delay is reached whatever the first one is.
        let doublings = failures.saturating_sub(1).clamp(0, 30);
        let factor = 1_i32.checked_shl(doublings.unsigned_abs()).unwrap_or(1);
        let delay = self
            .first
            .checked_mul(factor)
            .map_or(self.longest, |delay| delay.min(self.longest));
        let spread = 0.75 + 0.5 * chance.clamp(0.0, 1.0);
        let seconds = delay.as_seconds_f64() * spread;
        std::time::Duration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|delay| TimeDelta::from_std(delay).ok())
            .unwrap_or(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        first: TimeDelta::seconds(2),
        longest: TimeDelta::minutes(10),
    };

    #[test]
    fn without_spread_the_delay_doubles_up_to_the_longest() {
        let seconds: Vec<i64> = (1..=11)
            .map(|n| BACKOFF.delay(n, 0.5).num_seconds())
            .collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    }

    #[test]
    fn the_spread_stays_within_a_quarter_on_either_side() {
        for failures in 1..40 {
            let middle = BACKOFF.delay(failures, 0.5).as_seconds_f64();
            for chance in [0.0, 0.1, 0.5, 0.9, 0.999] {
                let delay = BACKOFF.delay(failures, chance).as_seconds_f64();
                assert!(delay >= middle * 0.75 - 1e-6 && delay <= middle * 1.25 + 1e-6);
            }
        }
    }

    #[test]
    fn no_number_of_failures_is_out_of_range() {
        for failures in [i32::MIN, -1, 0, 1, 31, 32, 64, i32::MAX] {
            let delay = BACKOFF.delay(failures, 0.999);
            assert!(delay >= TimeDelta::seconds(1) && delay <= TimeDelta::seconds(750));
        }
    }

    #[test]
    fn a_later_failure_never_waits_less_at_the_same_chance() {
        for failures in 0..60 {
            assert!(BACKOFF.delay(failures + 1, 0.3) >= BACKOFF.delay(failures, 0.3));
        }
    }
}
