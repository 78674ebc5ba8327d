//! Clocks that advance minute by minute.

use crate::{
    people::Weekday,
    sla::{ClockState, Hours, Metric, Policy, WarningThresholds},
    status::Status,
};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

/// The maximum of minutes of a timeline; deadlines after it are not computed.
pub const HORIZON: usize = 24 * 1440;

/// Whether each minute from `from` on is in the working hours.
pub fn working_minutes(policy: &Policy, from: DateTime<Utc>) -> Vec<bool> {
    let Some(calendar) = &policy.calendar else {
        return vec![true; HORIZON];
    };
    let text = calendar.text();
    let works = |minute: i64| {
        let local = (from + TimeDelta::minutes(minute)).with_timezone(&text.timezone);
        let time = u16::try_from(local.hour() * 60 + local.minute()).unwrap();
        let (today, yesterday) = (local.weekday(), local.weekday().pred());
        let lies_in = |hours: &Hours| {
            let (day, start, end) = (hours.day, hours.start.0, hours.end.0);
            let is = |weekday: chrono::Weekday| Weekday::from(weekday) == day;
            if start < end {
                is(today) && start <= time && time < end
            } else {
                (is(today) && start <= time) || (is(yesterday) && time < end)
            }
        };
        !text.holidays.contains(&local.date_naive()) && text.hours.iter().any(lies_in)
    };
    (0..i64::try_from(HORIZON).unwrap()).map(works).collect()
}

/// A policy with its working minutes.
pub struct Works {
    pub policy: Policy,
    pub minutes: Vec<bool>,
}

impl Works {
    pub fn between(&self, from: usize, to: usize) -> usize {
        (from..to.max(from))
            .filter(|minute| self.minutes[*minute])
            .count()
    }

    /// The end of the minute by which this many working minutes have passed; `None` beyond the horizon.
    pub fn after(&self, from: usize, count: usize) -> Option<usize> {
        let works = (from..HORIZON).filter(|minute| self.minutes[*minute]);
        works.map(|minute| minute + 1).nth(count.checked_sub(1)?)
    }

    pub fn target(&self, metric: Metric) -> Option<usize> {
        let minutes = match metric {
            Metric::FirstResponse => Some(self.policy.first_response_minutes),
            Metric::NextResponse => self.policy.next_response_minutes,
            Metric::Resolution => Some(self.policy.resolution_minutes),
        };
        minutes.map(|minutes| usize::try_from(minutes).unwrap())
    }
}

/// A clock; instants are minutes since the ticket was created.
pub struct ModelClock {
    pub metric: Metric,
    pub cycle: i32,
    pub started: usize,
    pub target: usize,
    pub percents: Vec<usize>,
    pub pauses: Vec<(usize, usize)>,
    pub paused: Option<usize>,
    pub stopped: Option<usize>,
    pub used: usize,
    pub stood: usize,
    /// Deadlines as of now, while the clock runs.
    pub warnings: Vec<Option<usize>>,
    pub due: Option<usize>,
    pub warned: Vec<usize>,
    pub breached: Option<usize>,
}

impl ModelClock {
    pub fn start(metric: Metric, cycle: i32, works: &Works, at: usize) -> Self {
        let mut clock = Self {
            metric,
            cycle,
            started: at,
            target: 0,
            percents: Vec::new(),
            pauses: Vec::new(),
            paused: None,
            stopped: None,
            used: 0,
            stood: 0,
            warnings: Vec::new(),
            due: None,
            warned: Vec::new(),
            breached: None,
        };
        clock.set_target(works);
        clock
    }

    pub fn set_target(&mut self, works: &Works) {
        self.target = works.target(self.metric).unwrap();
        self.percents = match &works.policy.at_risk_percent {
            WarningThresholds::Once(percent) => vec![usize::try_from(*percent).unwrap()],
            WarningThresholds::Each(percents) => {
                let percents = percents.iter().copied();
                percents
                    .map(|percent| usize::try_from(percent).unwrap())
                    .collect()
            }
        };
        self.set_deadlines(works);
    }

    pub fn stood(&self, works: &Works, now: usize) -> usize {
        self.stood_before(works) + self.paused.map_or(0, |from| works.between(from, now))
    }

    /// A pause that begins after the deadline does not count. Pauses are checked in order, since each moves
    /// the deadline for the ones after it.
    fn stood_before(&self, works: &Works) -> usize {
        let mut stood = 0;
        for (from, to) in &self.pauses {
            let due = works.after(self.started, self.target + stood);
            if due.is_some_and(|due| *from > due) {
                return stood;
            }
            stood += works.between(*from, *to);
        }
        stood
    }

    pub fn set_deadlines(&mut self, works: &Works) {
        let stood = self.stood_before(works);
        let threshold =
            |percent: &usize| works.after(self.started, self.target * percent / 100 + stood);
        self.warnings = self.percents.iter().map(threshold).collect();
        self.due = works.after(self.started, self.target + stood);
    }

    /// Records what is due at this minute.
    pub fn look(&mut self, now: usize) {
        if self.stopped.is_some() {
            return;
        }
        let reached = self.paused.unwrap_or(now);
        while let Some(Some(due)) = self.warnings.get(self.warned.len()) {
            if reached < *due {
                break;
            }
            self.warned.push(*due);
        }
        if let (None, Some(due)) = (self.breached, self.due)
            && reached > due
        {
            self.breached = Some(due);
        }
    }

