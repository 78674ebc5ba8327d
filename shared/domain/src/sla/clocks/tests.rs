//! The effect of each event of a ticket on its clocks.

use super::*;
use crate::{sla::SlaFindingKind, tickets::Priority};
use chrono::TimeDelta;
use proptest::prelude::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_759_276_800 + minute * 60, 0).unwrap()
}

fn policy() -> Policy {
    Policy {
        next_response_minutes: Some(20),
        ..Policy::standard(Priority::Medium, 80)
    }
}

fn facts(finding: &[SlaFinding]) -> Vec<(Metric, i32, SlaFindingKind, DateTime<Utc>, bool)> {
    let fact = |found: &SlaFinding| {
        (
            found.metric,
            found.cycle,
            found.kind,
            found.at,
            found.detected_after_stop,
        )
    };
    finding.iter().map(fact).collect()
}

fn running(clocks: &Clocks) -> Vec<(Metric, i32)> {
    let runs = clocks.0.iter().filter(|clock| clock.stopped_at.is_none());
    runs.map(|clock| (clock.metric, clock.cycle)).collect()
}

const WARNING: SlaFindingKind = SlaFindingKind::Warning { percent: 80 };

use Metric::{FirstResponse, NextResponse, Resolution};

#[test]
fn a_ticket_begins_with_first_response_and_resolution() {
    let clocks = Clocks::open(&policy(), at(0));
    assert_eq!(running(&clocks), [(FirstResponse, 1), (Resolution, 1)]);
}

#[test]
fn a_next_response_is_measured_from_the_oldest_unanswered_message_after_the_first_response() {
    let mut clocks = Clocks::open(&policy(), at(0));
    clocks.customer_wrote(&policy(), at(5));
    assert_eq!(
        clocks.latest(NextResponse),
        None,
        "the first response covers it"
    );
    assert_eq!(clocks.staff_replied(&policy(), at(10)), []);
    assert_eq!(clocks.latest(NextResponse), None);
    clocks.customer_wrote(&policy(), at(30));
    clocks.customer_wrote(&policy(), at(45));
    assert_eq!(clocks.latest(NextResponse).unwrap().started_at, at(30));
    let finding = clocks.staff_replied(&policy(), at(51));
    assert_eq!(
        facts(&finding),
        [
            (NextResponse, 1, WARNING, at(46), true),
            (NextResponse, 1, SlaFindingKind::Breach, at(50), true),
        ]
    );
    clocks.customer_wrote(&policy(), at(60));
    assert_eq!(running(&clocks), [(Resolution, 1), (NextResponse, 2)]);
}

#[test]
fn without_a_target_for_it_there_is_no_next_response() {
    let policy = Policy::standard(Priority::Medium, 80);
    let mut clocks = Clocks::open(&policy, at(0));
    assert_eq!(clocks.staff_replied(&policy, at(10)), []);
    clocks.customer_wrote(&policy, at(30));
    assert_eq!(running(&clocks), [(Resolution, 1)]);
}

#[test]
fn only_the_resolution_clock_stands_still_and_only_where_the_policy_says_so() {
    let mut clocks = Clocks::open(&policy(), at(0));
    assert_eq!(clocks.waiting(&policy(), at(10)), []);
    let paused = |clocks: &Clocks, metric| clocks.latest(metric).unwrap().paused_at;
    assert_eq!(paused(&clocks, FirstResponse), None);
    assert_eq!(paused(&clocks, Resolution), Some(at(10)));
    clocks.resumed(&policy(), at(40));
    assert_eq!(clocks.latest(Resolution).unwrap().due_at, at(510));

    let keeps_running = Policy {
        pause_when_waiting: false,
        ..policy()
    };
    let mut clocks = Clocks::open(&keeps_running, at(0));
    assert_eq!(clocks.waiting(&keeps_running, at(10)), []);
    assert_eq!(paused(&clocks, Resolution), None);
}

#[test]
fn a_resolution_without_a_response_is_the_response_too() {
    let mut clocks = Clocks::open(&policy(), at(0));
    let finding = clocks.resolved(&policy(), at(100));
    assert_eq!(
        facts(&finding),
        [
            (FirstResponse, 1, WARNING, at(48), true),
            (FirstResponse, 1, SlaFindingKind::Breach, at(60), true),
        ]
    );
    assert_eq!(running(&clocks), []);
    assert_eq!(
        clocks.latest(FirstResponse).unwrap().stopped_at,
        Some(at(100))
    );
}

