//! Worked examples, properties over random timelines, and a reference model that counts minutes.

use super::*;
use crate::{category::Priority, sla::WarningThresholds};
use proptest::prelude::*;

mod pauses;

fn at(minute: i64) -> DateTime<Utc> {
    at_second(minute * 60)
}

fn at_second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_759_276_800 + second, 0).unwrap()
}

fn clock(target_minutes: i32) -> SlaClock {
    warning_at(&WarningThresholds::Once(80), target_minutes)
}

fn warning_at(at_risk: &WarningThresholds, target_minutes: i32) -> SlaClock {
    SlaClock::start(
        Metric::Resolution,
        1,
        &target(target_minutes, at_risk),
        at(0),
    )
}

fn target(target_minutes: i32, at_risk: &WarningThresholds) -> SlaTarget<'_> {
    SlaTarget {
        target_minutes,
        at_risk,
        calendar: None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Warning,
    Breach,
}

fn kind(found: &SlaFinding) -> Kind {
    match found.kind {
        SlaFindingKind::Warning { .. } => Warning,
        SlaFindingKind::Breach => Breach,
    }
}

fn found(finding: &[SlaFinding]) -> Vec<(Kind, DateTime<Utc>, bool)> {
    let told = |found: &SlaFinding| (kind(found), found.at, found.detected_after_stop);
    finding.iter().map(told).collect()
}

use Kind::{Breach, Warning};

#[test]
fn the_brief_s_targets_have_their_deadlines() {
    let table = Priority::ALL.iter().map(|&priority| {
        let policy = crate::sla::Policy::standard(priority, 80);
        [policy.first_response_minutes, policy.resolution_minutes].map(|target| {
            let clock = clock(target);
            let minutes = |instant: DateTime<Utc>| (instant - at(0)).num_minutes();
            (minutes(clock.warn_at), minutes(clock.due_at))
        })
    });
    assert_eq!(
        table.collect::<Vec<_>>(),
        [
            [(96, 120), (1152, 1440)],
            [(48, 60), (384, 480)],
            [(24, 30), (192, 240)],
            [(12, 15), (96, 120)],
        ]
    );
}

#[test]
fn a_warning_is_due_at_its_instant_and_a_breach_just_after_the_deadline() {
    let mut clock = clock(10);
    assert_eq!(clock.next_at(), Some(at(8)));
    assert_eq!(clock.sweep(at_second(8 * 60 - 1)), []);
    assert_eq!(found(&clock.sweep(at(8))), [(Warning, at(8), false)]);
    assert_eq!(clock.sweep(at(10)), []);
    let past = at(10) + TimeDelta::microseconds(1);
    assert_eq!(clock.next_at(), Some(past));
    assert_eq!(found(&clock.sweep(past)), [(Breach, at(10), false)]);
    assert_eq!(clock.next_at(), None);
}

#[test]
fn a_late_sweep_finds_both_with_their_own_instants() {
    let mut clock = clock(10);
    let finding = clock.sweep(at(500));
    assert_eq!(
        found(&finding),
        [(Warning, at(8), false), (Breach, at(10), false)]
    );
}

#[test]
fn stopping_on_the_deadline_is_in_time_and_after_it_is_not() {
    let mut in_time = clock(10);
    assert_eq!(found(&in_time.stop(None, at(10))), [(Warning, at(8), true)]);
    assert_eq!(in_time.breached_at, None);
    let mut too_late = clock(10);
    let finding = too_late.stop(None, at_second(601));
    assert_eq!(
        found(&finding),
        [(Warning, at(8), true), (Breach, at(10), true)]
    );
    assert_eq!(too_late.breached_at, Some(at(10)));
}

#[test]
fn a_pause_moves_the_deadlines_on_by_its_length() {
    let mut clock = clock(10);
    assert_eq!(clock.pause(at(5)), []);
    assert_eq!((clock.next_at(), clock.sweep(at(1000))), (None, vec![]));
    assert_eq!(clock.due_if_resumed(None, at(25)), at(30));
    clock.resume(None, at(65));
    assert_eq!((clock.warn_at, clock.due_at), (at(68), at(70)));
    assert_eq!(clock.elapsed(None, at(66)), TimeDelta::minutes(6));
}

#[test]
fn what_was_overdue_before_a_pause_is_on_record_when_it_begins() {
    let mut clock = clock(10);
    let finding = clock.pause(at(11));
    assert_eq!(
        found(&finding),
        [(Warning, at(8), false), (Breach, at(10), false)]
    );
    clock.resume(None, at(100));
    assert!(clock.is_breached(at(100)));
    assert_eq!(clock.sweep(at(1000)), []);
}

