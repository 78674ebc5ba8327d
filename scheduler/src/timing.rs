//! The timing of a schedule: an interval in seconds, or a cron expression, always in UTC. Pure.

use chrono::{DateTime, Utc};
use std::{fmt, num::NonZeroI64, str::FromStr, time::Duration};

/// The timing of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timing {
    /// At every multiple of this many seconds since 1970: all schedulers compute the same instants
    /// without coordination, also where the number does not divide a minute.
    Every(NonZeroI64),
    /// As [`Self::Every`], and at each full minute.
    EveryAndMinutes(NonZeroI64),
    /// A cron expression with seconds.
    Cron(Box<cron::Schedule>),
}

/// An invalid timing.
#[derive(Debug, thiserror::Error)]
pub enum TimingError {
    /// Not a cron expression.
    #[error(
        "must be a cron expression of six or seven fields (second, minute, hour, day, month, \
         weekday, year), such as `0 */5 * * * *`; it is `{0}`"
    )]
    Malformed(String),
}

impl Timing {
    /// Every `interval`, in whole seconds and at least one.
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Self::Every(whole_seconds(interval))
    }

    /// Every `interval`, and at each full minute.
    #[must_use]
    pub fn every_and_on_the_minute(interval: Duration) -> Self {
        Self::EveryAndMinutes(whole_seconds(interval))
    }

    /// The first instant after `instant`; `None` when there is none.
    #[must_use]
    pub fn after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Every(seconds) => next_multiple(instant, seconds.get()),
            Self::EveryAndMinutes(seconds) => {
                let minute = next_multiple(instant, 60)?;
                Some(next_multiple(instant, seconds.get()).map_or(minute, |next| next.min(minute)))
            }
            Self::Cron(schedule) => schedule.after(&instant).next(),
        }
    }
}

fn whole_seconds(interval: Duration) -> NonZeroI64 {
    let seconds = i64::try_from(interval.as_secs()).unwrap_or(i64::MAX);
    NonZeroI64::new(seconds).unwrap_or(NonZeroI64::MIN.saturating_abs())
}

fn next_multiple(instant: DateTime<Utc>, seconds: i64) -> Option<DateTime<Utc>> {
    let turns = instant.timestamp().div_euclid(seconds).checked_add(1)?;
    DateTime::from_timestamp(turns.checked_mul(seconds)?, 0)
}

const AND_MINUTES: &str = " and on the minute";

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(seconds) => write!(f, "every {seconds} s"),
            Self::EveryAndMinutes(seconds) => write!(f, "every {seconds} s{AND_MINUTES}"),
            Self::Cron(schedule) => f.write_str(schedule.source()),
        }
    }
}

impl FromStr for Timing {
    type Err = TimingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (plain, on_the_minute) = match text.strip_suffix(AND_MINUTES) {
            Some(plain) => (plain, true),
            None => (text, false),
        };
        let interval = plain
            .strip_prefix("every ")
            .and_then(|rest| rest.strip_suffix(" s"));
        let timing = match interval {
            Some(seconds) => seconds.parse().ok().map(|seconds| {
                if on_the_minute {
                    Self::EveryAndMinutes(seconds)
                } else {
                    Self::Every(seconds)
                }
            }),
            None => text
                .parse()
                .ok()
                .map(|schedule| Self::Cron(Box::new(schedule))),
        };
        timing.ok_or_else(|| TimingError::Malformed(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
