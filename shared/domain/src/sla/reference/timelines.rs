//! Random timelines: policies, calendars in many zones, and the events of a ticket.

use crate::sla::reference::naive::{Event, HORIZON};
use crate::{
    category::Priority,
    sla::{
        Calendar, Policy, WarningThresholds,
        working_time::tests::{calendars, hours},
    },
    status::Status,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

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

/// Targets and thresholds that are whole minutes.
fn policy(day: NaiveDate) -> impl Strategy<Value = Policy> {
    let target =
        || prop_oneof![2 => 1_i32..12, 2 => 12_i32..60, 1 => 60_i32..200].prop_map(|n| n * 20);
    let thresholds =
        prop::collection::btree_set((1_i16..20).prop_map(|threshold| threshold * 5), 1..4);
    let at_risk = (thresholds, any::<bool>()).prop_map(|(thresholds, once)| {
        let thresholds: Vec<i16> = thresholds.into_iter().collect();
        if once {
            WarningThresholds::Once(thresholds[0])
        } else {
            WarningThresholds::Each(thresholds)
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

/// Days near a change of clocks in one of the zones, and other days.
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

/// The events of a ticket.
#[derive(Debug)]
pub struct Timeline {
    pub created: DateTime<Utc>,
    pub policies: Vec<Policy>,
    /// Minutes after creation, in order.
    pub events: Vec<(usize, Event)>,
    pub now: usize,
}

pub fn timelines() -> impl Strategy<Value = Timeline> {
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