    fn is_past_due(&self, now: usize) -> bool {
        self.due.is_some_and(|due| now > due)
    }

    pub fn pause(&mut self, now: usize) {
        if self.stopped.is_none() && self.paused.is_none() && !self.is_past_due(now) {
            self.paused = Some(now);
        }
    }

    pub fn resume(&mut self, works: &Works, now: usize) {
        if let (Some(from), None) = (self.paused.take(), self.stopped) {
            self.pauses.push((from, now));
            self.set_deadlines(works);
        }
    }

    pub fn stop(&mut self, works: &Works, now: usize) {
        if self.stopped.is_none() {
            self.resume(works, now);
            self.look(now);
            self.stood = self.stood(works, now);
            self.used = works.between(self.started, now).saturating_sub(self.stood);
            self.stopped = Some(now);
        }
    }

    pub fn state(&self, now: usize) -> ClockState {
        let first = self.warnings.first().copied().flatten();
        let over = self.breached.is_some();
        match (self.stopped, self.paused) {
            (Some(_), _) if over => ClockState::Missed,
            (Some(_), _) => ClockState::Met,
            _ if over => ClockState::Breached,
            (None, Some(_)) => ClockState::Paused,
            (None, None) if first.is_some_and(|first| now >= first) => ClockState::AtRisk,
            (None, None) => ClockState::Pending,
        }
    }
}

/// A ticket.
pub struct ModelTicket {
    pub policies: Vec<Works>,
    pub policy: usize,
    pub status: Status,
    pub clocks: Vec<ModelClock>,
}

impl ModelTicket {
    pub fn latest(&mut self, metric: Metric) -> Option<&mut ModelClock> {
        self.clocks
            .iter_mut()
            .rev()
            .find(|clock| clock.metric == metric)
    }

    pub fn begin(&mut self, metric: Metric, now: usize) {
        let works = &self.policies[self.policy];
        if works.target(metric).is_some() {
            let before = self
                .clocks
                .iter()
                .filter(|clock| clock.metric == metric)
                .count();
            let cycle = i32::try_from(before + 1).unwrap();
            self.clocks
                .push(ModelClock::start(metric, cycle, works, now));
        }
    }

    pub fn stop(&mut self, metric: Metric, now: usize) {
        let works = &self.policies[self.policy];
        let latest = self
            .clocks
            .iter_mut()
            .rev()
            .find(|clock| clock.metric == metric);
        if let Some(clock) = latest {
            clock.stop(works, now);
        }
    }

    pub fn becomes(&mut self, to: Status, now: usize) {
        let over = |status| matches!(status, Status::Resolved | Status::Closed);
        let from = std::mem::replace(&mut self.status, to);
        if from == to || (over(from) && over(to)) {
            return;
        }
        if over(from)
            && self
                .latest(Metric::Resolution)
                .is_none_or(|clock| clock.stopped.is_some())
        {
            self.begin(Metric::Resolution, now);
        }
        if from == Status::WaitingCustomer {
            let works = &self.policies[self.policy];
            for clock in self
                .clocks
                .iter_mut()
                .filter(|clock| clock.metric == Metric::Resolution)
            {
                clock.resume(works, now);
            }
        }
        if over(to) {
            for metric in [
                Metric::FirstResponse,
                Metric::NextResponse,
                Metric::Resolution,
            ] {
                self.stop(metric, now);
            }
        }
        self.pause_if_waiting(now);
    }

    pub fn pause_if_waiting(&mut self, now: usize) {
        let pauses = self.policies[self.policy].policy.pause_when_waiting;
        let waits = self.status == Status::WaitingCustomer;
        if let Some(clock) = self.latest(Metric::Resolution)
            && waits
            && pauses
        {
            clock.pause(now);
        }
    }

    pub fn happens(&mut self, event: Event, now: usize) {
        match event {
            Event::Staff => {
                self.stop(Metric::FirstResponse, now);
                self.stop(Metric::NextResponse, now);
            }
            Event::Customer => {
                match self.status {
                    Status::Closed => return,
                    Status::Resolved => self.becomes(Status::Reopened, now),
                    Status::WaitingCustomer => self.becomes(Status::InProgress, now),
                    _ => {}
                }
                let waits = |clock: &mut ModelClock| clock.stopped.is_none();
                if !self.latest(Metric::FirstResponse).is_some_and(waits)
                    && !self.latest(Metric::NextResponse).is_some_and(waits)
                {
                    self.begin(Metric::NextResponse, now);
                }
            }
            Event::Status(to) => self.becomes(to, now),
            Event::Policy(index) => {
                self.policy = index;
                let works = &self.policies[index];
                for clock in self
                    .clocks
                    .iter_mut()
                    .filter(|clock| clock.stopped.is_none())
                {
                    if works.target(clock.metric).is_some() {
                        clock.set_target(works);
                        clock.look(now);
                        // The pause begins after the new deadline and does not count.
                        if clock.paused.is_some_and(|from| clock.is_past_due(from)) {
                            clock.resume(works, now);
                        }
                    } else {
                        clock.stop(works, now);
                    }
                    if !works.policy.pause_when_waiting {
                        clock.resume(works, now);
                    }
                }
                self.pause_if_waiting(now);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Event {
    Staff,
    Customer,
    Status(Status),
    /// A new priority, with its policy.
    Policy(usize),
}
