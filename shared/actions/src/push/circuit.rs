//! The circuit of a push service: whether it may be called, and what an answer changes.
//!
//! All messages for a service wait as soon as it is down. A service that refuses is held when it has refused three
//! people in a row: with a wrong key it refuses all, and a person who registers addresses that are refused must not hold
//! the messages of others. For the same reason only the first refusal of a person counts, whatever the device, and a
//! probe that is refused holds a service only if three people were.

use super::store::circuits::{self, Circuit};
use chrono::{DateTime, TimeDelta, Utc};
use jobs::retry::Backoff;
use platform::context::Context;

/// People who were refused in a row after which a service is held.
const REFUSALS_TO_OPEN: i32 = 3;
/// The pauses of a service that is down.
const DOWN: Backoff = Backoff {
    first: TimeDelta::seconds(1),
    longest: TimeDelta::minutes(5),
};
/// The pauses of a service that refuses.
const REFUSING: Backoff = Backoff {
    first: TimeDelta::seconds(15),
    longest: TimeDelta::minutes(5),
};
/// The longest pause that a service can ask for.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// The time that a probe may take before another one begins: longer than a call.
const PROBE: TimeDelta = TimeDelta::seconds(20);

/// What a push service said to a message for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushAnswer {
    /// It accepted the message.
    Accepted,
    /// The device is gone for ever.
    Gone,
    /// It will never accept this message, for the message's own sake.
    Unfit(String),
    /// It refuses us, or asks us to slow down.
    Refused {
        /// What it said, in words of our own.
        because: String,
        /// The pause that it asked for.
        pause: Option<TimeDelta>,
    },
    /// It is down, or its answer is none that a push service gives.
    Down {
        /// What it said, in words of our own.
        because: String,
        /// The pause that it asked for.
        pause: Option<TimeDelta>,
    },
}

/// Whether a push service may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Usual,
    /// It may, to find out whether it works again. Until its answer nobody else calls it.
    Probe,
    /// Not before this instant.
    HeldUntil(DateTime<Utc>),
}

/// Whether a push service may be called now. A held one is called by one caller at a time once its pause is over.
///
/// # Errors
/// The database failed.
pub async fn admission(cx: &Context, origin: &str) -> sqlx::Result<Admission> {
    let now = cx.clock.now();
    let open_until = circuits::find(&cx.pool, origin).await?;
    let Some(until) = open_until.and_then(|circuit| circuit.open_until) else {
        return Ok(Admission::Usual);
    };
    if until > now {
        return Ok(Admission::HeldUntil(until));
    }
    let next = now + PROBE;
    Ok(
        if circuits::claim_probe(&cx.pool, origin, until, next).await? {
            Admission::Probe
        } else {
            Admission::HeldUntil(next)
        },
    )
}

/// The way in which a service failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceFailure {
    /// It is down.
    Down,
    /// It refuses a device of this person, for the first time since it accepted any message.
    Refuses,
    /// It refuses a device of this person again.
    RefusesAgain,
}

impl Circuit {
    /// The circuit after a failure. `chance`, in `0.0..1.0`, spreads the pause.
    pub(super) fn failed(
        self,
        (failure, admission): (ServiceFailure, Admission),
        now: DateTime<Utc>,
        asked: Option<TimeDelta>,
        chance: f64,
    ) -> Self {
        let asked = asked.map(|pause| now + bounded(pause));
        let is_held = self.open_until.is_some_and(|until| until > now);
        let is_probe = admission == Admission::Probe;
        if is_held && !is_probe {
            // Calls of before are still under way: they say nothing new.
            let asked = asked.filter(|_| failure == ServiceFailure::Down);
            return Self {
                open_until: self.open_until.max(asked),
                ..self
            };
        }
        match failure {
            ServiceFailure::Down => {
                let failures = self.failures.saturating_add(1);
                let own = now + DOWN.delay(failures, chance);
                Self {
                    failures,
                    open_until: Some(asked.map_or(own, |asked| asked.max(own))),
                    ..self
                }
            }
            ServiceFailure::Refuses => {
                self.refused(self.refused.saturating_add(1), now, asked, chance)
            }
            ServiceFailure::RefusesAgain if is_probe => {
                self.refused(self.refused, now, asked, chance)
            }
            ServiceFailure::RefusesAgain => self,
        }
    }

