//! The table of who hears of kind, row by row.

use super::*;
use crate::{
    ids::{EventId, MessageId, TicketId},
    notifications::Audience,
    people::Role,
    sla::Metric,
    tickets::{Priority, Status},
};
use chrono::DateTime;

const CUSTOMER: UserId = person(1);
const AGENT: UserId = person(2);
const EARLIER: UserId = person(3);
const MENTIONED: UserId = person(4);
const SENIOR: UserId = person(5);
const ADMIN: UserId = person(6);
const NEW: UserId = person(7);

const fn person(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

fn event(by: EventActor, kind: TicketEventKind) -> TicketEvent {
    TicketEvent {
        id: EventId(uuid::Uuid::from_u128(100)),
        ticket: TicketId(uuid::Uuid::from_u128(101)),
        at: DateTime::UNIX_EPOCH,
        by,
        kind,
    }
}

fn everybody() -> TicketParticipants {
    TicketParticipants {
        customer: CUSTOMER,
        agent: Some(AGENT),
        escalated_from: vec![EARLIER],
        resolution: ResolutionTold::WhenResolved,
        mentioned: vec![MENTIONED],
        next_level: vec![SENIOR],
        admins: vec![ADMIN],
        on_duty: vec![NEW],
        department: vec![AGENT, NEW],
        active: (1..=7).map(person).collect(),
    }
}

const BY_AGENT: EventActor = EventActor::Person(AGENT, Role::Support);
const BY_CUSTOMER: EventActor = EventActor::Person(CUSTOMER, Role::Customer);
const BY_ADMIN: EventActor = EventActor::Person(ADMIN, Role::Admin);
const MESSAGE: MessageId = MessageId(uuid::Uuid::from_u128(200));

fn assigned(to: UserId) -> TicketEventKind {
    TicketEventKind::Assigned {
        from: None,
        to,
        reason: None,
    }
}

fn escalated(to: Option<UserId>, automatic: bool) -> TicketEventKind {
    TicketEventKind::Escalated {
        level: 1,
        from: Some(AGENT),
        to,
        reason: "hard".to_owned(),
        automatic,
    }
}

fn status(to: Status) -> TicketEventKind {
    TicketEventKind::StatusChanged {
        from: Status::InProgress,
        to,
    }
}

fn breached(detected_after_stop: bool) -> TicketEventKind {
    TicketEventKind::SlaBreached {
        metric: Metric::Resolution,
        cycle: 0,
        detected_after_stop,
    }
}

fn at_risk(detected_after_stop: bool) -> TicketEventKind {
    let due_at = DateTime::UNIX_EPOCH;
    TicketEventKind::SlaAtRisk {
        metric: Metric::Resolution,
        percent: Some(80),
        cycle: 0,
        due_at,
        detected_after_stop,
    }
}

type Row = (EventActor, TicketEventKind, Vec<(UserId, Template)>);

/// Every kind of event, with those who hear of it.
#[expect(clippy::too_many_lines, reason = "a table has a row for each event")]
fn table() -> Vec<Row> {
    use EventActor::System;
    use Template as T;
    let message = || TicketEventKind::MessageAdded { message: MESSAGE };
    let to_all = || {
        vec![
            (AGENT, T::SlaBreached),
            (SENIOR, T::SlaBreached),
            (ADMIN, T::SlaBreached),
        ]
    };
    vec![
        (
            BY_CUSTOMER,
            TicketEventKind::Created,
            vec![(CUSTOMER, T::TicketReceived)],
        ),
        (
            BY_AGENT,
            TicketEventKind::Created,
            vec![(CUSTOMER, T::TicketReceived)],
        ),
        (
            System,
            assigned(NEW),
            vec![(CUSTOMER, T::TicketAssigned), (NEW, T::WorkAssigned)],
        ),
        (
            BY_AGENT,
            assigned(AGENT),
            vec![(CUSTOMER, T::TicketAssigned)],
        ),
        (
            BY_AGENT,
            TicketEventKind::Unassigned { from: AGENT },
            vec![],
        ),
        (
            BY_AGENT,
            status(Status::WaitingCustomer),
            vec![(CUSTOMER, T::AnswerAwaited)],
        ),
        (
            BY_AGENT,
            status(Status::WaitingInternal),
            vec![(CUSTOMER, T::StatusChanged)],
        ),
        (
            BY_ADMIN,
            status(Status::InProgress),
            vec![(CUSTOMER, T::StatusChanged), (AGENT, T::WorkStatusChanged)],
        ),
        // The reply has its own words.
        (BY_CUSTOMER, status(Status::InProgress), vec![]),
        (
            System,
            status(Status::WaitingCustomer),
            vec![(CUSTOMER, T::AnswerAwaited), (AGENT, T::WorkStatusChanged)],
        ),
        (BY_AGENT, status(Status::Resolved), vec![]),
        (BY_AGENT, status(Status::Closed), vec![]),
        (
            BY_AGENT,
            TicketEventKind::PriorityChanged {
                from: Priority::Low,
                to: Priority::High,
            },
            vec![],
        ),
        (BY_AGENT, message(), vec![(CUSTOMER, T::StaffReplied)]),
        (BY_CUSTOMER, message(), vec![(AGENT, T::CustomerReplied)]),
        (System, message(), vec![(CUSTOMER, T::StaffReplied)]),
        (
            BY_AGENT,
            TicketEventKind::NoteAdded { message: MESSAGE },
            vec![(MENTIONED, T::Mentioned)],
        ),
        (
            BY_ADMIN,
            TicketEventKind::NoteAdded { message: MESSAGE },
            vec![(MENTIONED, T::Mentioned), (AGENT, T::NoteAdded)],
        ),
        (
            BY_AGENT,
            escalated(Some(NEW), false),
            vec![(NEW, T::EscalatedToYou)],
        ),
        (
            BY_AGENT,
            escalated(None, false),
            vec![(ADMIN, T::EscalatedToNobody)],
        ),
        (BY_ADMIN, escalated(None, false), vec![]),
        (
            BY_AGENT,
            TicketEventKind::Resolved { by_closing: false },
            vec![
                (CUSTOMER, T::TicketResolved),
                (EARLIER, T::EscalationResolved),
            ],
        ),
        (
            BY_AGENT,
            TicketEventKind::Resolved { by_closing: true },
            vec![],
        ),
        (
            System,
            TicketEventKind::Resolved { by_closing: false },
            vec![
                (CUSTOMER, T::TicketResolved),
                (EARLIER, T::EscalationResolved),
                (AGENT, T::WorkStatusChanged),
            ],
        ),
        (
            System,
            TicketEventKind::Closed,
            vec![(CUSTOMER, T::TicketClosed), (AGENT, T::WorkStatusChanged)],
        ),
        (
            BY_CUSTOMER,
            TicketEventKind::Closed,
            vec![(AGENT, T::WorkStatusChanged)],
        ),
        (
            BY_CUSTOMER,
            TicketEventKind::Reopened {
                reason: "again".to_owned(),
            },
            vec![(AGENT, T::WorkReopened)],
        ),
        (BY_CUSTOMER, TicketEventKind::Rated { rating: 5 }, vec![]),
        (System, at_risk(false), vec![(AGENT, T::SlaAtRisk)]),
        (System, at_risk(true), vec![]),
        (System, breached(false), to_all()),
        (System, breached(true), to_all()),
        (
            System,
            TicketEventKind::Reminded,
            vec![(CUSTOMER, T::AnswerReminder)],
        ),
    ]
}

fn told(event: &TicketEvent, involved: &TicketParticipants) -> Vec<(UserId, Template)> {
    plan(event, Occasion::Happened, involved)
        .into_iter()
        .map(|planned| (planned.to, planned.template))
        .collect()
}

#[test]
fn every_event_is_told_to_those_whom_the_contract_names() {
    for (by, kind, expected) in table() {
        let event = event(by, kind);
        assert_eq!(told(&event, &everybody()), expected, "{event:?}");
    }
}

#[test]
fn every_kind_of_event_and_every_template_is_in_the_table() {
    let names: BTreeSet<_> = table().iter().map(|(_, kind, _)| kind.name()).collect();
    assert_eq!(names.len(), 15, "a kind of event is missing: {names:?}");
    let used: BTreeSet<_> = table()
        .into_iter()
        .flat_map(|(_, _, told)| told)
        .map(|(_, template)| template)
        .collect();
    // Mails about accounts have no plan: they are inserted with their account event. A ticket that waits is told when
    // nobody could be assigned.
    let of_tickets = |template: &&Template| {
        template.audience() != Audience::Owner && **template != Template::TicketWaiting
    };
    let all = Template::ALL.iter().filter(of_tickets).copied();
    assert_eq!(used, all.collect());
}

#[test]
fn a_customer_never_appears_where_a_template_is_for_staff() {
    for (by, kind, _) in table() {
        for (to, template) in told(&event(by, kind), &everybody()) {
            assert_eq!(
                to == CUSTOMER,
                template.audience() == Audience::Customer,
                "{template}"
            );
        }
    }
}

#[test]
fn a_direct_closing_tells_the_earlier_agents_and_the_customer_once() {
    let involved = TicketParticipants {
        resolution: ResolutionTold::WhenClosed,
        ..everybody()
    };
    let closed = event(BY_AGENT, TicketEventKind::Closed);
    let expected = [
        (CUSTOMER, Template::TicketClosed),
        (EARLIER, Template::EscalationResolved),
    ];
    assert_eq!(told(&closed, &involved), expected);
}

#[test]
fn nobody_is_told_twice_of_one_event() {
    let involved = TicketParticipants {
        next_level: vec![SENIOR, AGENT],
        admins: vec![SENIOR, ADMIN, ADMIN],
        ..everybody()
    };
    let people: Vec<_> = told(&event(EventActor::System, breached(false)), &involved)
        .into_iter()
        .map(|(to, _)| to)
        .collect();
    assert_eq!(people, [AGENT, SENIOR, ADMIN]);
}

#[test]
fn nobody_is_told_of_their_own_act() {
    let involved = TicketParticipants {
        escalated_from: vec![AGENT],
        mentioned: vec![AGENT],
        ..everybody()
    };
    let resolved = event(BY_AGENT, TicketEventKind::Resolved { by_closing: false });
    assert_eq!(
        told(&resolved, &involved),
        [(CUSTOMER, Template::TicketResolved)]
    );
    assert!(
        told(
            &event(BY_AGENT, TicketEventKind::NoteAdded { message: MESSAGE }),
            &involved
        )
        .is_empty()
    );
}

#[test]
fn a_closed_account_gets_no_notification() {
    for (by, kind, _) in table() {
        let involved = TicketParticipants {
            active: BTreeSet::new(),
            ..everybody()
        };
        assert!(told(&event(by, kind), &involved).is_empty());
    }
}

#[test]
fn a_breach_concerns_the_agent_from_whom_it_took_the_ticket() {
    let automatic = event(EventActor::System, escalated(Some(SENIOR), true));
    let by_hand = event(BY_AGENT, escalated(Some(SENIOR), false));
    assert_eq!(assignee(Some(SENIOR), &[by_hand, automatic]), Some(AGENT));
    assert_eq!(assignee(Some(NEW), &[]), Some(NEW));
}

#[test]
fn the_next_level_is_counted_from_where_the_breach_found_the_ticket() {
    let breach = event(EventActor::System, breached(false));
    let automatic = event(EventActor::System, escalated(Some(SENIOR), true));
    assert_eq!(level_above(&breach, 1, &[automatic]), Level(2));
    assert_eq!(level_above(&breach, 0, &[]), Level(2));
    assert_eq!(level_above(&breach, 2, &[]), Level(4));
}

#[test]
fn a_reopening_concerns_nobody_who_was_found_afterwards() {
    let found = event(EventActor::System, assigned(NEW));
    assert_eq!(assignee(Some(NEW), &[found]), None);
    assert_eq!(assignee(None, &[]), None);
    assert_eq!(assignee(Some(AGENT), &[]), Some(AGENT));
}

#[test]
fn a_ticket_that_waits_is_told_to_those_on_duty_and_to_the_rest_of_the_department_once() {
    let created = event(BY_CUSTOMER, TicketEventKind::Created);
    let planned = plan(&created, Occasion::NobodyAssigned, &everybody());
    let told: Vec<_> = planned.iter().map(|one| (one.to, one.recipient)).collect();
    let expected = [
        (NEW, Recipient::OnDuty),
        (AGENT, Recipient::DepartmentStaff),
    ];
    assert_eq!(told, expected);
}
