//! One clock of a ticket: when its warnings and its breach are due, and which of them are recorded.
//!
//! A warning is due at its instant, a breach as soon as `due_at` is past. Each is recorded once, dated with
//! the instant at which it was due. So the times of the sweeps change neither the findings nor their dates:
//! every change of a clock first records what was due before it. No record is ever taken back. Pure.
//!
//! A pause counts if it begins by the deadline. A later pause has no effect: the deadline stays, and the
//! clock runs on.
//!
//! A clock that has not stopped follows the calendar of the ticket's policy, which is a parameter. A
//! stopped clock keeps its used time, so that a later calendar does not change it.

use crate::sla::{Calendar, Metric, SlaFinding, SlaFindingKind, SlaTarget, working_time};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A clock: one row of `sla_clocks`. Instants have microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaClock {
    /// The metric that it measures.
    pub metric: Metric,
    /// The cycle, from 1: the number of clocks of this metric up to this one.
    pub cycle: i32,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// The target, in working minutes.
    pub target_minutes: i32,
    /// The first warning threshold, in percent of the target.
    pub at_risk_percent: i16,
    /// The further warning thresholds, ascending.
    pub further_warnings: Vec<FurtherWarning>,
    /// Since when it is paused, if it is.
    pub paused_at: Option<DateTime<Utc>>,
    /// The working time of the ended pauses that count, in microseconds.
    pub paused_micros: i64,
    /// The ended pauses, to be measured again by another calendar. Empty for a clock that an earlier release
    /// without calendars paused: that time stays as it was measured.
    pub pauses: Vec<Pause>,
    /// When the first warning is due; for a paused clock, as of the beginning of the pause.
    pub warn_at: DateTime<Utc>,
    /// The deadline, the last instant in time; for a paused clock, as of the beginning of the pause.
    pub due_at: DateTime<Utc>,
    /// When it stopped.
    pub stopped_at: Option<DateTime<Utc>>,
    /// The working time used when it stopped, in microseconds. `None` for a clock that an earlier release
    /// without calendars stopped: then all time counted.
    pub used_micros: Option<i64>,
    /// When the first recorded warning was due: the value of `warn_at` at that time.
    pub warned_at: Option<DateTime<Utc>>,
    /// How many of the further warnings are recorded.
    pub further_warned: i32,
    /// When the recorded breach was due: the value of `due_at` at that time. A stopped clock was met exactly
    /// if it has none.
    pub breached_at: Option<DateTime<Utc>>,
}

/// A warning after the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherWarning {
    /// The threshold, in percent of the target.
    pub percent: i16,
    /// When it is due; see [`SlaClock::warn_at`].
    pub warn_at: DateTime<Utc>,
}

/// A time for which a clock was paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// Its end.
    pub to: DateTime<Utc>,
}

impl SlaClock {
    /// A clock that starts at `at`. `cycle` counts from 1.
    #[must_use]
    pub fn start(metric: Metric, cycle: i32, target: &SlaTarget<'_>, at: DateTime<Utc>) -> Self {
        let mut clock = Self {
            metric,
            cycle,
            started_at: at,
            target_minutes: target.target_minutes,
            at_risk_percent: target.at_risk.first(),
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
        clock.set_target(target);
        clock
    }

    /// Pauses it. No effect on a clock that is paused, stopped or past its deadline.
    #[must_use = "findings belong in the history"]
    pub fn pause(&mut self, at: DateTime<Utc>) -> Vec<SlaFinding> {
        let findings = self.sweep(at);
        if self.is_running() && at <= self.due_at {
            self.paused_at = Some(at);
        }
        findings
    }

    /// Resumes it. The working time of the pause moves its warnings and its deadline; none of them can have
    /// come due in the pause.
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

    /// Ends the present pause and stores it, even if it does not count: under another target it may.
    /// Returns its beginning.
    fn end_pause(&mut self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let from = self.paused_at.take()?;
        if self.paused_micros == 0 || !self.pauses.is_empty() {
            self.pauses.push(Pause { from, to: at });
        }
        Some(from)
    }

    /// Sets another target, which counts from the clock's start, with the pauses that begin by the new
    /// deadline. Findings under the old target stay; what is overdue under the new one is recorded at once.
    /// A stopped clock does not change: past events are not rewritten.
    #[must_use = "findings belong in the history"]
    pub fn retarget(&mut self, target: &SlaTarget<'_>, at: DateTime<Utc>) -> Vec<SlaFinding> {
        if self.stopped_at.is_some() {
            return Vec::new();
        }
        // A paused clock is judged at the beginning of its pause.
        let reached = self.paused_at.unwrap_or(at);
        let mut findings = self.record(reached);
        if !self.pauses.is_empty() {
            let time = TimeDelta::minutes(i64::from(target.target_minutes));
            self.paused_micros = self.paused_by_then(target.calendar, time);
        }
        self.set_target(target);
        findings.extend(self.record(reached));
        if self.paused_at.is_some_and(|from| from > self.due_at) {
            self.end_pause(at);
        }
        findings
    }

    /// The working time of the pauses that begin by the deadline of a target. Each pause moves the deadline
    /// for the pauses after it.
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

    /// Stops it. What was due and is not recorded yet is recorded as detected after the stop. A second stop changes nothing.
    #[must_use = "findings belong in the history"]
    pub fn stop(&mut self, calendar: Option<&Calendar>, at: DateTime<Utc>) -> Vec<SlaFinding> {
        if self.stopped_at.is_some() {
            return Vec::new();
        }
        self.resume(calendar, at);
        let mut findings = self.sweep(at);
        for found in &mut findings {
            found.detected_after_stop = true;
        }
        self.used_micros = Some(micros(self.elapsed(calendar, at)));
        self.stopped_at = Some(at);
        findings
    }

    /// Records the warnings and the breach that are due by `now`, and returns them in this order. It finds
    /// something exactly if [`SlaClock::next_at`] is not after `now`.
    #[must_use = "findings belong in the history"]
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        if self.is_running() {
            self.record(now)
        } else {
            Vec::new()
        }
    }