    /// The circuit after a refusal, which so many people had in a row. A service that refuses too few of them works.
    fn refused(
        self,
        refused: i32,
        now: DateTime<Utc>,
        asked: Option<DateTime<Utc>>,
        chance: f64,
    ) -> Self {
        if refused < REFUSALS_TO_OPEN {
            return Self {
                failures: refused,
                refused,
                open_until: None,
            };
        }
        let failures = self.failures.saturating_add(1).max(REFUSALS_TO_OPEN);
        let own = now + REFUSING.delay(failures - REFUSALS_TO_OPEN + 1, chance);
        Self {
            failures,
            refused,
            open_until: Some(asked.map_or(own, |asked| asked.max(own))),
        }
    }
}

/// A pause that a service asked for, within bounds: nobody parks us for a year.
pub(super) fn bounded(pause: TimeDelta) -> TimeDelta {
    pause.clamp(TimeDelta::zero(), LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn after(failures: &[(ServiceFailure, Admission)]) -> Circuit {
        let mut circuit = Circuit::default();
        for failure in failures {
            circuit = circuit.failed(*failure, NOW, None, 0.5);
        }
        circuit
    }

    fn seconds(circuit: Circuit) -> Option<i64> {
        Some((circuit.open_until? - NOW).num_seconds())
    }

    #[test]
    fn a_service_that_is_down_is_held_at_once_and_longer_after_each_probe() {
        let probe = (ServiceFailure::Down, Admission::Probe);
        let first = (ServiceFailure::Down, Admission::Usual);
        assert_eq!(seconds(after(&[first])), Some(1));
        assert_eq!(seconds(after(&[first, probe])), Some(2));
        let long = [vec![first], vec![probe; 9]].concat();
        assert_eq!(seconds(after(&long)), Some(300));
        // Those that were under way do not count.
        assert_eq!(after(&[first, first, first]).failures, 1);
    }

    #[test]
    fn a_service_that_refuses_is_held_after_three_people_and_one_person_never_holds_it() {
        let one = (ServiceFailure::Refuses, Admission::Usual);
        let again = (ServiceFailure::RefusesAgain, Admission::Usual);
        assert_eq!(seconds(after(&[one, one])), None);
        assert_eq!(seconds(after(&[one, one, one])), Some(15));
        let alone = [vec![one], vec![again; 20]].concat();
        assert_eq!(seconds(after(&alone)), None);
        let probe = (ServiceFailure::RefusesAgain, Admission::Probe);
        assert_eq!(seconds(after(&[one, one, one, probe])), Some(30));
        // A service that was down answers again, if with a refusal.
        let down = (ServiceFailure::Down, Admission::Usual);
        let first = (ServiceFailure::Refuses, Admission::Probe);
        assert_eq!(seconds(after(&[down, first])), None);
        assert_eq!(seconds(after(&[down, first, probe, probe])), None);
    }

    #[test]
    fn a_pause_that_a_service_asks_for_is_kept_for_an_hour_at_most() {
        let asked = |seconds| {
            let failure = (ServiceFailure::Down, Admission::Usual);
            let pause = Some(TimeDelta::seconds(seconds));
            Circuit::default()
                .failed(failure, NOW, pause, 0.5)
                .open_until
                .unwrap()
                - NOW
        };
        assert_eq!(asked(120), TimeDelta::seconds(120));
        assert_eq!(asked(31_536_000), TimeDelta::hours(1));
        assert_eq!(asked(0), TimeDelta::seconds(1));
    }
}
