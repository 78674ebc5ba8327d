//! Rate limit of a queue: the generic cell rate algorithm (GCRA). Its whole state is one number,
//! the instant at which all granted starts would be used up at an even rate. `worker/src/limits.rs`
//! does the same in Redis for all processes together. Pure.

use std::num::NonZeroU32;

const MINUTE: u64 = 60_000_000;

/// An even rate with a small burst. Over any minute it grants at most its count per minute, and one
/// sixtieth more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Microseconds between two starts, at least 1.
    pub between: u64,
    /// The burst: starts that may happen at once after a pause, at least 1.
    pub burst: u64,
}

impl Rate {
    /// The rate of `count` starts per minute, with a burst of one second's worth.
    #[must_use]
    pub fn per_minute(count: NonZeroU32) -> Self {
        let count = u64::from(count.get());
        Self {
            between: (MINUTE / count).max(1),
            burst: (count / 60).max(1),
        }
    }
}

/// The result of a request to the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Jobs that may start now.
    pub count: u64,
    /// Microseconds until the next start; 0 when `count` is not.
    pub wait: u64,
}

/// The state of a rate limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gcra {
    used_until: u64,
}

impl Gcra {
    /// Grants up to `wanted` starts at `now`, which is in microseconds of any monotonic clock.
    pub fn take(&mut self, rate: Rate, now: u64, wanted: u64) -> Grant {
        let window = rate.between.saturating_mul(rate.burst);
        // A clock that was set back must not block every job.
        let used = self.used_until.clamp(now, now.saturating_add(window));
        let free = now.saturating_add(window).saturating_sub(used) / rate.between;
        let count = free.min(wanted);
        self.used_until = used.saturating_add(count.saturating_mul(rate.between));
        let wait = if count == 0 {
            used.saturating_add(rate.between)
                .saturating_sub(now.saturating_add(window))
        } else {
            0
        };
        Grant { count, wait }
    }

    /// Returns `count` granted starts that were not used.
    pub const fn refund(&mut self, rate: Rate, count: u64) {
        self.used_until = self
            .used_until
            .saturating_sub(count.saturating_mul(rate.between));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(count: u32) -> Rate {
        Rate::per_minute(NonZeroU32::new(count).unwrap())
    }

    #[test]
    fn after_the_burst_one_starts_at_each_interval() {
        let (rate, mut granted) = (rate(120), Gcra::default());
        let start = 1_000 * MINUTE;
        assert_eq!(granted.take(rate, start, 10), Grant { count: 2, wait: 0 });
        let none = granted.take(rate, start, 10);
        assert_eq!((none.count, none.wait), (0, 500_000));
        assert_eq!(granted.take(rate, start + 499_999, 10).count, 0);
        assert_eq!(granted.take(rate, start + 500_000, 10).count, 1);
    }

    #[test]
    fn starts_that_were_not_used_are_granted_again() {
        let (rate, mut granted) = (rate(600), Gcra::default());
        assert_eq!(granted.take(rate, MINUTE, 10).count, 10);
        granted.refund(rate, 4);
        assert_eq!(granted.take(rate, MINUTE, 10).count, 4);
    }

    #[test]
    fn a_clock_that_was_set_back_costs_no_more_than_the_burst() {
        let (rate, mut granted) = (rate(60), Gcra::default());
        granted.take(rate, 1_000 * MINUTE, 1);
        assert_eq!(granted.take(rate, MINUTE, 1).wait, rate.between);
        assert_eq!(granted.take(rate, MINUTE + rate.between, 1).count, 1);
    }

    proptest! {
        #[test]
        fn no_minute_has_more_than_its_rate_and_a_burst(
            count in 1_u32..5_000,
            asked in proptest::collection::vec((0_u64..3_000_000, 1_u64..200), 1..200),
        ) {
            let (rate, mut granted) = (rate(count), Gcra::default());
            let mut now = 100 * MINUTE;
            let mut starts: Vec<(u64, u64)> = Vec::new();
            for (later, wanted) in asked {
                now += later;
                let grant = granted.take(rate, now, wanted);
                prop_assert!(grant.count > 0 || grant.wait > 0);
                starts.push((now, grant.count));
                let within: u64 = starts
                    .iter()
                    .filter(|(at, _)| *at + MINUTE > now)
                    .map(|(_, count)| count)
                    .sum();
                prop_assert!(within <= MINUTE / rate.between + rate.burst + 1);
            }
        }

        #[test]
        fn a_start_is_granted_after_the_wait_that_was_told(count in 1_u32..5_000, before in 1_u64..500) {
            let (rate, mut granted) = (rate(count), Gcra::default());
            let now = 100 * MINUTE;
            granted.take(rate, now, before);
            let grant = granted.take(rate, now, 1);
            if grant.count == 0 {
                prop_assert_eq!(granted.take(rate, now + grant.wait, 1).count, 1);
            }
        }
    }
}
