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
mod tests;
