//! One clock of a ticket: when a warning and a breach are due, and what of it is on record.
//!
//! A warning is due at `warn_at`, a breach as soon as `due_at` is past. Each is put on record once,
//! with the instant at which it was due; so how often and when sweeps run changes neither what is
//! found nor its instants. To keep this, every change of a clock first records what was due.
//! Nothing on record is ever taken back. Pure.

use super::{Metric, Overdue, OverdueKind, working_time};
use chrono::{DateTime, TimeDelta, Utc};

/// A clock: one row of `sla_clocks`. Instants are in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SlaClock {
    /// What it measures.
    pub metric: Metric,
    /// How many clocks of this metric the ticket has had, this one included.
    pub cycle: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The time that may be used, in working minutes.
    pub target_minutes: i32,
    /// The share of it after which a warning is given, in percent.
    pub at_risk_percent: i16,
    /// Since when it stands still, if it does.
    pub paused_at: Option<DateTime<Utc>>,
    /// The working time of the pauses that are over.
    pub paused_micros: i64,
    /// When the warning is due; of a clock that stands still, as of when it was paused.
    pub warn_at: DateTime<Utc>,
    /// The last instant that is in time; of a clock that stands still, as of when it was paused.
    pub due_at: DateTime<Utc>,
    /// When what it measures happened.
    pub stopped_at: Option<DateTime<Utc>>,
    /// When the warning on record was due: `warn_at` as it stood then.
    pub warned_at: Option<DateTime<Utc>>,
    /// When the breach on record was due: `due_at` as it stood then. A clock that has stopped was
    /// met exactly when there is none.
    pub breached_at: Option<DateTime<Utc>>,
}

impl SlaClock {
    /// A clock that begins to run.
    #[must_use]
    pub fn start(
        metric: Metric,
        cycle: i32,
        at: DateTime<Utc>,
        target_minutes: i32,
        at_risk_percent: i16,
    ) -> Self {
        let mut clock = Self {
            metric,
            cycle,
            started_at: at,
            target_minutes,
            at_risk_percent,
            paused_at: None,
            paused_micros: 0,
            warn_at: at,
            due_at: at,
            stopped_at: None,
            warned_at: None,
            breached_at: None,
        };
        clock.set_deadlines();
        clock
    }

    /// Lets it stand still. Nothing to do when it does already, or has stopped.
    #[must_use = "what comes on record has to be told"]
    pub fn pause(&mut self, at: DateTime<Utc>) -> Vec<Overdue> {
        let overdue = self.sweep(at);
        if self.is_running() {
            self.paused_at = Some(at);
        }
        overdue
    }

    /// Lets it run on, its deadlines later by the working time of the pause. Nothing can have
    /// come due meanwhile.
    pub fn resume(&mut self, at: DateTime<Utc>) {
        if self.stopped_at.is_some() {
            return;
        }
        if let Some(paused_at) = self.paused_at.take() {
            let pause = working_time::between(paused_at, at);
            let micros = pause.num_microseconds().unwrap_or(i64::MAX);
            self.paused_micros = self.paused_micros.saturating_add(micros);
            self.set_deadlines();
        }
    }

    /// Gives it another target, counted from its start and its pauses. What has come due by the
    /// old target stays, what is overdue by the new one comes on record at once. A clock that has
    /// stopped is left alone: past events are not rewritten.
    #[must_use = "what comes on record has to be told"]
    pub fn retarget(
        &mut self,
        at: DateTime<Utc>,
        target_minutes: i32,
        at_risk_percent: i16,
    ) -> Vec<Overdue> {
        if self.stopped_at.is_some() {
            return Vec::new();
        }
        // A clock that stands still is judged by how far it had come.
        let reached = self.paused_at.unwrap_or(at);
        let mut overdue = self.record(reached);
        self.target_minutes = target_minutes;
        self.at_risk_percent = at_risk_percent;
        self.set_deadlines();
        overdue.extend(self.record(reached));
        overdue
    }

