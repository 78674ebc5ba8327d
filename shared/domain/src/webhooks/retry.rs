//! When a delivery that failed is tried again. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// The delays after the first failure, the second and so on: somewhat less than a day in all.
const DELAYS: [TimeDelta; 6] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
];
/// The longest pause that a receiver can ask for (`Retry-After`): it must not park a delivery for a year.
const LONGEST_ASKED: TimeDelta = TimeDelta::hours(1);

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, not before this instant.
    At(DateTime<Utc>),
    /// Nothing: the attempts are used up.
    Exhausted,
}

/// What follows the `failures`-th failure (from 1) at `now`. `asked` is the pause that the receiver asked for: it counts
/// up to an hour, or twice the usual delay if that is more. `chance`, in `0.0..1.0`, adds up to a tenth, so that
/// deliveries that failed together do not come back together.
#[must_use]
pub fn next(failures: i32, now: DateTime<Utc>, asked: Option<TimeDelta>, chance: f64) -> Next {
    let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(0);
    let Some(usual) = DELAYS.get(index).copied() else {
        return Next::Exhausted;
    };
    let asked = asked.map(|asked| asked.min(LONGEST_ASKED.max(usual * 2)));
    let delay = asked.map_or(usual, |asked| asked.max(usual));
    Next::At(now + stretched(delay, chance))
}

/// A delay that is up to a tenth longer.
pub(super) fn stretched(delay: TimeDelta, chance: f64) -> TimeDelta {
    let seconds = delay.as_seconds_f64() * (1.0 + 0.1 * chance.clamp(0.0, 1.0));
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|delay| TimeDelta::from_std(delay).ok())
        .unwrap_or(delay)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay(failures: i32, asked: Option<i64>) -> Option<i64> {
        let now = DateTime::UNIX_EPOCH;
        match next(failures, now, asked.map(TimeDelta::seconds), 0.0) {
            Next::At(at) => Some((at - now).num_seconds()),
            Next::Exhausted => None,
        }
    }

    #[test]
    fn seven_attempts_are_made_within_a_day() {
        let delays: Vec<_> = (1..=7).map(|failures| delay(failures, None)).collect();
        let expected = [5, 300, 1_800, 7_200, 18_000, 36_000].map(Some);
        assert_eq!(delays[..6], expected);
        assert_eq!(delays[6], None);
        assert!(expected.iter().flatten().sum::<i64>() < 24 * 3_600);
    }

    #[test]
    fn a_pause_that_the_receiver_asks_for_counts_within_bounds() {
        assert_eq!(delay(1, Some(60)), Some(60));
        assert_eq!(delay(2, Some(60)), Some(300), "never earlier than usual");
        assert_eq!(delay(1, Some(31_536_000)), Some(3_600));
        assert_eq!(delay(6, Some(31_536_000)), Some(72_000));
        assert_eq!(delay(1, Some(-5)), Some(5));
        assert_eq!(delay(7, Some(60)), None, "it gives no further attempt");
    }

    #[test]
    fn chance_adds_less_than_a_tenth() {
        let hour = TimeDelta::hours(1);
        assert_eq!(stretched(hour, 0.0), hour);
        let mut before = hour;
        for chance in [0.1, 0.5, 0.9, 0.999_9] {
            let longer = stretched(hour, chance);
            assert!(longer > before && longer < hour + TimeDelta::minutes(6));
            before = longer;
        }
    }
}
