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
mod tests;
