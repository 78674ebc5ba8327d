//! What follows from what: the one table from events to jobs. Pure.

use crate::job_list::Job;
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    tickets::{Status, TicketEvent, TicketEventKind},
};

/// The jobs that follow from an event. `assignee` is who has the ticket after all that happened in
/// the same unit of work, `load` what counts against the holder's limit.
#[must_use]
pub fn reactions(event: &TicketEvent, assignee: Option<UserId>, load: WorkloadRule) -> Vec<Job> {
    let tell = Job::PlanNotifications { event: event.id };
    let find_agent = || {
        assignee.is_none().then_some(Job::AssignTicket {
            ticket: event.ticket,
        })
    };
    let fill = |agent: Option<UserId>| agent.map(|agent| Job::AssignToAvailableAgent { agent });
    let jobs = match &event.what {
        TicketEventKind::Created => [find_agent(), Some(tell), None],
        TicketEventKind::Assigned { from, .. } => [Some(tell), fill(*from), None],
        TicketEventKind::Unassigned { from } => [None, fill(Some(*from)), None],
        TicketEventKind::StatusChanged {
            to: Status::Open, ..
        } => [find_agent(), None, None],
        TicketEventKind::StatusChanged {
            to: Status::WaitingCustomer,
            ..
        } => match load {
            WorkloadRule::All => [Some(tell), None, None],
            WorkloadRule::WithoutWaiting => [Some(tell), fill(assignee), None],
        },
        TicketEventKind::StatusChanged { .. } => [None, None, None],
        TicketEventKind::Escalated { from, .. } => [Some(tell), fill(*from), None],
        TicketEventKind::Resolved { .. } => [Some(tell), fill(assignee), None],
        TicketEventKind::Reopened { .. } => [find_agent(), Some(tell), None],
        TicketEventKind::MessageAdded { .. }
        | TicketEventKind::NoteAdded { .. }
        | TicketEventKind::Closed
        | TicketEventKind::SlaAtRisk { .. }
        | TicketEventKind::SlaBreached { .. }
        | TicketEventKind::Reminded => [Some(tell), None, None],
        // Another department's agents may take it.
        TicketEventKind::DepartmentChanged { .. } => [find_agent(), None, None],
        TicketEventKind::PriorityChanged { .. }
        | TicketEventKind::SubjectChanged { .. }
        | TicketEventKind::DescriptionChanged { .. }
        | TicketEventKind::CategoryChanged { .. }
        | TicketEventKind::LanguageChanged { .. }
        | TicketEventKind::TagsChanged { .. }
        | TicketEventKind::RelatedChanged { .. }
        | TicketEventKind::MessageRedacted { .. }
        | TicketEventKind::Rated { .. } => [None, None, None],
    };
    jobs.into_iter().flatten().collect()
}
