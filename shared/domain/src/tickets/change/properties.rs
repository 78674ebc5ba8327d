//! Properties of a ticket under random sequences of changes, allowed or refused.

mod replay;

use super::*;
use crate::{
    ids::{MessageId, TicketId},
    people::{Department, Role},
    sla::Metric,
    tickets::{Category, NewRating, NewTicket, Opening, ResolutionType, TicketEdit, TicketNumber},
};
use proptest::{prelude::*, sample::select};
use replay::{recorded_fields, replayed};

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

fn new_change() -> TicketChange {
    let at = instant(0);
    let new = NewTicket::about(
        "Help".to_owned(),
        "Please.".to_owned(),
        Category::General,
        person(100),
    );
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

/// An action: each is a method of `TicketChange`.
#[derive(Debug, Clone)]
enum Action {
    Assign(u128),
    Set(Status, u128),
    Escalate(Option<u128>),
    ReturnToQueue(Reassignment),
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

fn any_action() -> impl Strategy<Value = Action> {
    let agent = || 1..4_u128;
    let of_status = prop_oneof![
        agent().prop_map(Action::Assign),
        (select(Status::ALL), agent()).prop_map(|(to, by)| Action::Set(to, by)),
        proptest::option::of(agent()).prop_map(Action::Escalate),
        select(vec![Reassignment::ManualOnly, Reassignment::Allowed])
            .prop_map(Action::ReturnToQueue),
        agent().prop_map(Action::Close),
        any::<(bool, bool)>().prop_map(|(back, late)| Action::Reopen { back, late }),
        select(Priority::ALL).prop_map(Action::Priority),
        select(vec![
            Action::CloseByCustomer,
            Action::CloseResolved,
            Action::ResolveUnanswered,
            Action::Remind,
            Action::Rate,
            Action::Sweep,
        ]),
    ];
    let of_texts = prop_oneof![
        ("[ab]", select(Role::ALL)).prop_map(|(text, by)| Action::Edit(text, by)),
        Just(Action::CustomerWrites),
        agent().prop_map(Action::StaffWrites),
        Just(Action::Note),
    ];
    prop_oneof![3 => of_status, 1 => of_texts]
}

fn apply(
    change: &mut TicketChange,
    action: Action,
    now: DateTime<Utc>,
) -> Result<(), TicketRefusal> {
    let message = MessageId(uuid::Uuid::nil());
    let worker = |agent| ActingAgent::locked(person(agent));
    match action {
        Action::Assign(agent) => change.assign(person(agent), None, now),
        Action::Set(to, by) => change.set_status(to, worker(by), now),
        Action::Escalate(to) => {
            let escalation = Escalation {
                to: to.map(person),
                reason: "why".to_owned(),
                automatic: false,
            };
            change.escalate(escalation, now)
        }
        Action::ReturnToQueue(again) => change.return_to_queue(again, now),
        Action::Close(by) => change.close(conclusion(), worker(by), now),
        Action::CloseByCustomer => change.close_by_customer(None, now),
        Action::CloseResolved => change.close_resolved(now),
        Action::ResolveUnanswered => change.resolve_unanswered(now),
        Action::Remind => change.remind(now),
        Action::Reopen { back, late } => {
            let reopening = Reopening {
                reason: "why".to_owned(),
                assignee: change.ticket().assigned_to.filter(|_| back),
                policy: policy(),
                window: late.then(chrono::TimeDelta::zero),
            };
            change.reopen(reopening, now)
        }
        Action::Priority(priority) => change.set_priority(priority, policy(), now),
        Action::Edit(text, by) => change.edit(edit(&text), by, now),
        Action::CustomerWrites => change.customer_wrote(message, now),
        Action::StaffWrites(by) => {
            change.staff_wrote(worker(by), message, now);
            Ok(())
        }
        Action::Note => {
            change.noted(message, now);
            Ok(())
        }
        Action::Rate => {
            let rating = NewRating {
                rating: 5,
                feedback: None,
            };
            change.rate(rating, RatedBy::SignedIn, now)
        }
        Action::Sweep => {
            change.sweep(now);
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

fn is_consistent(change: &TicketChange, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let ticket = change.ticket();
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
    let clock = change.clocks().latest(Metric::Resolution).unwrap();
    prop_assert_eq!(clock.stopped_at.is_some(), !active);
    // The clock is paused while the ticket waits for its customer, unless it was past its deadline.
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
    fn the_history_yields_the_ticket_after_any_sequence_of_actions(
        actions in prop::collection::vec(any_action(), 1..30),
    ) {
        let mut change = new_change();
        let created = change.ticket().clone();
        for (minute, action) in (1..).zip(actions) {
            let before = (change.ticket().clone(), change.clocks().clone(), change.entries().len());
            let done = apply(&mut change, action.clone(), instant(minute * 17));
            if done.is_err() {
                let after = (change.ticket().clone(), change.clocks().clone(), change.entries().len());
                prop_assert_eq!(after, before, "refused: nothing happens");
            }
            let replayed = replayed(&created, change.entries());
            prop_assert_eq!(recorded_fields(&replayed), recorded_fields(change.ticket()), "{:?}", action);
            is_consistent(&change, instant(minute * 17))?;
        }
    }

    /// Each action is a change of its own, as after loading.
    #[test]
    fn a_breach_that_a_change_finds_escalates_unless_the_change_gave_the_ticket_to_somebody(
        actions in prop::collection::vec(any_action(), 1..20),
    ) {
        let mut change = new_change();
        for (minute, action) in (1..).zip(actions) {
            change = TicketChange::loaded(change.ticket().clone(), change.clocks().clone());
            let now = instant(minute * 97);
            let done = apply(&mut change, action, now);
            let breached = change.entries().iter().any(|entry| {
                matches!(entry.kind, TicketEventKind::SlaBreached { detected_after_stop: false, .. })
            });
            let handed = change.entries().iter().any(|entry| matches!(
                entry.kind,
                TicketEventKind::Assigned { .. } | TicketEventKind::Escalated { .. }
            ));
            let must = breached && !handed && change.ticket().status.is_active();
            prop_assert_eq!(change.must_escalate().is_some(), must && done.is_ok());
            if let Some(breach) = change.must_escalate() {
                prop_assert!(breach.due_at <= now);
                let escalation = Escalation { to: None, reason: breach.reason(), automatic: true };
                change.escalate(escalation, now).unwrap();
                prop_assert_eq!(change.must_escalate(), None, "once");
                let last = change.entries().last().unwrap();
                prop_assert_eq!(last.by, Attribution::System);
            }
        }
    }
}

fn in_status(status: Status) -> TicketChange {
    let mut change = new_change();
    change
        .set_status(
            Status::InProgress,
            ActingAgent::locked(person(1)),
            instant(1),
        )
        .unwrap();
    change
        .set_status(status, ActingAgent::locked(person(1)), instant(2))
        .unwrap();
    change
}

#[test]
fn a_ticket_that_loses_its_agent_while_it_waits_goes_on_waiting_and_the_answer_opens_it() {
    let mut change = in_status(Status::WaitingCustomer);
    change
        .return_to_queue(Reassignment::Allowed, instant(3))
        .unwrap();
    assert_eq!(change.ticket().status, Status::WaitingCustomer);
    assert_eq!(change.ticket().assigned_to, None);
    assert_eq!(crate::tickets::UnassignedTicket::of(change.ticket()), None);
    let clock = change.clocks().latest(Metric::Resolution).unwrap();
    assert!(clock.paused_at.is_some());
    change
        .customer_wrote(MessageId(uuid::Uuid::nil()), instant(4))
        .unwrap();
    assert_eq!(change.ticket().status, Status::Open);
    assert!(crate::tickets::UnassignedTicket::of(change.ticket()).is_some());
}

#[test]
fn other_tickets_that_lose_their_agent_are_open() {
    for status in [Status::InProgress, Status::WaitingInternal] {
        let mut change = in_status(status);
        change
            .return_to_queue(Reassignment::Allowed, instant(3))
            .unwrap();
        assert_eq!(change.ticket().status, Status::Open, "{status}");
    }
}

#[test]
fn a_customer_closes_what_is_active_and_a_resolution_of_type_other_says_by_whom() {
    let mut change = new_change();
    change
        .close_by_customer(Some("It works again.".to_owned()), instant(5))
        .unwrap();
    let resolution = change.ticket().resolution.clone().unwrap();
    assert_eq!(resolution.resolution_type, Some(ResolutionType::Other));
    assert_eq!(resolution.resolved_by, Some(person(100)));
    assert_eq!(resolution.summary.as_deref(), Some("It works again."));
    assert_eq!(change.ticket().assigned_to, None, "nobody has worked on it");
    let again = change.close_by_customer(None, instant(6));
    let present = Status::Closed;
    assert_eq!(again, Err(TicketRefusal::NothingToClose { present }));
}

#[test]
fn requesters_change_texts_until_the_first_response_and_staff_at_any_time() {
    let mut change = new_change();
    change.edit(edit("a"), Role::Customer, instant(1)).unwrap();
    change.noted(MessageId(uuid::Uuid::nil()), instant(2));
    change.edit(edit("b"), Role::Customer, instant(3)).unwrap();
    let answer = MessageId(uuid::Uuid::nil());
    change.staff_wrote(ActingAgent::locked(person(1)), answer, instant(4));
    let refused = change.edit(edit("c"), Role::Customer, instant(5));
    assert_eq!(refused, Err(TicketRefusal::Answered));
    change
        .close(conclusion(), ActingAgent::locked(person(1)), instant(6))
        .unwrap();
    change.edit(edit("c"), Role::Support, instant(7)).unwrap();
    assert_eq!(change.ticket().subject, "c");
}