    /// Stops it: what it measures has happened. What was due and is not on record yet comes on
    /// record late. Stopping it again changes nothing.
    #[must_use = "what comes on record has to be told"]
    pub fn stop(&mut self, at: DateTime<Utc>) -> Vec<Overdue> {
        if self.stopped_at.is_some() {
            return Vec::new();
        }
        self.resume(at);
        let mut overdue = self.sweep(at);
        for found in &mut overdue {
            found.late = true;
        }
        self.stopped_at = Some(at);
        overdue
    }

    /// Puts on record what is due and is not yet: a warning, a breach, or both, in this order.
    /// Finds something exactly when [`SlaClock::next_at`] is not after `now`.
    #[must_use = "what comes on record has to be told"]
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<Overdue> {
        if self.is_running() {
            self.record(now)
        } else {
            Vec::new()
        }
    }

    fn record(&mut self, now: DateTime<Utc>) -> Vec<Overdue> {
        let mut overdue = Vec::new();
        if self.warned_at.is_none() && now >= self.warn_at {
            self.warned_at = Some(self.warn_at);
            overdue.push(self.overdue(OverdueKind::Warning, self.warn_at));
        }
        if self.breached_at.is_none() && now > self.due_at {
            self.breached_at = Some(self.due_at);
            overdue.push(self.overdue(OverdueKind::Breach, self.due_at));
        }
        overdue
    }

    /// The first instant at which a sweep finds something; none when the clock has stopped,
    /// stands still, or has both on record. For a breach this is the microsecond after `due_at`,
    /// which itself is in time.
    #[must_use]
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        if !self.is_running() {
            return None;
        }
        let warning = self.warned_at.is_none().then_some(self.warn_at);
        let breach = self.breached_at.is_none().then(|| {
            let past = self.due_at.checked_add_signed(TimeDelta::microseconds(1));
            past.unwrap_or(self.due_at)
        });
        warning.into_iter().chain(breach).min()
    }

    /// Neither stopped nor standing still.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.stopped_at.is_none() && self.paused_at.is_none()
    }

    /// Whether the deadline has passed for good, on record or not: such a clock cannot be met.
    #[must_use]
    pub fn is_breached(&self, now: DateTime<Utc>) -> bool {
        self.breached_at.is_some() || (self.is_running() && now > self.due_at)
    }

    /// The working time used at `now`, pauses left out. It ends when the clock stops.
    #[must_use]
    pub fn elapsed(&self, now: DateTime<Utc>) -> TimeDelta {
        let end = self.stopped_at.unwrap_or(now);
        let all = working_time::between(self.started_at, end);
        (all - self.paused(end)).max(TimeDelta::zero())
    }

    /// The working time for which it stood still until `now`, the present pause included.
    #[must_use]
    pub fn paused(&self, now: DateTime<Utc>) -> TimeDelta {
        let over = TimeDelta::microseconds(self.paused_micros);
        let present = self.paused_at.map_or(TimeDelta::zero(), |paused_at| {
            working_time::between(paused_at, now)
        });
        over + present
    }

    /// The deadline; of a clock that stands still, as if it ran on from `now`.
    #[must_use]
    pub fn due_if_resumed(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        working_time::instant_after(self.started_at, self.target() + self.paused(now))
    }

    fn target(&self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.target_minutes))
    }

    /// Exact: a hundredth of a minute is 600 000 microseconds.
    fn warning(&self) -> TimeDelta {
        let hundredths = i64::from(self.target_minutes) * i64::from(self.at_risk_percent);
        TimeDelta::microseconds(hundredths * 600_000)
    }

    fn set_deadlines(&mut self) {
        let paused = TimeDelta::microseconds(self.paused_micros);
        self.warn_at = working_time::instant_after(self.started_at, self.warning() + paused);
        self.due_at = working_time::instant_after(self.started_at, self.target() + paused);
    }

    fn overdue(&self, kind: OverdueKind, at: DateTime<Utc>) -> Overdue {
        Overdue {
            metric: self.metric,
            cycle: self.cycle,
            kind,
            at,
            due_at: self.due_at,
            late: false,
        }
    }
}

#[cfg(test)]
mod tests;
