//! What a timeline comes to, and which timelines are refused.

use super::*;
use crate::{
    reader::Null,
    sla::{ClockState, working_time::tests::calendar},
};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn office() -> Policy {
    Policy {
        first_response_minutes: 60,
        next_response_minutes: Some(30),
        resolution_minutes: 480,
        calendar: Some(calendar("Africa/Nairobi", "mon-fri 08:00-17:00", &[])),
        ..Policy::standard(Priority::Medium, 80)
    }
}

fn event(instant: &str, what: Simulated) -> SimulatedEvent {
    SimulatedEvent {
        at: at(instant),
        what,
    }
}

fn run(policy: Policy, events: &[SimulatedEvent], now: &str) -> SlaView {
    let events: Vec<_> = events.iter().copied().map(Some).collect();
    let mut errors = FieldErrors::new();
    let instants = (Some(at("2025-10-03T13:30:00Z")), Some(at(now)));
    let simulation = Simulation::parse(Some(policy), instants, &events, &mut errors);
    errors.finish(simulation).unwrap().run().unwrap()
}

#[test]
fn a_weekend_counts_for_nothing() {
    // Friday 16:30 in Nairobi.
    let sla = run(office(), &[], "2025-10-06T05:15:00Z");
    assert_eq!(sla.first_response.elapsed_minutes, 45);
    assert_eq!(sla.first_response.target_at, at("2025-10-06T05:30:00Z"));
    assert_eq!(sla.first_response.state, ClockState::Pending);
    assert_eq!(sla.resolution.remaining_minutes, 435);
}

#[test]
fn replies_waiting_and_taking_up_again_are_as_on_a_ticket() {
    use Simulated::{CustomerReply, StaffReply};
    let events = [
        // In any order.
        event(
            "2025-10-06T06:00:00Z",
            Simulated::Status(Status::WaitingCustomer),
        ),
        event("2025-10-06T05:20:00Z", StaffReply),
        event("2025-10-06T07:00:00Z", CustomerReply),
        event("2025-10-06T07:10:00Z", StaffReply),
    ];
    let sla = run(office(), &events, "2025-10-06T08:00:00Z");
    assert_eq!(sla.first_response.state, ClockState::Met);
    assert_eq!(sla.first_response.elapsed_minutes, 50);
    assert_eq!(
        (sla.paused_minutes, sla.resolution.elapsed_minutes),
        (60, 150)
    );
    assert_eq!(sla.next_response.as_ref().unwrap().elapsed_minutes, 10);
    let mut events = events.to_vec();
    events.push(event(
        "2025-10-06T08:00:00Z",
        Simulated::Status(Status::Closed),
    ));
    let closed = run(office(), &events, "2025-10-07T08:00:00Z");
    assert_eq!(closed.resolution.state, ClockState::Met);
    assert_eq!(closed.resolution.elapsed_minutes, 150);
    // Nobody can write on a closed ticket.
    events.push(event("2025-10-06T09:00:00Z", CustomerReply));
    assert_eq!(run(office(), &events, "2025-10-07T08:00:00Z"), closed);
    events.push(event(
        "2025-10-06T10:00:00Z",
        Simulated::Status(Status::Reopened),
    ));
    let again = run(office(), &events, "2025-10-06T10:30:00Z");
    assert_eq!(
        (again.paused_minutes, again.resolution.elapsed_minutes),
        (0, 30)
    );
    assert_eq!(again.first_response, closed.first_response);
}

/// Two hours for a ticket that waits for its customer half an hour after they have passed.
fn late(calendar: Option<crate::sla::Calendar>, now: &str) -> SlaView {
    let waits = Simulated::Status(Status::WaitingCustomer);
    let works = Simulated::Status(Status::InProgress);
    let policy = Policy {
        first_response_minutes: 60,
        resolution_minutes: 120,
        calendar,
        ..Policy::standard(Priority::Medium, 80)
    };
    let events = [
        event("2025-10-02T08:01:00Z", works),
        event("2025-10-02T10:30:00Z", waits),
        event("2025-10-02T13:30:00Z", works),
    ];
    let events: Vec<_> = events.into_iter().map(Some).collect();
    let mut errors = FieldErrors::new();
    let instants = (Some(at("2025-10-02T08:00:00Z")), Some(at(now)));
    let simulation = Simulation::parse(Some(policy), instants, &events, &mut errors);
    errors.finish(simulation).unwrap().run().unwrap()
}

#[test]
fn a_pause_that_begins_after_the_deadline_moves_it_no_more_with_and_without_a_calendar() {
    let hours = calendar("Africa/Nairobi", "mon-fri 08:00-15:00", &[]);
    for (calendar, now, left) in [
        (None, "2025-10-02T12:00:00Z", -120),
        (None, "2025-10-02T14:00:00Z", -240),
        // Three in the afternoon: the working day ends.
        (Some(hours.clone()), "2025-10-02T12:00:00Z", -120),
        (Some(hours), "2025-10-02T14:00:00Z", -120),
    ] {
        let sla = late(calendar, now);
        let clock = sla.resolution;
        assert_eq!(clock.target_at, at("2025-10-02T10:00:00Z"));
        assert_eq!((clock.remaining_minutes, sla.paused_minutes), (left, 0));
        assert_eq!(clock.state, ClockState::Breached);
    }
}

#[test]
fn what_is_later_than_now_has_not_happened() {
    let events = [event("2025-10-06T06:00:00Z", Simulated::StaffReply)];
    let sla = run(office(), &events, "2025-10-06T05:59:59Z");
    assert_eq!(sla.first_response.at, None);
    let sla = run(office(), &events, "2025-10-06T06:00:00Z");
    assert_eq!(sla.first_response.at, Some(at("2025-10-06T06:00:00Z")));
}

#[test]
fn every_error_is_named_at_once() {
    let Value::Object(sent) = json!({
        "policy": {"firstResponseMinutes": 60, "resolutionMinutes": 480},
        "createdAt": "2025-10-01T00:00:00Z",
        "events": [
            {"at": "2025-10-01T00:00:00Z", "type": "status"},
            {"at": "2025-09-30T23:59:59Z", "type": "priority"},
        ],
        "now": "2025-09-01T00:00:00Z",
    }) else {
        panic!("not an object")
    };
    let mut reader = ObjectReader::new(sent, Null::Absent);
    let simulation = Simulation::read(&mut reader, 80);
    let errors = reader.finish(simulation).unwrap_err();
    let named: Vec<_> = errors
        .iter()
        .map(|error| (error.field.as_str(), error.code))
        .collect();
    let expected = [
        ("events[0].status", "required"),
        ("now", "before_creation"),
        ("events[1].at", "before_creation"),
    ];
    assert_eq!(named, expected);
    let early = Some(event("2025-09-30T23:59:59Z", Simulated::Priority));
    let events = [None, early];
    let mut errors = FieldErrors::new();
    let instants = (Some(at("2025-10-01T00:00:00Z")), None);
    let simulation = Simulation::parse(Some(office()), instants, &events, &mut errors);
    let errors = errors.finish(simulation).unwrap_err();
    assert_eq!(errors[0].field, "events[1].at", "also without `now`");
    let mut errors = FieldErrors::new();
    let instants = (
        Some(at("2015-10-01T00:00:00Z")),
        Some(at("2025-10-03T00:00:00Z")),
    );
    drop(Simulation::parse(
        Some(office()),
        instants,
        &[],
        &mut errors,
    ));
    assert_eq!(errors.finish(Some(())).unwrap_err()[0].code, "too_late");
}
