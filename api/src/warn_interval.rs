//! Warnings that are logged at most once a minute, however often their reason occurs. Pure.

use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_mins(1);

/// The time of the last warning of one kind.
#[derive(Debug, Default)]
pub(crate) struct WarnInterval(Option<Instant>);

impl WarnInterval {
    /// Whether a warning is due at `now`. If it is, it counts as logged.
    pub fn is_due(&mut self, now: Instant) -> bool {
        let due = self
            .0
            .is_none_or(|last| now.saturating_duration_since(last) >= INTERVAL);
        if due {
            self.0 = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_that_recurs_is_logged_once_a_minute() {
        let (mut warning, now) = (WarnInterval::default(), Instant::now());
        assert!(warning.is_due(now));
        assert!(!warning.is_due(now + INTERVAL / 2));
        assert!(warning.is_due(now + INTERVAL));
    }
}
