//! An oracle: the contract's words done slowly, minute by minute, and held against the engine over
//! random timelines. It shares nothing with the engine but the policies as they are written: what
//! works is looked up for each minute on a local clock, time is counted by ones, and what is due is
//! looked for at each minute of the timeline.
//!
//! `PROPTEST_CASES` says how many timelines; `docs/TESTING.md` has the command for ten thousand.

mod naive;
mod timelines;

use crate::sla::{
    ClockView, Clocks, Metric, Policy, Simulated, SimulatedEvent, SlaClock, SlaView, simulation,
};
use crate::tickets::Status;
use chrono::{DateTime, TimeDelta, Utc};
use naive::{Event, HORIZON, Oracle, Slow, Works, working_minutes};
use proptest::prelude::*;
use timelines::{Timeline, timelines};

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
            let same = |clock: &&SlaClock| (clock.metric, clock.cycle) == (slow.metric, slow.cycle);
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
        clock: &SlaClock,
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