    fn record(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        let mut findings = Vec::new();
        while let Some((percent, due)) = self.next_warning().filter(|(_, due)| now >= *due) {
            if self.warned_at.is_none() {
                self.warned_at = Some(due);
            } else {
                self.further_warned = self.further_warned.saturating_add(1);
            }
            findings.push(self.finding(SlaFindingKind::Warning { percent }, due));
        }
        if self.breached_at.is_none() && now > self.due_at {
            self.breached_at = Some(self.due_at);
            findings.push(self.finding(SlaFindingKind::Breach, self.due_at));
        }
        findings
    }

    /// The first warning that is not recorded: its threshold in percent, and when it is due.
    fn next_warning(&self) -> Option<(i16, DateTime<Utc>)> {
        if self.warned_at.is_none() {
            return Some((self.at_risk_percent, self.warn_at));
        }
        let next = usize::try_from(self.further_warned).ok()?;
        let warning = self.further_warnings.get(next)?;
        Some((warning.percent, warning.warn_at))
    }

    /// The first instant at which a sweep finds something; `None` if the clock is stopped or paused, or all
    /// findings are recorded. For a breach it is the microsecond after `due_at`, which is still in time.
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

    /// Whether it is neither stopped nor paused.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.stopped_at.is_none() && self.paused_at.is_none()
    }

    /// Whether it is breached at `now`, recorded or not. A breached clock can no longer be met.
    #[must_use]
    pub fn is_breached(&self, now: DateTime<Utc>) -> bool {
        self.breached_at.is_some() || (self.is_running() && now > self.due_at)
    }

    /// The working time used at `now`, without pauses. It stays the same after the clock stops.
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

    /// The working time of its pauses until `now`, with the present pause.
    #[must_use]
    pub fn paused(&self, calendar: Option<&Calendar>, now: DateTime<Utc>) -> TimeDelta {
        let over = TimeDelta::microseconds(self.paused_micros);
        let counts = self.paused_at.filter(|from| *from <= self.due_at);
        let present = counts.map_or(TimeDelta::zero(), |paused_at| {
            working_time::between(calendar, paused_at, now)
        });
        over + present
    }

    /// The deadline; for a paused clock, the deadline if it resumed at `now`.
    #[must_use]
    pub fn due_if_resumed(&self, calendar: Option<&Calendar>, now: DateTime<Utc>) -> DateTime<Utc> {
        // Only earlier releases paused clocks that were past their deadline.
        if self.paused_at.is_none_or(|from| from > self.due_at) {
            return self.due_at;
        }
        let time = self.threshold(100) + self.paused(calendar, now);
        working_time::instant_after(calendar, self.started_at, time)
    }

    /// A share of the target, in percent. Exact: a hundredth of a minute is 600 000 microseconds.
    fn threshold(&self, percent: i16) -> TimeDelta {
        let hundredths = i64::from(self.target_minutes) * i64::from(percent);
        TimeDelta::microseconds(hundredths * 600_000)
    }

    fn set_target(&mut self, target: &SlaTarget<'_>) {
        self.target_minutes = target.target_minutes;
        self.at_risk_percent = target.at_risk.first();
        let warn_at = self.warn_at;
        let further = target.at_risk.further().iter();
        self.further_warnings = further
            .map(|&percent| FurtherWarning { percent, warn_at })
            .collect();
        self.set_deadlines(target.calendar);
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
            detected_after_stop: false,
        }
    }
}

/// Microseconds of a working time. An `i64` holds 300 000 years of them, far more than any working time.
fn micros(time: TimeDelta) -> i64 {
    time.num_microseconds().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
