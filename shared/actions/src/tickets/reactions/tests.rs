//! Which jobs follow from which events.

use super::*;
use chrono::DateTime;
use domain::{
    ids::{EventId, TicketId},
    tickets::{EventActor, Status, TicketEventKind},
};
use uuid::Uuid;

const TICKET: TicketId = TicketId(Uuid::from_u128(1));
const EVENT: EventId = EventId(Uuid::from_u128(2));
const SARAH: UserId = UserId(Uuid::from_u128(3));
const KIM: UserId = UserId(Uuid::from_u128(4));
const PLAN: Job = Job::PlanNotifications { event: EVENT };
const FIND: Job = Job::AssignTicket { ticket: TICKET };

const fn fill(agent: UserId) -> Job {
    Job::AssignToAvailableAgent { agent }
}

fn jobs(kind: TicketEventKind, assignee: Option<UserId>, load: WorkloadRule) -> Vec<Job> {
    let event = TicketEvent {
        id: EVENT,
        ticket: TICKET,
        at: DateTime::UNIX_EPOCH,
        by: EventActor::System,
        kind,
    };
    reactions(&event, assignee, load)
}

fn status(to: Status) -> TicketEventKind {
    TicketEventKind::StatusChanged {
        from: Status::InProgress,
        to,
    }
}

fn assigned(from: Option<UserId>) -> TicketEventKind {
    TicketEventKind::Assigned {
        from,
        to: SARAH,
        reason: None,
    }
}

#[test]
fn an_agent_is_found_only_for_an_unassigned_ticket() {
    let jobs = |kind, assignee| jobs(kind, assignee, WorkloadRule::All);
    assert_eq!(jobs(TicketEventKind::Created, None), [FIND, PLAN]);
    assert_eq!(jobs(TicketEventKind::Created, Some(SARAH)), [PLAN]);
    assert_eq!(jobs(status(Status::Open), None), [FIND, PLAN]);
    assert_eq!(jobs(status(Status::Open), Some(SARAH)), [PLAN]);
    let reason = String::new();
    let reopened = TicketEventKind::Reopened { reason };
    assert_eq!(jobs(reopened, None), [FIND, PLAN]);
}

#[test]
fn free_capacity_is_filled_for_the_agent_who_has_it() {
    let jobs = |kind| jobs(kind, Some(SARAH), WorkloadRule::All);
    assert_eq!(jobs(assigned(Some(KIM))), [PLAN, fill(KIM)]);
    assert_eq!(jobs(assigned(None)), [PLAN]);
    assert_eq!(jobs(TicketEventKind::Unassigned { from: KIM }), [fill(KIM)]);
    let resolved = TicketEventKind::Resolved { by_closing: false };
    assert_eq!(jobs(resolved), [PLAN, fill(SARAH)]);
    assert_eq!(jobs(TicketEventKind::Closed), [PLAN]);
}

#[test]
fn a_ticket_that_waits_frees_capacity_if_the_rule_says_so() {
    let jobs = |load| jobs(status(Status::WaitingCustomer), Some(SARAH), load);
    assert_eq!(jobs(WorkloadRule::All), [PLAN]);
    assert_eq!(jobs(WorkloadRule::WithoutWaiting), [PLAN, fill(SARAH)]);
}
