//! Where the time comes from. An action takes one instant and uses it throughout; SQL gets it as
//! a parameter. Coordination between processes (leases, ticks) uses the database's clock instead.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::sync::{Mutex, PoisonError};

/// A source of the present instant, in UTC and with microseconds, which is what PostgreSQL
/// keeps: what was written equals what is read.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        in_microseconds(Utc::now())
    }
}

/// A clock that stands still until it is moved: for tests, and for the demo, which lives through
/// weeks in seconds.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: DateTime<Utc>) -> Self {
        Self(Mutex::new(in_microseconds(start)))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }

    /// Sets the clock, to an earlier instant as well.
    pub fn set(&self, to: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = in_microseconds(to);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_microseconds(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(instant)
}
