//! Which jobs an event enqueues: the follow-ups of its row, as jobs of the ledger. Pure.

use crate::job_list::Job;
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    tickets::{FollowUp, TicketEvent},
};

/// The jobs that follow from an event, in the order of its row. `assignee` is the assignee at the end
/// of the unit of work; `load` says which tickets count against an agent's limit.
#[must_use]
pub fn reactions(event: &TicketEvent, assignee: Option<UserId>, load: WorkloadRule) -> Vec<Job> {
    let fill = |agent: Option<UserId>| agent.map(|agent| Job::AssignToAvailableAgent { agent });
    let follow_ups = event.kind.spec().follow_ups.iter();
    let jobs = follow_ups.filter_map(|follow_up| match follow_up {
        FollowUp::PlanNotifications => Some(Job::PlanNotifications { event: event.id }),
        FollowUp::FindAgent => assignee.is_none().then_some(Job::AssignTicket {
            ticket: event.ticket,
        }),
        FollowUp::FillPrevious => fill(event.kind.previous_assignee()),
        FollowUp::FillAssignee => fill(assignee),
        FollowUp::FillAssigneeWhileWaiting => match load {
            WorkloadRule::All => None,
            WorkloadRule::WithoutWaiting => fill(assignee),
        },
    });
    jobs.collect()
}

#[cfg(test)]
mod tests {
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
        assert_eq!(jobs(status(Status::Open), None), [FIND]);
        assert_eq!(jobs(status(Status::Open), Some(SARAH)), []);
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
}
