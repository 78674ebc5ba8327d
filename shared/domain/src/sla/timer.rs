//! One clock of a ticket: when warnings and a breach are due, and what of it is on record.
//!
//! A warning is due at its instant, a breach as soon as `due_at` is past. Each is put on record once,
//! with the instant at which it was due; so how often and when sweeps run changes neither what is
//! found nor its instants. To keep this, every change of a clock first records what was due.
//! Nothing on record is ever taken back. Pure.
//!
//! A pause counts if it begins by the deadline. One that begins later is none: the deadline stays,
//! and the clock runs on.
//!
//! A clock that has not stopped runs by the calendar of the ticket's policy, which is passed in. One
//! that has stopped keeps what it used, so that no later calendar rewrites it.

use crate::sla::{Calendar, Metric, SlaFinding, SlaFindingKind, SlaTarget, working_time};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A clock: one row of `sla_clocks`. Instants are in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlaClock {
    /// What it measures.
    pub metric: Metric,
    /// How many clocks of this metric the ticket has had, this one included.
    pub cycle: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The time that may be used, in working minutes.
    pub target_minutes: i32,
    /// The share of it after which the first warning is given, in percent.
    pub at_risk_percent: i16,
    /// The warnings after the first, in order.
    pub further_warnings: Vec<FurtherWarning>,
    /// Since when it stands still, if it does.
    pub paused_at: Option<DateTime<Utc>>,
    /// The working time of the pauses that are over.
    pub paused_micros: i64,
    /// The pauses that are over, to be measured again by another calendar. Empty for a clock that
    /// was paused by a release without calendars: that time stays as it was measured.
    pub pauses: Vec<Pause>,
    /// When the first warning is due; of a clock that stands still, as of when it was paused.
    pub warn_at: DateTime<Utc>,
    /// The last instant that is in time; of a clock that stands still, as of when it was paused.
    pub due_at: DateTime<Utc>,
    /// When what it measures happened.
    pub stopped_at: Option<DateTime<Utc>>,
    /// The working time that was used when it stopped. None for one that was stopped by a release
    /// without calendars, by which all time counted.
    pub used_micros: Option<i64>,
    /// When the first warning on record was due: `warn_at` as it stood then.
    pub warned_at: Option<DateTime<Utc>>,
    /// How many of the further warnings are on record.
    pub further_warned: i32,
    /// When the breach on record was due: `due_at` as it stood then. A clock that has stopped was
    /// met exactly when there is none.
    pub breached_at: Option<DateTime<Utc>>,
}

/// A warning after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherWarning {
    /// The share of the target after which it is given.
    pub percent: i16,
    /// When it is due, as [`SlaClock::warn_at`].
    pub warn_at: DateTime<Utc>,
}

/// A time for which a clock stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
}

impl SlaClock {
    /// A clock that begins to run.
    #[must_use]
    pub fn start(metric: Metric, cycle: i32, terms: &SlaTarget<'_>, at: DateTime<Utc>) -> Self {
        let mut clock = Self {
            metric,
            cycle,
            started_at: at,
            target_minutes: terms.target_minutes,
            at_risk_percent: terms.at_risk.first(),
            further_warnings: Vec::new(),
            paused_at: None,
            paused_micros: 0,
            pauses: Vec::new(),
            warn_at: at,
            due_at: at,
            stopped_at: None,
            used_micros: None,
            warned_at: None,
            further_warned: 0,
            breached_at: None,
        };
        clock.take_terms(terms);
        clock
    }

    /// Lets it stand still. Nothing to do when it does already, has stopped, or is past its deadline.
    #[must_use = "what comes on record has to be told"]
    pub fn pause(&mut self, at: DateTime<Utc>) -> Vec<SlaFinding> {
        let finding = self.sweep(at);
        if self.is_running() && at <= self.due_at {
            self.paused_at = Some(at);
        }
        finding
    }