#[test]
fn stopped_while_standing_still_it_used_only_what_it_ran() {
    let mut clock = clock(10);
    assert_eq!(clock.pause(at(5)), []);
    assert_eq!(clock.stop(None, at(500)), []);
    assert_eq!(clock.elapsed(None, at(900)), TimeDelta::minutes(5));
    assert_eq!(clock.paused(None, at(900)), TimeDelta::minutes(495));
    assert!(!clock.is_breached(at(900)));
}

#[test]
fn a_new_target_counts_from_the_original_start() {
    let mut clock = clock(480);
    assert_eq!(
        clock.retarget(&target(240, &WarningThresholds::Once(50)), at(10)),
        []
    );
    assert_eq!((clock.warn_at, clock.due_at), (at(120), at(240)));
    let finding = clock.retarget(&target(120, &WarningThresholds::Once(80)), at(130));
    assert_eq!(
        found(&finding),
        [(Warning, at(120), false), (Breach, at(120), false)]
    );
    assert_eq!(
        clock.retarget(&target(1440, &WarningThresholds::Once(80)), at(140)),
        []
    );
    assert_eq!((clock.due_at, clock.breached_at), (at(1440), Some(at(120))));
    assert_eq!(clock.stop(None, at(141)), []);
    assert!(
        clock.is_breached(at(141)),
        "what is on record is not taken back"
    );
}

#[test]
fn a_new_target_that_a_clock_standing_still_has_used_up_is_breached_at_once() {
    let mut clock = clock(480);
    assert_eq!(clock.pause(at(60)), []);
    let finding = clock.retarget(&target(30, &WarningThresholds::Once(80)), at(600));
    assert_eq!(
        found(&finding),
        [(Warning, at(24), false), (Breach, at(30), false)]
    );
}

#[test]
fn a_stopped_clock_is_left_alone() {
    let mut clock = clock(10);
    assert_eq!(clock.stop(None, at(3)), []);
    let before = clock.clone();
    assert_eq!(
        clock.retarget(&target(1, &WarningThresholds::Once(10)), at(20)),
        []
    );
    assert_eq!(clock.pause(at(20)), []);
    clock.resume(None, at(30));
    assert_eq!(clock.stop(None, at(40)), []);
    assert_eq!(clock.sweep(at(1000)), []);
    assert_eq!(clock, before);
}

#[test]
fn a_machine_s_clock_that_was_set_back_takes_nothing_away() {
    let mut clock = clock(10);
    assert_eq!(clock.pause(at(5)), []);
    clock.resume(None, at(4));
    assert_eq!((clock.due_at, clock.paused_micros), (at(10), 0));
    assert_eq!(clock.stop(None, at(-7)), []);
    assert_eq!(clock.elapsed(None, at(0)), TimeDelta::zero());
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Pause,
    Resume,
    Retarget(i32, i16),
    Sweep,
    Stop,
}

impl Step {
    fn apply(self, clock: &mut SlaClock, at: DateTime<Utc>) -> Vec<SlaFinding> {
        match self {
            Self::Pause => clock.pause(at),
            Self::Resume => {
                clock.resume(None, at);
                vec![]
            }
            Self::Retarget(minutes, percent) => {
                clock.retarget(&target(minutes, &WarningThresholds::Once(percent)), at)
            }
            Self::Sweep => clock.sweep(at),
            Self::Stop => clock.stop(None, at),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Pause),
        3 => Just(Step::Resume),
        2 => (1..300, 1_i16..100).prop_map(|(minutes, percent)| Step::Retarget(minutes, percent)),
        2 => Just(Step::Sweep),
        1 => Just(Step::Stop),
    ]
}

/// Steps with the seconds at which they happen, in order; several may share an instant.
fn timeline(longest: i64) -> impl Strategy<Value = Vec<(i64, Step)>> {
    prop::collection::vec((0..longest, step()), 0..20).prop_map(|steps| {
        let sum = |now: &mut i64, (gap, step)| {
            *now += gap;
            Some((*now, step))
        };
        steps.into_iter().scan(0, sum).collect()
    })
}

fn lived(target: i32, steps: &[(i64, Step)]) -> (SlaClock, Vec<SlaFinding>) {
    let mut clock = clock(target);
    let apply = |&(second, step): &(i64, Step)| step.apply(&mut clock, at_second(second));
    let finding = steps.iter().flat_map(apply).collect();
    (clock, finding)
}

