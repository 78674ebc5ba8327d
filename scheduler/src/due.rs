//! Whether a schedule is due, and its next instant. Any number of missed instants collapse into one
//! tick: a sweep finds by state what it missed. Pure.

use crate::timing::Timing;
use chrono::{DateTime, Utc};

/// The instant that fires now, and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// The first instant that has not fired yet.
    pub due_at: DateTime<Utc>,
    /// The first instant after now; `None` when there is none.
    pub next_run: Option<DateTime<Utc>>,
}

/// The tick of a schedule whose next instant is `next_run`; `None` before that instant.
#[must_use]
pub fn due(timing: &Timing, next_run: DateTime<Utc>, now: DateTime<Utc>) -> Option<Tick> {
    (next_run <= now).then(|| Tick {
        due_at: next_run,
        next_run: timing.after(now),
    })
}

#[cfg(test)]
mod tests;
