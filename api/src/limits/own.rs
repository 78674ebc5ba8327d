//! The calls that a process counts on its own while Redis is unavailable. The calls of the present minute
//! count in full; those of the minute before count by the share of it that lies within the last 60 seconds.
//! Pure.

use super::counter::{Standing, WINDOW};
use crate::bounded::Bounded;
use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// The most callers that are counted.
const CALLERS: usize = 20_000;

/// The counts of one process.
pub(super) struct OwnCounts(Mutex<Bounded<Calls>>);

/// The calls of one caller.
#[derive(Debug, Clone, Copy, Default)]
struct Calls {
    /// The beginning of the present minute.
    since: Option<Instant>,
    present: u32,
    before: u32,
}

impl Default for OwnCounts {
    fn default() -> Self {
        Self(Mutex::new(Bounded::of(CALLERS)))
    }
}

impl OwnCounts {
    /// Counts a call of the caller `name`.
    pub fn take(&self, name: &str, limit: u32, now: Instant) -> Standing {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.renewed(name, now, 2 * WINDOW).take(limit, now)
    }
}

impl Calls {
    fn take(&mut self, limit: u32, now: Instant) -> Standing {
        let since = self.advance(now);
        let passed = now.saturating_duration_since(since);
        let left = WINDOW.saturating_sub(passed);
        // The unit is calls times milliseconds, so that nothing is rounded.
        let one = WINDOW.as_millis();
        let used = u128::from(self.present) * one + u128::from(self.before) * left.as_millis();
        let room = (u128::from(limit) * one).checked_sub(used + one);
        if room.is_some() {
            self.present = self.present.saturating_add(1);
        }
        Standing {
            allowed: room.is_some(),
            limit,
            remaining: u32::try_from(room.unwrap_or(0) / one).unwrap_or(limit),
            reset: left,
        }
    }

    /// Moves on to the minute of `now`, and returns its beginning.
    fn advance(&mut self, now: Instant) -> Instant {
        let since = *self.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed < WINDOW {
            return since;
        }
        let begins = if passed < 2 * WINDOW {
            self.before = self.present;
            since + WINDOW
        } else {
            self.before = 0;
            now
        };
        self.present = 0;
        self.since = Some(begins);
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_limit_is_kept_and_calls_leave_it_within_two_minutes() {
        let (own, now) = (OwnCounts::default(), Instant::now());
        let take = |second: u64| own.take("ann", 5, now + Duration::from_secs(second));
        for remaining in [4, 3, 2, 1, 0] {
            let standing = take(0);
            assert!(standing.allowed);
            assert_eq!(standing.remaining, remaining);
        }
        let over = take(30);
        assert!(!over.allowed);
        assert_eq!((over.remaining, over.reset), (0, Duration::from_secs(30)));
        // Half of the minute before still counts.
        let allowed = [90; 5].map(|second| take(second).allowed);
        assert_eq!(allowed, [true, true, false, false, false]);
        assert!(take(180).allowed);
        assert!(own.take("zoe", 5, now).allowed, "another caller");
    }

    #[test]
    fn calls_after_a_long_time_begin_anew() {
        let (own, now) = (OwnCounts::default(), Instant::now());
        assert!(own.take("ann", 1, now).allowed);
        assert!(!own.take("ann", 1, now).allowed);
        assert!(own.take("ann", 1, now + 3 * WINDOW).allowed);
    }
}
