//! The laws of a ticket's life: whatever is done with it, in whatever order, allowed or not.

use super::*;
use crate::{
    ids::TicketId,
    people::Department,
    sla::Metric,
    tickets::{Category, TicketNumber},
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

fn new_case() -> Case {
    let at = instant(0);
    Case::created(Ticket {
        id: TicketId(uuid::Uuid::nil()),
        number: TicketNumber::new(at, 1),
        customer_id: person(100),
        assigned_to: None,
        subject: "Help".to_owned(),
        description: "Please.".to_owned(),
        category: Category::General,
        priority: Priority::Medium,
        status: Status::Open,
        department: Department::General,
        language: "en".to_owned(),
        tags: Vec::new(),
        attachments: Json(Vec::new()),
        related_booking: None,
        related_transaction: None,
        related_conversation: None,
        policy: Json(policy()),
        escalation_level: 0,
        resolution: None,
        resolved_for: None,
        rating: None,
        rating_feedback: None,
        rated_at: None,
        reopened_count: 0,
        rated_for: None,
        rated_cycle: None,
        waiting_since: None,
        reminded_at: None,
        handed_back_by: None,
        version: 1,
        created_at: at,
        updated_at: at,
        assigned_at: None,
        first_response_at: None,
        resolved_at: None,
        closed_at: None,
    })
}

/// What is done, as the actions do it.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Give(u128),
    Set(Status, u128),
    Escalate(Option<u128>),
    PutBack(Again),
    Close,
    Reopen { back: bool },
    Priority(Priority),
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let agent = || 1..4_u128;
    prop_oneof![
        agent().prop_map(Deed::Give),
        (select(Status::ALL), agent()).prop_map(|(to, by)| Deed::Set(to, by)),
        proptest::option::of(agent()).prop_map(Deed::Escalate),
        select(vec![Again::ByHandAlone, Again::AsAnybody]).prop_map(Deed::PutBack),
        Just(Deed::Close),
        any::<bool>().prop_map(|back| Deed::Reopen { back }),
        select(Priority::ALL).prop_map(Deed::Priority),
    ]
}

fn does(case: &mut Case, deed: Deed, now: DateTime<Utc>) -> Result<(), Refused> {
    match deed {
        Deed::Give(agent) => case.give(person(agent), None, now),
        Deed::Set(to, by) => {
            let present = case.ticket.status;
            if to != present && !present.settable().contains(&to) {
                return Err(Refused { present });
            }
            if to != present && to != Status::Open {
                case.take_up(person(by), now);
            }
            case.set_status(to, Some(person(by)), now)
        }
        Deed::Escalate(to) => {
            let escalation = Escalation {
                to: to.map(person),
                reason: "why".to_owned(),
                automatic: false,
            };
            case.escalate(escalation, now)
        }
        Deed::PutBack(again) => case.put_back(again, now),
        Deed::Close if case.ticket.status == Status::Closed => Err(Refused {
            present: Status::Closed,
        }),
        Deed::Close => {
            if case.ticket.status.is_active() {
                case.resolve(unexplained(None, now), true, now);
            }
            case.close(now);
            Ok(())
        }
        Deed::Reopen { back } => {
            let holder = case.ticket.assigned_to.filter(|_| back);
            case.reopen("why".to_owned(), holder, policy(), now)
        }
        Deed::Priority(priority) => {
            if case.ticket.status.is_active() && case.ticket.priority != priority {
                case.set_priority(priority, policy(), now);
            }
            Ok(())
        }
    }
}

/// What the history alone says: where it stands, who has it, how often it was lifted.
fn told(entries: &[Entry]) -> (Status, Option<UserId>, i32) {
    let (mut status, mut holder, mut level) = (Status::Open, None, 0);
    for entry in entries {
        match &entry.what {
            Happened::StatusChanged { from, to } => {
                assert_eq!(*from, status);
                status = *to;
            }
            Happened::Assigned { from, to, .. } => {
                assert_eq!(*from, holder);
                holder = Some(*to);
            }
            Happened::Unassigned { from } => {
                assert_eq!(Some(*from), holder);
                holder = None;
            }
            Happened::Escalated {
                from,
                to,
                level: now,
                ..
            } => {
                assert_eq!(*from, holder);
                holder = *to;
                level += 1;
                assert_eq!(*now, level);
            }
            _ => {}
        }
    }
    (status, holder, level)
}

proptest! {
    #[test]
    fn whatever_is_done_the_history_tells_it_and_everything_fits(
        deeds in prop::collection::vec(any_deed(), 1..30),
    ) {
        let mut case = new_case();
        for (minute, deed) in (1..).zip(deeds) {
            let before = (case.ticket.clone(), case.entries().len());
            let done = does(&mut case, deed, instant(minute * 17));
            let ticket = &case.ticket;
            if done.is_err() {
                prop_assert_eq!((ticket.clone(), case.entries().len()), before, "refused: nothing happens");
            }
            let expected = (ticket.status, ticket.assigned_to, ticket.escalation_level);
            prop_assert_eq!(told(case.entries()), expected, "{:?}", deed);
            let (status, active) = (ticket.status, ticket.status.is_active());
            prop_assert_eq!(ticket.assigned_at.is_some(), ticket.assigned_to.is_some());
            prop_assert!(status != Status::Open || ticket.assigned_to.is_none());
            prop_assert!(status != Status::Assigned || ticket.assigned_to.is_some());
            prop_assert_eq!(ticket.resolved_at.is_some(), !active);
            prop_assert_eq!(ticket.resolution.is_some(), !active);
            prop_assert_eq!(ticket.closed_at.is_some(), status == Status::Closed);
            prop_assert_eq!(ticket.waiting_since.is_some(), status == Status::WaitingCustomer);
            let clock = case.clocks.latest(Metric::Resolution).unwrap();
            prop_assert_eq!(clock.stopped_at.is_some(), !active);
            // It stands still while the customer has to answer, unless the deadline had passed before.
            let past_due = instant(minute * 17) > clock.due_at;
            let waits = status == Status::WaitingCustomer;
            prop_assert!(clock.paused_at.is_none_or(|from| waits && from <= clock.due_at));
            prop_assert!(!waits || clock.paused_at.is_some() || past_due);
        }
    }
}
