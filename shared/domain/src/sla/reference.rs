//! A reference model: the rules of the contract computed minute by minute, and compared with the clocks
//! over random timelines. The model shares only the policies with the clocks: it looks up each minute on a
//! local clock, counts single minutes, and checks at each minute what is due.
//!
//! `PROPTEST_CASES` is the number of timelines; `docs/TESTING.md` has the command for ten thousand.

mod naive;
mod timelines;

use crate::sla::{
    ClockView, Clocks, Metric, Policy, Simulated, SimulatedEvent, SlaClock, SlaView, simulation,
};
use crate::status::Status;
use chrono::{DateTime, TimeDelta, Utc};
use naive::{Event, HORIZON, ModelClock, ModelTicket, Works, working_minutes};
use proptest::prelude::*;
use timelines::{Timeline, timelines};

/// The effect of an event on the clocks under test.
fn apply(
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

    fn by_the_clocks(&self) -> (Clocks, usize) {
        let mut now = (Status::Open, 0);
        let mut clocks = Clocks::open(&self.policies[0], self.created);
        for (minute, event) in &self.events {
            apply(
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

    /// Steps through every minute, with or without an event in it.
    fn by_the_model(&self) -> ModelTicket {
        let works = |policy: &Policy| Works {
            policy: policy.clone(),
            minutes: working_minutes(policy, self.created),
        };
        let mut model = ModelTicket {
            policies: self.policies.iter().map(works).collect(),
            policy: 0,
            status: Status::Open,
            clocks: Vec::new(),
        };
        model.begin(Metric::FirstResponse, 0);
        model.begin(Metric::Resolution, 0);
        let mut events = self.events.iter().peekable();
        for minute in 0..=self.now {
            for clock in &mut model.clocks {
                clock.look(minute);
            }
            while let Some((_, event)) = events.next_if(|(at, _)| *at == minute) {
                model.happens(*event, minute);
            }
            for clock in &mut model.clocks {
                clock.look(minute);
            }
        }
        model
    }

    /// Compares the recorded instants and the view of the clocks.
    fn compare(&self) -> Result<(), TestCaseError> {
        let (clocks, policy) = self.by_the_clocks();
        let model = self.by_the_model();
        prop_assert_eq!(clocks.0.len(), model.clocks.len());
        for expected in &model.clocks {
            let same = |clock: &&SlaClock| {
                (clock.metric, clock.cycle) == (expected.metric, expected.cycle)
            };
            let clock = clocks.0.iter().find(same).unwrap();
            prop_assert_eq!(clock.started_at, self.at(expected.started));
            prop_assert_eq!(
                clock.stopped_at,
                expected.stopped.map(|minute| self.at(minute))
            );
            prop_assert_eq!(
                clock.breached_at,
                expected.breached.map(|minute| self.at(minute)),
                "breach of {:?}",
                clock
            );
            prop_assert_eq!(
                clock.warned_at,
                expected.warned.first().map(|minute| self.at(*minute)),
                "warning of {:?}",
                clock
            );
            let warned = expected.warned.len().saturating_sub(1);
            prop_assert_eq!(
                usize::try_from(clock.further_warned).unwrap(),
                warned,
                "warnings of {:?}",
                clock
            );
            self.compare_view(clock, expected, &model.policies[policy])?;
        }
        let view = SlaView::of(&self.policies[policy], &clocks, self.at(self.now)).unwrap();
        let resolution = model
            .clocks
            .iter()
            .rev()
            .find(|clock| clock.metric == Metric::Resolution)
            .unwrap();
        let stood = match resolution.stopped {
            Some(_) => resolution.stood,
            None => resolution.stood(&model.policies[policy], self.now),
        };
        prop_assert_eq!(usize::try_from(view.paused_minutes).unwrap(), stood);
        Ok(())
    }

    fn compare_view(
        &self,
        clock: &SlaClock,
        expected: &ModelClock,
        works: &Works,
    ) -> Result<(), TestCaseError> {
        let shown = ClockView::of(clock, works.policy.calendar.as_ref(), self.at(self.now));
        let stood = expected.stood(works, self.now);
        let used = match expected.stopped {
            Some(_) => expected.used,
            None => works
                .between(expected.started, self.now)
                .saturating_sub(stood),
        };
        let number = |count: usize| i64::try_from(count).unwrap();
        prop_assert_eq!(shown.elapsed_minutes, number(used), "{:?}", clock);
        prop_assert_eq!(
            shown.remaining_minutes,
            number(expected.target) - number(used)
        );
        prop_assert_eq!(shown.state, expected.state(self.now), "{:?}", clock);
        let due = match expected.paused {
            Some(_) => works.after(expected.started, expected.target + stood),
            None => expected.due,
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
    fn the_clocks_agree_with_a_model_that_counts_minutes(timeline in timelines()) {
        timeline.compare()?;
    }
}
