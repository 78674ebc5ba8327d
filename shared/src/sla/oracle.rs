//! An oracle: the contract's words done slowly, minute by minute, and held against the engine over
//! random timelines. It shares nothing with the engine but the policies as they are written: what
//! works is looked up for each minute on a local clock, time is counted by ones, and what is due is
//! looked for at each minute of the timeline.
//!
//! `PROPTEST_CASES` says how many timelines; `docs/TESTING.md` has the command for ten thousand.

use super::{
    AtRisk, Calendar, ClockState, ClockView, Clocks, Hours, Metric, Policy, Simulated,
    SimulatedEvent, SlaView, simulation,
    working_time::tests::{calendars, hours},
};
use crate::tickets::{Priority, Status};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use proptest::prelude::*;

/// The minutes that a timeline may have, and that deadlines are looked for in.
const HORIZON: usize = 24 * 1440;

/// Whether the clock time of each minute from `from` on lies in the hours.
fn working_minutes(policy: &Policy, from: DateTime<Utc>) -> Vec<bool> {
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
            let is = |weekday: chrono::Weekday| crate::people::Weekday::from(weekday) == day;
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

/// A policy with the minutes at which it works.
struct Works {
    policy: Policy,
    minutes: Vec<bool>,
}

impl Works {
    fn between(&self, from: usize, to: usize) -> usize {
        (from..to.max(from))
            .filter(|minute| self.minutes[*minute])
            .count()
    }

    /// The end of the minute by which so many have worked; none if that is beyond the horizon.
    fn after(&self, from: usize, count: usize) -> Option<usize> {
        let works = (from..HORIZON).filter(|minute| self.minutes[*minute]);
        works.map(|minute| minute + 1).nth(count.checked_sub(1)?)
    }

    fn target(&self, metric: Metric) -> Option<usize> {
        let minutes = match metric {
            Metric::FirstResponse => Some(self.policy.first_response_minutes),
            Metric::NextResponse => self.policy.next_response_minutes,
            Metric::Resolution => Some(self.policy.resolution_minutes),
        };
        minutes.map(|minutes| usize::try_from(minutes).unwrap())
    }
}

/// A clock; instants are minutes since the ticket was created.
struct Slow {
    metric: Metric,
    cycle: i32,
    started: usize,
    target: usize,
    percents: Vec<usize>,
    pauses: Vec<(usize, usize)>,
    paused: Option<usize>,
    stopped: Option<usize>,
    used: usize,
    stood: usize,
    /// As they stand while it runs.
    warnings: Vec<Option<usize>>,
    due: Option<usize>,
    warned: Vec<usize>,
    breached: Option<usize>,
}

impl Slow {
    fn start(metric: Metric, cycle: i32, works: &Works, at: usize) -> Self {
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

    fn set_target(&mut self, works: &Works) {
        self.target = works.target(self.metric).unwrap();
        self.percents = match &works.policy.at_risk_percent {
            AtRisk::Once(percent) => vec![usize::try_from(*percent).unwrap()],
            AtRisk::Each(percents) => {
                let percents = percents.iter().copied();
                percents
                    .map(|percent| usize::try_from(percent).unwrap())
                    .collect()
            }
        };
        self.set_deadlines(works);
    }

    fn stood(&self, works: &Works, now: usize) -> usize {
        let over: usize = self
            .pauses
            .iter()
            .map(|(from, to)| works.between(*from, *to))
            .sum();
        over + self.paused.map_or(0, |from| works.between(from, now))
    }

    fn set_deadlines(&mut self, works: &Works) {
        let stood = self
            .pauses
            .iter()
            .map(|(from, to)| works.between(*from, *to))
            .sum::<usize>();
        let share =
            |percent: &usize| works.after(self.started, self.target * percent / 100 + stood);
        self.warnings = self.percents.iter().map(share).collect();
        self.due = works.after(self.started, self.target + stood);
    }

    /// What is due at this minute comes on record.
    fn look(&mut self, now: usize) {
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

    fn resume(&mut self, works: &Works, now: usize) {
        if let (Some(from), None) = (self.paused.take(), self.stopped) {
            self.pauses.push((from, now));
            self.set_deadlines(works);
        }
    }

    fn stop(&mut self, works: &Works, now: usize) {
        if self.stopped.is_none() {
            self.resume(works, now);
            self.look(now);
            self.stood = self.stood(works, now);
            self.used = works.between(self.started, now).saturating_sub(self.stood);
            self.stopped = Some(now);
        }
    }

    fn state(&self, now: usize) -> ClockState {
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
struct Oracle {
    policies: Vec<Works>,
    policy: usize,
    status: Status,
    clocks: Vec<Slow>,
}

impl Oracle {
    fn latest(&mut self, metric: Metric) -> Option<&mut Slow> {
        self.clocks
            .iter_mut()
            .rev()
            .find(|clock| clock.metric == metric)
    }

    fn begin(&mut self, metric: Metric, now: usize) {
        let works = &self.policies[self.policy];
        if works.target(metric).is_some() {
            let before = self
                .clocks
                .iter()
                .filter(|clock| clock.metric == metric)
                .count();
            let cycle = i32::try_from(before + 1).unwrap();
            self.clocks.push(Slow::start(metric, cycle, works, now));
        }
    }

    fn stop(&mut self, metric: Metric, now: usize) {
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

    fn becomes(&mut self, to: Status, now: usize) {
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

    fn pause_if_waiting(&mut self, now: usize) {
        let pauses = self.policies[self.policy].policy.pause_when_waiting;
        let waits = self.status == Status::WaitingCustomer;
        if let Some(clock) = self.latest(Metric::Resolution)
            && waits
            && pauses
            && clock.stopped.is_none()
        {
            clock.paused.get_or_insert(now);
        }
    }

    fn happens(&mut self, event: Event, now: usize) {
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
                let waits = |clock: &mut Slow| clock.stopped.is_none();
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
enum Event {
    Staff,
    Customer,
    Status(Status),
    /// A new priority, with the policy that follows from it.
    Policy(usize),
}

/// The engine's part: what an action does to a ticket's clocks.
fn engine(
    clocks: &mut Clocks,
    policies: &[Policy],
    now: &mut (Status, usize),
    event: Event,
    at: DateTime<Utc>,
) {
    let what = match event {
        Event::Staff => Simulated::StaffReply,
        Event::Customer => Simulated::CustomerReply,
        Event::Status(to) => Simulated::Status(to),
        Event::Policy(index) => {
            now.1 = index;
            drop(clocks.reprioritised(&policies[index], now.0, at));
            return;
        }
    };
    now.0 = simulation::apply(clocks, &policies[now.1], now.0, SimulatedEvent { at, what });
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Staff),
        4 => Just(Event::Customer),
        4 => Just(Event::Status(Status::WaitingCustomer)),
        3 => Just(Event::Status(Status::InProgress)),
        2 => prop::sample::select(Status::ALL.to_vec()).prop_map(Event::Status),
        2 => Just(Event::Status(Status::Resolved)),
        1 => Just(Event::Status(Status::Reopened)),
        2 => (0_usize..2).prop_map(Event::Policy),
    ]
}

/// Targets and shares that come to whole minutes.
fn policy(day: NaiveDate) -> impl Strategy<Value = Policy> {
    let target =
        || prop_oneof![2 => 1_i32..12, 2 => 12_i32..60, 1 => 60_i32..200].prop_map(|n| n * 20);
    let shares = prop::collection::btree_set((1_i16..20).prop_map(|share| share * 5), 1..4);
    let at_risk = (shares, any::<bool>()).prop_map(|(shares, once)| {
        let shares: Vec<i16> = shares.into_iter().collect();
        if once {
            AtRisk::Once(shares[0])
        } else {
            AtRisk::Each(shares)
        }
    });
    let whole_week = || (hours(), calendars(day)).prop_map(|(_, calendar)| calendar);
    let calendar = prop_oneof![1 => Just(None::<Calendar>), 4 => whole_week().prop_map(Some)];
    (
        target(),
        prop::option::of(target()),
        target(),
        any::<bool>(),
        at_risk,
        calendar,
    )
        .prop_map(
            |(first, next, resolution, pause_when_waiting, at_risk_percent, calendar)| Policy {
                first_response_minutes: first,
                next_response_minutes: next,
                resolution_minutes: resolution,
                pause_when_waiting,
                at_risk_percent,
                calendar,
                ..Policy::standard(Priority::Low, 80)
            },
        )
}

/// Days around which clocks change somewhere among the zones, and any other.
fn days() -> impl Strategy<Value = NaiveDate> {
    let changes = [
        (2011, 3, 10),
        (2011, 7, 28),
        (2011, 12, 26),
        (2012, 3, 30),
        (2025, 2, 20),
        (2025, 3, 6),
        (2025, 3, 27),
        (2025, 4, 2),
        (2025, 9, 25),
        (2025, 10, 2),
        (2025, 10, 23),
        (2025, 10, 30),
    ];
    let changes =
        changes.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
    let any = (0_i64..9_000)
        .prop_map(|days| NaiveDate::from_ymd_opt(2010, 1, 1).unwrap() + TimeDelta::days(days));
    prop_oneof![2 => prop::sample::select(changes.to_vec()), 1 => any]
}

#[derive(Debug)]
struct Timeline {
    created: DateTime<Utc>,
    policies: Vec<Policy>,
    /// Minutes after creation, in order.
    events: Vec<(usize, Event)>,
    now: usize,
}

fn timelines() -> impl Strategy<Value = Timeline> {
    days().prop_flat_map(|day| {
        let gap = prop_oneof![1 => Just(0_usize), 4 => 0_usize..90, 3 => 0_usize..900, 1 => 0_usize..14_000];
        let events = prop::collection::vec((gap, event()), 0..9);
        let policies = prop::collection::vec(policy(day), 2);
        let rest = prop_oneof![3 => 0_usize..3_000, 1 => 0_usize..14_000];
        (0_i64..2_880, policies, events, rest).prop_map(move |(minute, policies, gaps, rest)| {
            let mut now = 0;
            let mut events = Vec::new();
            for (gap, event) in gaps {
                now += gap;
                // The second half of the horizon is for deadlines.
                if now < HORIZON / 2 {
                    events.push((now, event));
                }
            }
            let last = events.last().map_or(0, |last: &(usize, Event)| last.0);
            let start = day.and_time(chrono::NaiveTime::MIN).and_utc();
            Timeline {
                created: start + TimeDelta::minutes(minute),
                policies,
                events,
                now: last + rest,
            }
        })
    })
}

impl Timeline {
    fn at(&self, minute: usize) -> DateTime<Utc> {
        self.created + TimeDelta::minutes(i64::try_from(minute).unwrap())
    }

    fn by_the_engine(&self) -> (Clocks, usize) {
        let mut now = (Status::Open, 0);
        let mut clocks = Clocks::open(&self.policies[0], self.created);
        for (minute, event) in &self.events {
            engine(
                &mut clocks,
                &self.policies,
                &mut now,
                *event,
                self.at(*minute),
            );
        }
        drop(clocks.sweep(self.at(self.now)));
        (clocks, now.1)
    }

    /// Every minute is lived through, whether something happens in it or not.
    fn by_the_oracle(&self) -> Oracle {
        let works = |policy: &Policy| Works {
            policy: policy.clone(),
            minutes: working_minutes(policy, self.created),
        };
        let mut oracle = Oracle {
            policies: self.policies.iter().map(works).collect(),
            policy: 0,
            status: Status::Open,
            clocks: Vec::new(),
        };
        oracle.begin(Metric::FirstResponse, 0);
        oracle.begin(Metric::Resolution, 0);
        let mut events = self.events.iter().peekable();
        for minute in 0..=self.now {
            for clock in &mut oracle.clocks {
                clock.look(minute);
            }
            while let Some((_, event)) = events.next_if(|(at, _)| *at == minute) {
                oracle.happens(*event, minute);
            }
            for clock in &mut oracle.clocks {
                clock.look(minute);
            }
        }
        oracle
    }

    /// The instants on record, and what a ticket's answer would show.
    fn compare(&self) -> Result<(), TestCaseError> {
        let (clocks, policy) = self.by_the_engine();
        let oracle = self.by_the_oracle();
        prop_assert_eq!(clocks.0.len(), oracle.clocks.len());
        for slow in &oracle.clocks {
            let same =
                |clock: &&super::SlaClock| (clock.metric, clock.cycle) == (slow.metric, slow.cycle);
            let clock = clocks.0.iter().find(same).unwrap();
            prop_assert_eq!(clock.started_at, self.at(slow.started));
            prop_assert_eq!(clock.stopped_at, slow.stopped.map(|minute| self.at(minute)));
            prop_assert_eq!(
                clock.breached_at,
                slow.breached.map(|minute| self.at(minute)),
                "breach of {:?}",
                clock
            );
            prop_assert_eq!(
                clock.warned_at,
                slow.warned.first().map(|minute| self.at(*minute)),
                "warning of {:?}",
                clock
            );
            let warned = slow.warned.len().saturating_sub(1);
            prop_assert_eq!(
                usize::try_from(clock.further_warned).unwrap(),
                warned,
                "warnings of {:?}",
                clock
            );
            self.compare_view(clock, slow, &oracle.policies[policy])?;
        }
        let view = SlaView::of(&self.policies[policy], &clocks, self.at(self.now)).unwrap();
        let resolution = oracle
            .clocks
            .iter()
            .rev()
            .find(|clock| clock.metric == Metric::Resolution)
            .unwrap();
        let stood = match resolution.stopped {
            Some(_) => resolution.stood,
            None => resolution.stood(&oracle.policies[policy], self.now),
        };
        prop_assert_eq!(usize::try_from(view.paused_minutes).unwrap(), stood);
        Ok(())
    }

    fn compare_view(
        &self,
        clock: &super::SlaClock,
        slow: &Slow,
        works: &Works,
    ) -> Result<(), TestCaseError> {
        let shown = ClockView::of(clock, works.policy.calendar.as_ref(), self.at(self.now));
        let stood = slow.stood(works, self.now);
        let used = match slow.stopped {
            Some(_) => slow.used,
            None => works.between(slow.started, self.now).saturating_sub(stood),
        };
        let number = |count: usize| i64::try_from(count).unwrap();
        prop_assert_eq!(shown.elapsed_minutes, number(used), "{:?}", clock);
        prop_assert_eq!(shown.remaining_minutes, number(slow.target) - number(used));
        prop_assert_eq!(shown.state, slow.state(self.now), "{:?}", clock);
        let due = match slow.paused {
            Some(_) => works.after(slow.started, slow.target + stood),
            None => slow.due,
        };
        match due {
            Some(due) => prop_assert_eq!(shown.target_at, self.at(due), "{:?}", clock),
            None => prop_assert!(shown.target_at > self.at(HORIZON - 1)),
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn the_engine_agrees_with_an_oracle_that_counts_minutes(timeline in timelines()) {
        timeline.compare()?;
    }
}