#[test]
fn reopening_begins_a_new_cycle_of_the_resolution_alone() {
    let mut clocks = Clocks::open(&policy(), at(0));
    assert_eq!(clocks.resolved(&policy(), at(10)), []);
    clocks.reopened(&policy(), at(1000));
    assert_eq!(running(&clocks), [(Resolution, 2)]);
    assert_eq!(clocks.latest(Resolution).unwrap().due_at, at(1480));
    clocks.customer_wrote(&policy(), at(1000));
    assert_eq!(running(&clocks), [(Resolution, 2), (NextResponse, 1)]);
    clocks.reopened(&policy(), at(1001));
    assert_eq!(running(&clocks).len(), 2, "it is open already");
}

#[test]
fn a_new_priority_moves_what_has_not_stopped() {
    let urgent = Policy::standard(Priority::Urgent, 80);
    let mut clocks = Clocks::open(&policy(), at(0));
    assert_eq!(clocks.staff_replied(&policy(), at(10)), []);
    clocks.customer_wrote(&policy(), at(20));
    assert_eq!(
        clocks.reprioritised(&urgent, Status::InProgress, at(30)),
        []
    );
    assert_eq!(clocks.latest(FirstResponse).unwrap().due_at, at(60));
    assert_eq!(clocks.latest(Resolution).unwrap().due_at, at(120));
    let next = clocks.latest(NextResponse).unwrap();
    assert_eq!(
        next.stopped_at,
        Some(at(30)),
        "the new policy has no target for it"
    );
}

#[test]
fn a_new_policy_decides_whether_waiting_stands_still() {
    let keeps_running = Policy {
        pause_when_waiting: false,
        ..policy()
    };
    let mut clocks = Clocks::open(&policy(), at(0));
    assert_eq!(clocks.waiting(&policy(), at(10)), []);
    let status = Status::WaitingCustomer;
    assert_eq!(clocks.reprioritised(&keeps_running, status, at(20)), []);
    let resolution = clocks.latest(Resolution).unwrap();
    assert!(resolution.is_running());
    assert_eq!(resolution.paused(None, at(20)), TimeDelta::minutes(10));
    assert_eq!(clocks.reprioritised(&policy(), status, at(30)), []);
    assert_eq!(clocks.latest(Resolution).unwrap().paused_at, Some(at(30)));
}

proptest! {
    /// For any sequence of events: at most one clock of a metric runs, the cycles count from one without
    /// a gap, no finding repeats, and a resolved ticket has no running clock.
    #[test]
    fn at_most_one_clock_of_a_metric_runs(events in prop::collection::vec((0_i64..200, 0..8), 0..40)) {
        let other = Policy::standard(Priority::Urgent, 60);
        let mut clocks = Clocks::open(&policy(), at(0));
        let mut told = Vec::new();
        let mut now = 0;
        for (gap, event) in events {
            now += gap;
            let instant = at(now);
            told.extend(match event {
                0 => clocks.staff_replied(&policy(), instant),
                1 => { clocks.customer_wrote(&policy(), instant); vec![] }
                2 => clocks.waiting(&policy(), instant),
                3 => { clocks.resumed(&policy(), instant); vec![] }
                4 => clocks.resolved(&policy(), instant),
                5 => { clocks.reopened(&policy(), instant); vec![] }
                6 => clocks.reprioritised(&other, Status::WaitingCustomer, instant),
                _ => clocks.sweep(instant),
            });
            if event == 4 {
                prop_assert_eq!(running(&clocks), vec![]);
            }
            for &metric in Metric::ALL {
                let of_metric = || clocks.0.iter().filter(move |clock| clock.metric == metric);
                prop_assert!(of_metric().filter(|clock| clock.stopped_at.is_none()).count() <= 1);
                let cycles: Vec<_> = of_metric().map(|clock| clock.cycle).collect();
                prop_assert_eq!(&cycles, &(1..).take(cycles.len()).collect::<Vec<_>>());
            }
        }
        let mut keys: Vec<_> = told.iter().map(|found| (found.metric, found.cycle, found.kind)).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
    }
}