proptest! {
    #[test]
    fn a_pause_never_moves_a_deadline_earlier(
        steps in timeline(3600), start in 0_i64..3600, length in -600_i64..36_000,
    ) {
        let (mut clock, _) = lived(60, &steps);
        let from = steps.last().map_or(0, |last| last.0) + start;
        let before = (clock.warn_at, clock.due_at);
        drop(clock.pause(at_second(from)));
        clock.resume(None, at_second(from + length));
        prop_assert!(clock.warn_at >= before.0 && clock.due_at >= before.1);
    }

    #[test]
    fn sweeping_twice_finds_nothing_new(steps in timeline(3600), later in 0_i64..100_000) {
        let (mut clock, _) = lived(60, &steps);
        drop(clock.sweep(at_second(later)));
        let swept = clock.clone();
        prop_assert_eq!(clock.sweep(at_second(later)), vec![]);
        prop_assert_eq!(clock, swept);
    }

    #[test]
    fn a_sweep_finds_something_exactly_when_the_next_instant_has_come(
        steps in timeline(3600), second in 0_i64..100_000,
    ) {
        let (mut clock, _) = lived(60, &steps);
        let now = at_second(second);
        let expected = clock.next_at().is_some_and(|next| next <= now);
        prop_assert_eq!(!clock.sweep(now).is_empty(), expected);
    }

    /// The findings and their dates are the same without any sweep and with a sweep each minute; only
    /// `detected_after_stop` differs.
    #[test]
    fn how_often_sweeps_run_changes_nothing_on_record(steps in timeline(3600)) {
        let acts: Vec<_> = steps.into_iter().filter(|(_, step)| !matches!(step, Step::Sweep)).collect();
        let end = acts.last().map_or(0, |last| last.0) + 20_000;
        let minutes = (0..end).step_by(60).map(|second| (second, Step::Sweep));
        let mut swept: Vec<_> = acts.iter().copied().chain(minutes).collect();
        swept.sort_by_key(|&(second, _)| second);
        let (mut seldom, mut told_seldom) = lived(60, &acts);
        let (mut often, mut told_often) = lived(60, &swept);
        told_seldom.extend(seldom.sweep(at_second(end)));
        told_often.extend(often.sweep(at_second(end)));
        prop_assert_eq!(seldom, often);
        let facts = |told: &[SlaFinding]| {
            let fact = |found: &SlaFinding| (found.kind, found.at, found.due_at);
            told.iter().map(fact).collect::<Vec<_>>()
        };
        prop_assert_eq!(facts(&told_seldom), facts(&told_often));
    }

    #[test]
    fn each_is_told_once_with_the_instant_on_record(steps in timeline(3600)) {
        let (clock, told) = lived(60, &steps);
        for (kind, on_record) in [(Warning, clock.warned_at), (Breach, clock.breached_at)] {
            let instants: Vec<_> = told.iter().filter(|found| crate::sla::timer::tests::kind(found) == kind).map(|found| found.at).collect();
            prop_assert_eq!(instants, on_record.into_iter().collect::<Vec<_>>());
        }
        prop_assert!(clock.warned_at.is_some() || clock.breached_at.is_none());
    }

    #[test]
    fn stopping_is_idempotent(steps in timeline(3600), first in 0_i64..9000, second in 0_i64..9000) {
        let (mut clock, _) = lived(60, &steps);
        drop(clock.stop(None, at_second(first)));
        let stopped = clock.clone();
        prop_assert_eq!(clock.stop(None, at_second(second)), vec![]);
        prop_assert_eq!(clock, stopped);
    }

    #[test]
    fn nothing_on_record_is_ever_taken_back(steps in timeline(3600)) {
        let mut clock = clock(60);
        for (second, step) in steps {
            let before = (clock.warned_at, clock.breached_at);
            drop(step.apply(&mut clock, at_second(second)));
            prop_assert!(before.0.is_none() || before.0 == clock.warned_at);
            prop_assert!(before.1.is_none() || before.1 == clock.breached_at);
        }
    }

    /// A stopped clock is breached exactly if it used more than its target, provided that the target did
    /// not change.
    #[test]
    fn a_clock_is_missed_exactly_when_it_used_too_much(steps in timeline(1800), end in 0_i64..3600) {
        let acts: Vec<_> = steps.into_iter().filter(|(_, step)| !matches!(step, Step::Retarget(..))).collect();
        let (mut clock, _) = lived(60, &acts);
        let end = at_second(acts.last().map_or(0, |last| last.0) + end);
        drop(clock.stop(None, end));
        prop_assert_eq!(clock.breached_at.is_some(), clock.elapsed(None, end) > TimeDelta::minutes(60));
    }
}