    /// Lets it run on, its deadlines later by the working time of the pause. Nothing can have
    /// come due meanwhile.
    pub fn resume(&mut self, calendar: Option<&Calendar>, at: DateTime<Utc>) {
        if self.stopped_at.is_some() {
            return;
        }
        if let Some(from) = self.end_pause(at)
            && from <= self.due_at
        {
            let micros = micros(working_time::between(calendar, from, at));
            self.paused_micros = self.paused_micros.saturating_add(micros);
            self.set_deadlines(calendar);
        }
    }

    /// Keeps the present pause among those that are over, whether it counts or not: another target
    /// may reach it. Gives its beginning.
    fn end_pause(&mut self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let from = self.paused_at.take()?;
        if self.paused_micros == 0 || !self.pauses.is_empty() {
            self.pauses.push(Pause { from, to: at });
        }
        Some(from)
    }

    /// Gives it other terms, counted from its start and the pauses that begin by the new deadline.
    /// What has come due by the old ones stays, what is overdue by the new ones comes on record at once. A clock that has
    /// stopped is left alone: past events are not rewritten.
    #[must_use = "what comes on record has to be told"]
    pub fn retarget(&mut self, terms: &SlaTarget<'_>, at: DateTime<Utc>) -> Vec<SlaFinding> {
        if self.stopped_at.is_some() {
            return Vec::new();
        }
        // A clock that stands still is judged by how far it had come.
        let reached = self.paused_at.unwrap_or(at);
        let mut finding = self.record(reached);
        if !self.pauses.is_empty() {
            let time = TimeDelta::minutes(i64::from(terms.target_minutes));
            self.paused_micros = self.paused_by_then(terms.calendar, time);
        }
        self.take_terms(terms);
        finding.extend(self.record(reached));
        if self.paused_at.is_some_and(|from| from > self.due_at) {
            self.end_pause(at);
        }
        finding
    }

    /// The working time of the pauses that begin by the deadline of such a target, each of which
    /// moves it for those after it.
    fn paused_by_then(&self, calendar: Option<&Calendar>, target: TimeDelta) -> i64 {
        let instant = |time| working_time::instant_after(calendar, self.started_at, time);
        let (mut due_at, mut paused) = (instant(target), 0_i64);
        for pause in &self.pauses {
            if pause.from > due_at {
                break;
            }
            paused = paused.saturating_add(micros(working_time::between(
                calendar, pause.from, pause.to,
            )));
            due_at = instant(target + TimeDelta::microseconds(paused));
        }
        paused
    }

    /// Stops it: what it measures has happened. What was due and is not on record yet comes on
    /// record late. Stopping it again changes nothing.
    #[must_use = "what comes on record has to be told"]
    pub fn stop(&mut self, calendar: Option<&Calendar>, at: DateTime<Utc>) -> Vec<SlaFinding> {
        if self.stopped_at.is_some() {
            return Vec::new();
        }
        self.resume(calendar, at);
        let mut finding = self.sweep(at);
        for found in &mut finding {
            found.late = true;
        }
        self.used_micros = Some(micros(self.elapsed(calendar, at)));
        self.stopped_at = Some(at);
        finding
    }

