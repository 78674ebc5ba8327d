//! The laws of a ticket's life: whatever is done with it, in whatever order, allowed or not.

use super::*;
use crate::{
    ids::{MessageId, TicketId},
    people::{Department, Role},
    sla::Metric,
    tickets::{
        Category, NewRating, NewTicket, Opening, Related, ResolutionType, TicketEdit, TicketNumber,
    },
};
use proptest::{prelude::*, sample::select};

fn instant(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_759_276_800 + minute * 60, 0).unwrap()
}

fn policy() -> Policy {
    serde_json::from_value(serde_json::json!({
        "name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null,
        "resolutionMinutes": 480, "pauseWhenWaiting": true, "atRiskPercent": 80
    }))
    .unwrap()
}

fn person(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

fn new_case() -> TicketChange {
    let at = instant(0);
    let new = NewTicket {
        subject: "Help".to_owned(),
        description: "Please.".to_owned(),
        category: Category::General,
        priority: Priority::Medium,
        related_booking: None,
        related_transaction: None,
        related_conversation: None,
        attachments: Vec::new(),
        tags: Vec::new(),
        customer: person(100),
    };
    let opening = Opening {
        id: TicketId(uuid::Uuid::nil()),
        number: TicketNumber::new(at, 1),
        language: "en".to_owned(),
        attachments: Vec::new(),
        policy: policy(),
        at,
    };
    TicketChange::created(Ticket::opened(new, opening))
}

/// What is done: a method of `TicketChange` each.
#[derive(Debug, Clone)]
enum Deed {
    Give(u128),
    Set(Status, u128),
    Escalate(Option<u128>),
    PutBack(Reassignment),
    Close(u128),
    CloseByCustomer,
    CloseResolved,
    ResolveUnanswered,
    Remind,
    Reopen { back: bool, late: bool },
    Priority(Priority),
    Edit(String, Role),
    CustomerWrites,
    StaffWrites(u128),
    Note,
    Rate,
    Sweep,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let agent = || 1..4_u128;
    let of_status = prop_oneof![
        agent().prop_map(Deed::Give),
        (select(Status::ALL), agent()).prop_map(|(to, by)| Deed::Set(to, by)),
        proptest::option::of(agent()).prop_map(Deed::Escalate),
        select(vec![Reassignment::ManualOnly, Reassignment::Allowed]).prop_map(Deed::PutBack),
        agent().prop_map(Deed::Close),
        any::<(bool, bool)>().prop_map(|(back, late)| Deed::Reopen { back, late }),
        select(Priority::ALL).prop_map(Deed::Priority),
        select(vec![
            Deed::CloseByCustomer,
            Deed::CloseResolved,
            Deed::ResolveUnanswered,
            Deed::Remind,
            Deed::Rate,
            Deed::Sweep,
        ]),
    ];
    let of_texts = prop_oneof![
        ("[ab]", select(Role::ALL)).prop_map(|(text, by)| Deed::Edit(text, by)),
        Just(Deed::CustomerWrites),
        agent().prop_map(Deed::StaffWrites),
        Just(Deed::Note),
    ];
    prop_oneof![3 => of_status, 1 => of_texts]
}

fn does(case: &mut TicketChange, deed: Deed, now: DateTime<Utc>) -> Result<(), TicketRefusal> {
    let message = MessageId(uuid::Uuid::nil());
    let worker = |agent| ActingAgent::locked(person(agent));
    match deed {
        Deed::Give(agent) => case.assign(person(agent), None, now),
        Deed::Set(to, by) => case.set_status(to, worker(by), now),
        Deed::Escalate(to) => {
            let escalation = Escalation {
                to: to.map(person),
                reason: "why".to_owned(),
                automatic: false,
            };
            case.escalate(escalation, now)
        }
        Deed::PutBack(again) => case.return_to_queue(again, now),
        Deed::Close(by) => case.close(conclusion(), worker(by), now),
        Deed::CloseByCustomer => case.close_by_customer(None, now),
        Deed::CloseResolved => case.close_resolved(now),
        Deed::ResolveUnanswered => case.resolve_unanswered(now),
        Deed::Remind => case.remind(now),
        Deed::Reopen { back, late } => {
            let reopening = Reopening {
                reason: "why".to_owned(),
                assignee: case.ticket().assigned_to.filter(|_| back),
                policy: policy(),
                window: late.then(chrono::TimeDelta::zero),
            };
            case.reopen(reopening, now)
        }
        Deed::Priority(priority) => case.set_priority(priority, policy(), now),
        Deed::Edit(text, by) => case.edit(edit(&text), by, now),
        Deed::CustomerWrites => case.customer_wrote(message, now),
        Deed::StaffWrites(by) => {
            case.staff_wrote(worker(by), message, now);
            Ok(())
        }
        Deed::Note => {
            case.noted(message, now);
            Ok(())
        }
        Deed::Rate => {
            let rating = NewRating {
                rating: 5,
                feedback: None,
            };
            case.rate(rating, RatedBy::SignedIn, now)
        }
        Deed::Sweep => {
            case.sweep(now);
            Ok(())
        }
    }
}

fn conclusion() -> Conclusion {
    Conclusion {
        summary: "Done.".to_owned(),
        resolution_type: ResolutionType::Solved,
        resolution_notes: None,
        duplicate: None,
    }
}

fn edit(text: &str) -> TicketEdit {
    let to = || crate::people::Patch::To(text.to_owned());
    TicketEdit {
        subject: Some(text.to_owned()),
        description: Some(text.to_owned()),
        category: Some(Category::Payment),
        department: Some(Department::Billing),
        language: Some(text.to_owned()),
        tags: Some(vec![text.to_owned()]),
        related_booking: to(),
        related_transaction: to(),
        related_conversation: crate::people::Patch::Cleared,
    }
}

/// What the history alone says of a ticket that was created like this one: each entry is told from
/// what the one before it has left.
fn told(created: &Ticket, entries: &[PendingEvent]) -> Ticket {
    let mut ticket = created.clone();
    for entry in entries {
        tell(&mut ticket, &entry.what);
    }
    ticket
}

fn tell(ticket: &mut Ticket, what: &TicketEventKind) {
    match what {
        TicketEventKind::StatusChanged { from, to } => step(&mut ticket.status, from, to),
        TicketEventKind::PriorityChanged { from, to } => step(&mut ticket.priority, from, to),
        TicketEventKind::SubjectChanged { from, to } => step(&mut ticket.subject, from, to),
        TicketEventKind::DescriptionChanged { from, to } => step(&mut ticket.description, from, to),
        TicketEventKind::CategoryChanged { from, to } => step(&mut ticket.category, from, to),
        TicketEventKind::DepartmentChanged { from, to } => step(&mut ticket.department, from, to),
        TicketEventKind::LanguageChanged { from, to } => step(&mut ticket.language, from, to),
        TicketEventKind::TagsChanged { from, to } => step(&mut ticket.tags, from, to),
        TicketEventKind::RelatedChanged {
            reference,
            from,
            to,
        } => {
            let value = match reference {
                Related::Booking => &mut ticket.related_booking,
                Related::Transaction => &mut ticket.related_transaction,
                Related::Conversation => &mut ticket.related_conversation,
            };
            step(value, from, to);
        }
        TicketEventKind::Assigned { from, to, .. } => {
            step(&mut ticket.assigned_to, from, &Some(*to))
        }
        TicketEventKind::Unassigned { from } => step(&mut ticket.assigned_to, &Some(*from), &None),
        TicketEventKind::Escalated {
            level, from, to, ..
        } => {
            assert_eq!(ticket.assigned_to, *from);
            ticket.assigned_to = *to;
            step(&mut ticket.escalation_level, &(level - 1), level);
        }
        TicketEventKind::Created
        | TicketEventKind::MessageAdded { .. }
        | TicketEventKind::MessageRedacted { .. }
        | TicketEventKind::NoteAdded { .. }
        | TicketEventKind::Resolved { .. }
        | TicketEventKind::Closed
        | TicketEventKind::Reopened { .. }
        | TicketEventKind::Rated { .. }
        | TicketEventKind::SlaAtRisk { .. }
        | TicketEventKind::SlaBreached { .. }
        | TicketEventKind::Reminded => {}
    }
}

fn step<T: Clone + PartialEq + std::fmt::Debug>(value: &mut T, from: &T, to: &T) {
    assert_eq!(value, from);
    assert_ne!(from, to, "an entry tells of a change");
    *value = to.clone();
}

/// What of a ticket the history has to tell.
fn telling(ticket: &Ticket) -> impl PartialEq + std::fmt::Debug + use<> {
    let texts = [&ticket.subject, &ticket.description, &ticket.language];
    (
        (ticket.status, ticket.priority, ticket.assigned_to),
        (ticket.category, ticket.department, ticket.escalation_level),
        (texts.map(Clone::clone), ticket.tags.clone()),
        [
            ticket.related_booking.clone(),
            ticket.related_transaction.clone(),
            ticket.related_conversation.clone(),
        ],
    )
}

fn fits(case: &TicketChange, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let ticket = case.ticket();
    let (status, active) = (ticket.status, ticket.status.is_active());
    prop_assert_eq!(ticket.assigned_at.is_some(), ticket.assigned_to.is_some());
    prop_assert!(status != Status::Open || ticket.assigned_to.is_none());
    prop_assert!(status != Status::Assigned || ticket.assigned_to.is_some());
    prop_assert_eq!(ticket.resolved_at.is_some(), !active);
    prop_assert_eq!(ticket.resolution.is_some(), !active);
    prop_assert_eq!(ticket.closed_at.is_some(), status == Status::Closed);
    prop_assert_eq!(
        ticket.waiting_since.is_some(),
        status == Status::WaitingCustomer
    );
    let clock = case.clocks().latest(Metric::Resolution).unwrap();
    prop_assert_eq!(clock.stopped_at.is_some(), !active);
    // It stands still while the customer has to answer, unless the deadline had passed before.
    let waits = status == Status::WaitingCustomer;
    prop_assert!(
        clock
            .paused_at
            .is_none_or(|from| waits && from <= clock.due_at)
    );
    prop_assert!(!waits || clock.paused_at.is_some() || now > clock.due_at);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_done_the_history_tells_it_and_everything_fits(
        deeds in prop::collection::vec(any_deed(), 1..30),
    ) {
        let mut case = new_case();
        let created = case.ticket().clone();
        for (minute, deed) in (1..).zip(deeds) {
            let before = (case.ticket().clone(), case.clocks().clone(), case.entries().len());
            let done = does(&mut case, deed.clone(), instant(minute * 17));
            if done.is_err() {
                let after = (case.ticket().clone(), case.clocks().clone(), case.entries().len());
                prop_assert_eq!(after, before, "refused: nothing happens");
            }
            let told = told(&created, case.entries());
            prop_assert_eq!(telling(&told), telling(case.ticket()), "{:?}", deed);
            fits(&case, instant(minute * 17))?;
        }
    }

    /// A change of its own, as after loading.
    #[test]
    fn a_breach_that_a_change_finds_escalates_unless_the_change_gave_the_ticket_to_somebody(
        deeds in prop::collection::vec(any_deed(), 1..20),
    ) {
        let mut case = new_case();
        for (minute, deed) in (1..).zip(deeds) {
            case = TicketChange::loaded(case.ticket().clone(), case.clocks().clone());
            let now = instant(minute * 97);
            let done = does(&mut case, deed, now);
            let breached = case.entries().iter().any(|entry| {
                matches!(entry.what, TicketEventKind::SlaBreached { late: false, .. })
            });
            let handed = case.entries().iter().any(|entry| matches!(
                entry.what,
                TicketEventKind::Assigned { .. } | TicketEventKind::Escalated { .. }
            ));
            let must = breached && !handed && case.ticket().status.is_active();
            prop_assert_eq!(case.must_escalate().is_some(), must && done.is_ok());
            if let Some(breach) = case.must_escalate() {
                prop_assert!(breach.due_at <= now);
                let escalation = Escalation { to: None, reason: breach.reason(), automatic: true };
                case.escalate(escalation, now).unwrap();
                prop_assert_eq!(case.must_escalate(), None, "once");
                let last = case.entries().last().unwrap();
                prop_assert_eq!(last.by, Attribution::System);
            }
        }
    }
}

fn in_status(status: Status) -> TicketChange {
    let mut case = new_case();
    case.set_status(
        Status::InProgress,
        ActingAgent::locked(person(1)),
        instant(1),
    )
    .unwrap();
    case.set_status(status, ActingAgent::locked(person(1)), instant(2))
        .unwrap();
    case
}

#[test]
fn a_ticket_that_loses_its_agent_while_it_waits_goes_on_waiting_and_the_answer_opens_it() {
    let mut case = in_status(Status::WaitingCustomer);
    case.return_to_queue(Reassignment::Allowed, instant(3))
        .unwrap();
    assert_eq!(case.ticket().status, Status::WaitingCustomer);
    assert_eq!(case.ticket().assigned_to, None);
    assert_eq!(crate::tickets::UnassignedTicket::of(case.ticket()), None);
    let clock = case.clocks().latest(Metric::Resolution).unwrap();
    assert!(clock.paused_at.is_some());
    case.customer_wrote(MessageId(uuid::Uuid::nil()), instant(4))
        .unwrap();
    assert_eq!(case.ticket().status, Status::Open);
    assert!(crate::tickets::UnassignedTicket::of(case.ticket()).is_some());
}

#[test]
fn other_tickets_that_lose_their_agent_are_open() {
    for status in [Status::InProgress, Status::WaitingInternal] {
        let mut case = in_status(status);
        case.return_to_queue(Reassignment::Allowed, instant(3))
            .unwrap();
        assert_eq!(case.ticket().status, Status::Open, "{status}");
    }
}

#[test]
fn a_customer_closes_what_is_active_and_a_resolution_of_type_other_says_by_whom() {
    let mut case = new_case();
    case.close_by_customer(Some("It works again.".to_owned()), instant(5))
        .unwrap();
    let resolution = case.ticket().resolution.clone().unwrap();
    assert_eq!(resolution.resolution_type, Some(ResolutionType::Other));
    assert_eq!(resolution.resolved_by, Some(person(100)));
    assert_eq!(resolution.summary.as_deref(), Some("It works again."));
    assert_eq!(case.ticket().assigned_to, None, "nobody has worked on it");
    let again = case.close_by_customer(None, instant(6));
    let present = Status::Closed;
    assert_eq!(again, Err(TicketRefusal::NothingToClose { present }));
}

#[test]
fn requesters_change_texts_until_the_first_response_and_staff_at_any_time() {
    let mut case = new_case();
    case.edit(edit("a"), Role::Customer, instant(1)).unwrap();
    case.noted(MessageId(uuid::Uuid::nil()), instant(2));
    case.edit(edit("b"), Role::Customer, instant(3)).unwrap();
    let answer = MessageId(uuid::Uuid::nil());
    case.staff_wrote(ActingAgent::locked(person(1)), answer, instant(4));
    let refused = case.edit(edit("c"), Role::Customer, instant(5));
    assert_eq!(refused, Err(TicketRefusal::Answered));
    case.close(conclusion(), ActingAgent::locked(person(1)), instant(6))
        .unwrap();
    case.edit(edit("c"), Role::Support, instant(7)).unwrap();
    assert_eq!(case.ticket().subject, "c");
}
