//! The shape of the `sla` object, and the states of clocks.

use super::*;
use crate::{
    sla::{SlaTarget, WarningThresholds},
    tickets::{Priority, Status},
};
use proptest::prelude::*;
use serde_json::json;

fn at_second(second: i64) -> DateTime<Utc> {
    // 2025-10-01T08:00:00Z
    DateTime::from_timestamp(1_759_305_600 + second, 0).unwrap()
}

fn at(minute: i64) -> DateTime<Utc> {
    at_second(minute * 60)
}

fn high() -> Policy {
    Policy::standard(Priority::High, 80)
}

#[test]
fn the_answer_has_the_contract_s_shape() {
    let mut clocks = Clocks::open(&high(), at(0));
    assert_eq!(clocks.staff_replied(&high(), at(12)), []);
    assert_eq!(clocks.waiting(&high(), at(20)), []);
    let view = SlaView::of(&high(), &clocks, at(50)).unwrap();
    let expected = json!({
        "policy": {
            "name": "standard", "firstResponseMinutes": 30, "nextResponseMinutes": null,
            "resolutionMinutes": 240, "pauseWhenWaiting": true, "atRiskPercent": 80, "calendar": null,
        },
        "firstResponse": {
            "targetMinutes": 30, "targetAt": "2025-10-01T08:30:00.000Z",
            "at": "2025-10-01T08:12:00.000Z", "elapsedMinutes": 12, "remainingMinutes": 18,
            "state": "met", "met": true,
        },
        "nextResponse": null,
        "resolution": {
            "targetMinutes": 240, "targetAt": "2025-10-01T12:30:00.000Z", "at": null,
            "elapsedMinutes": 20, "remainingMinutes": 220, "state": "paused", "met": null,
        },
        "pausedMinutes": 30,
    });
    assert_eq!(serde_json::to_value(view).unwrap(), expected);
}

#[test]
fn a_clock_passes_through_its_states() {
    let clocks = Clocks::open(&high(), at(0));
    let table = [0, 23, 24, 30, 31].map(|minute| {
        let view = SlaView::of(&high(), &clocks, at(minute))
            .unwrap()
            .first_response;
        (view.state, view.met, view.remaining_minutes)
    });
    assert_eq!(
        table,
        [
            (ClockState::Pending, None, 30),
            (ClockState::Pending, None, 7),
            (ClockState::AtRisk, None, 6),
            (ClockState::AtRisk, None, 0),
            (ClockState::Breached, Some(false), -1),
        ]
    );
    let mut late = clocks.clone();
    drop(late.staff_replied(&high(), at(40)));
    let view = SlaView::of(&high(), &late, at(90)).unwrap().first_response;
    assert_eq!((view.state, view.met), (ClockState::Missed, Some(false)));
    assert_eq!((view.elapsed_minutes, view.remaining_minutes), (40, -10));
}

#[test]
fn begun_minutes_count_whole_for_what_is_left() {
    let clocks = Clocks::open(&high(), at(0));
    let left = |second| {
        let view = SlaView::of(&high(), &clocks, at_second(second))
            .unwrap()
            .first_response;
        (view.elapsed_minutes, view.remaining_minutes, view.state)
    };
    assert_eq!(left(29 * 60 + 1), (29, 1, ClockState::AtRisk));
    assert_eq!(left(30 * 60 + 1), (30, 0, ClockState::Breached));
    assert_eq!(left(31 * 60 + 59), (31, -1, ClockState::Breached));
}

#[test]
fn a_breach_outlasts_a_pause_and_a_longer_target() {
    let mut clocks = Clocks::open(&high(), at(0));
    drop(clocks.waiting(&high(), at(300)));
    let state = |clocks: &Clocks| {
        SlaView::of(&high(), clocks, at(400))
            .unwrap()
            .resolution
            .state
    };
    assert_eq!(state(&clocks), ClockState::Breached);
    let low = Policy::standard(Priority::Low, 80);
    drop(clocks.reprioritised(&low, Status::InProgress, at(400)));
    assert_eq!(state(&clocks), ClockState::Breached);
}

#[test]
fn the_latest_cycle_is_shown() {
    let policy = Policy {
        next_response_minutes: Some(10),
        ..high()
    };
    let mut clocks = Clocks::open(&policy, at(0));
    drop(clocks.resolved(&policy, at(500)));
    clocks.reopened(&policy, at(600));
    clocks.customer_wrote(&policy, at(601));
    let view = SlaView::of(&policy, &clocks, at(605)).unwrap();
    assert_eq!(view.first_response.state, ClockState::Missed);
    assert_eq!(
        (view.resolution.state, view.resolution.elapsed_minutes),
        (ClockState::Pending, 5)
    );
    assert_eq!(view.next_response.unwrap().elapsed_minutes, 4);
    assert_eq!(
        SlaView::of(&high(), &clocks, at(605))
            .unwrap()
            .next_response,
        None
    );
}

proptest! {
    #[test]
    fn used_and_left_make_the_target(
        seconds in prop::collection::vec(0_i64..4000, 0..6), target in 1..300, later in 0_i64..40_000,
    ) {
        let mut clock = SlaClock::start(Metric::Resolution, 1, &SlaTarget { target_minutes: target, at_risk: &WarningThresholds::Once(80), calendar: None }, at(0));
        let mut now = 0;
        for (index, gap) in seconds.iter().enumerate() {
            now += gap;
            if index % 2 == 0 { drop(clock.pause(at_second(now))) } else { clock.resume(None, at_second(now)) }
        }
        let now = at_second(now + later);
        let view = ClockView::of(&clock, None, now);
        prop_assert_eq!(view.elapsed_minutes + view.remaining_minutes, i64::from(target));
        // The deadline is as far away as there is working time left.
        let left = chrono::TimeDelta::minutes(i64::from(target)) - clock.elapsed(None, now);
        prop_assert_eq!(view.target_at - now, left);
        prop_assert_eq!(view.state == ClockState::Breached, left < chrono::TimeDelta::zero());
        prop_assert_eq!(view.met, (view.state == ClockState::Breached).then_some(false));
    }
}