    /// Puts on record what is due and is not yet: warnings, a breach, or both, in this order.
    /// Finds something exactly when [`SlaClock::next_at`] is not after `now`.
    #[must_use = "what comes on record has to be told"]
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        if self.is_running() {
            self.record(now)
        } else {
            Vec::new()
        }
    }

    fn record(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        let mut finding = Vec::new();
        while let Some((percent, due)) = self.next_warning().filter(|(_, due)| now >= *due) {
            if self.warned_at.is_none() {
                self.warned_at = Some(due);
            } else {
                self.further_warned = self.further_warned.saturating_add(1);
            }
            finding.push(self.finding(SlaFindingKind::Warning { percent }, due));
        }
        if self.breached_at.is_none() && now > self.due_at {
            self.breached_at = Some(self.due_at);
            finding.push(self.finding(SlaFindingKind::Breach, self.due_at));
        }
        finding
    }

    /// The first warning that is not on record: after which share, and when it is due.
    fn next_warning(&self) -> Option<(i16, DateTime<Utc>)> {
        if self.warned_at.is_none() {
            return Some((self.at_risk_percent, self.warn_at));
        }
        let next = usize::try_from(self.further_warned).ok()?;
        let warning = self.further_warnings.get(next)?;
        Some((warning.percent, warning.warn_at))
    }

    /// The first instant at which a sweep finds something; none when the clock has stopped,
    /// stands still, or has everything on record. For a breach this is the microsecond after
    /// `due_at`, which itself is in time.
    #[must_use]
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        if !self.is_running() {
            return None;
        }
        let warning = self.next_warning().map(|(_, due)| due);
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
    pub fn elapsed(&self, calendar: Option<&Calendar>, now: DateTime<Utc>) -> TimeDelta {
        if let Some(used) = self.used_micros {
            return TimeDelta::microseconds(used);
        }
        let (calendar, end) = match self.stopped_at {
            Some(stopped_at) => (None, stopped_at),
            None => (calendar, now),
        };
        let all = working_time::between(calendar, self.started_at, end);
        (all - self.paused(calendar, end)).max(TimeDelta::zero())
    }

    /// The working time for which it stood still until `now`, the present pause included.
    #[must_use]
    pub fn paused(&self, calendar: Option<&Calendar>, now: DateTime<Utc>) -> TimeDelta {
        let over = TimeDelta::microseconds(self.paused_micros);
        let counts = self.paused_at.filter(|from| *from <= self.due_at);
        let present = counts.map_or(TimeDelta::zero(), |paused_at| {
            working_time::between(calendar, paused_at, now)
        });
        over + present
    }

    /// The deadline; of a clock that stands still, as if it ran on from `now`.
    #[must_use]
    pub fn due_if_resumed(&self, calendar: Option<&Calendar>, now: DateTime<Utc>) -> DateTime<Utc> {
        // Only a release before this one lets a clock stand still that is past its deadline.
        if self.paused_at.is_none_or(|from| from > self.due_at) {
            return self.due_at;
        }
        let time = self.threshold(100) + self.paused(calendar, now);
        working_time::instant_after(calendar, self.started_at, time)
    }

    /// A share of the target. Exact: a hundredth of a minute is 600 000 microseconds.
    fn threshold(&self, percent: i16) -> TimeDelta {
        let hundredths = i64::from(self.target_minutes) * i64::from(percent);
        TimeDelta::microseconds(hundredths * 600_000)
    }

    fn take_terms(&mut self, terms: &SlaTarget<'_>) {
        self.target_minutes = terms.target_minutes;
        self.at_risk_percent = terms.at_risk.first();
        let warn_at = self.warn_at;
        let further = terms.at_risk.further().iter();
        self.further_warnings = further
            .map(|&percent| FurtherWarning { percent, warn_at })
            .collect();
        self.set_deadlines(terms.calendar);
    }

    fn set_deadlines(&mut self, calendar: Option<&Calendar>) {
        let paused = TimeDelta::microseconds(self.paused_micros);
        let started_at = self.started_at;
        let instant = |time| working_time::instant_after(calendar, started_at, time + paused);
        let further: Vec<_> = self
            .further_warnings
            .iter()
            .map(|warning| FurtherWarning {
                warn_at: instant(self.threshold(warning.percent)),
                ..*warning
            })
            .collect();
        self.warn_at = instant(self.threshold(self.at_risk_percent));
        self.due_at = instant(self.threshold(100));
        self.further_warnings = further;
    }

    fn finding(&self, kind: SlaFindingKind, at: DateTime<Utc>) -> SlaFinding {
        SlaFinding {
            metric: self.metric,
            cycle: self.cycle,
            kind,
            at,
            due_at: self.due_at,
            late: false,
        }
    }
}

/// Working times are far below what does not fit: 300 000 years.
fn micros(time: TimeDelta) -> i64 {
    time.num_microseconds().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
