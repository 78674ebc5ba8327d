//! How many jobs of a queue may start in a minute: the generic cell rate algorithm (GCRA). One
//! number says it all, the instant at which everything that was granted would have been used up at an
//! even pace. The same is done in Redis for all processes together (`worker/src/limits.rs`). Pure.

use std::num::NonZeroU32;

const MINUTE: u64 = 60_000_000;

/// A pace: an even one, with a little of a run-up. Over any minute it grants at most so many as it
/// says, and a sixtieth more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Microseconds between two.
    pub between: u64,
    /// How many at once, after a pause.
    pub at_once: u64,
}

impl Rate {
    /// So many in a minute.
    #[must_use]
    pub fn per_minute(count: NonZeroU32) -> Self {
        let count = u64::from(count.get());
        Self {
            between: (MINUTE / count).max(1),
            at_once: (count / 60).max(1),
        }
    }
}

/// What was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// How many may start now.
    pub count: u64,
    /// If none may: microseconds until one may.
    pub wait: u64,
}

/// What a pace has granted so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gcra {
    used_until: u64,
}

impl Gcra {
    /// Grants as many of `wanted` as the pace allows at `now`, in microseconds of some clock.
    pub fn take(&mut self, pace: Rate, now: u64, wanted: u64) -> Grant {
        let window = pace.between.saturating_mul(pace.at_once);
        // A clock that was set back must not stop everything.
        let used = self.used_until.clamp(now, now.saturating_add(window));
        let free = now.saturating_add(window).saturating_sub(used) / pace.between;
        let count = free.min(wanted);
        self.used_until = used.saturating_add(count.saturating_mul(pace.between));
        let wait = if count == 0 {
            used.saturating_add(pace.between)
                .saturating_sub(now.saturating_add(window))
        } else {
            0
        };
        Grant { count, wait }
    }

    /// Takes back what was granted and not used.
    pub const fn requeue(&mut self, pace: Rate, count: u64) {
        self.used_until = self
            .used_until
            .saturating_sub(count.saturating_mul(pace.between));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pace(count: u32) -> Rate {
        Rate::per_minute(NonZeroU32::new(count).unwrap())
    }

    #[test]
    fn after_the_run_up_one_starts_at_each_beat() {
        let (pace, mut granted) = (pace(120), Gcra::default());
        let start = 1_000 * MINUTE;
        assert_eq!(granted.take(pace, start, 10), Grant { count: 2, wait: 0 });
        let none = granted.take(pace, start, 10);
        assert_eq!((none.count, none.wait), (0, 500_000));
        assert_eq!(granted.take(pace, start + 499_999, 10).count, 0);
        assert_eq!(granted.take(pace, start + 500_000, 10).count, 1);
    }

    #[test]
    fn what_was_not_used_is_granted_again() {
        let (pace, mut granted) = (pace(600), Gcra::default());
        assert_eq!(granted.take(pace, MINUTE, 10).count, 10);
        granted.requeue(pace, 4);
        assert_eq!(granted.take(pace, MINUTE, 10).count, 4);
    }

    #[test]
    fn a_clock_that_was_set_back_costs_no_more_than_the_run_up() {
        let (pace, mut granted) = (pace(60), Gcra::default());
        granted.take(pace, 1_000 * MINUTE, 1);
        assert_eq!(granted.take(pace, MINUTE, 1).wait, pace.between);
        assert_eq!(granted.take(pace, MINUTE + pace.between, 1).count, 1);
    }

    proptest! {
        #[test]
        fn no_minute_has_more_than_its_pace_and_a_run_up(
            count in 1_u32..5_000,
            asked in proptest::collection::vec((0_u64..3_000_000, 1_u64..200), 1..200),
        ) {
            let (pace, mut granted) = (pace(count), Gcra::default());
            let mut now = 100 * MINUTE;
            let mut starts: Vec<(u64, u64)> = Vec::new();
            for (later, wanted) in asked {
                now += later;
                let grant = granted.take(pace, now, wanted);
                prop_assert!(grant.count > 0 || grant.wait > 0);
                starts.push((now, grant.count));
                let within: u64 = starts
                    .iter()
                    .filter(|(at, _)| *at + MINUTE > now)
                    .map(|(_, count)| count)
                    .sum();
                prop_assert!(within <= MINUTE / pace.between + pace.at_once + 1);
            }
        }

        #[test]
        fn whoever_waits_as_told_is_granted_one(count in 1_u32..5_000, before in 1_u64..500) {
            let (pace, mut granted) = (pace(count), Gcra::default());
            let now = 100 * MINUTE;
            granted.take(pace, now, before);
            let grant = granted.take(pace, now, 1);
            if grant.count == 0 {
                prop_assert_eq!(granted.take(pace, now + grant.wait, 1).count, 1);
            }
        }
    }
}
