//! What follows from what: the one table from events to jobs. Pure.

use crate::job_list::Job;
use domain::{
    assignment::Load,
    ids::UserId,
    tickets::{Happened, Status, TicketEvent},
};

/// The jobs that follow from an event. `holder` is who has the ticket after all that happened in
/// the same unit of work, `load` what counts against the holder's limit.
#[must_use]
pub fn reactions(event: &TicketEvent, holder: Option<UserId>, load: Load) -> Vec<Job> {
    let tell = Job::PlanNotifications { event: event.id };
    let find_agent = || {
        holder.is_none().then_some(Job::AssignTicket {
            ticket: event.ticket,
        })
    };
    let fill = |agent: Option<UserId>| agent.map(|agent| Job::FillAgent { agent });
    let jobs = match &event.what {
        Happened::Created => [find_agent(), Some(tell), None],
        Happened::Assigned { from, .. } => [Some(tell), fill(*from), None],
        Happened::Unassigned { from } => [None, fill(Some(*from)), None],
        Happened::StatusChanged {
            to: Status::Open, ..
        } => [find_agent(), None, None],
        Happened::StatusChanged {
            to: Status::WaitingCustomer,
            ..
        } => match load {
            Load::All => [Some(tell), None, None],
            Load::WithoutWaiting => [Some(tell), fill(holder), None],
        },
        Happened::StatusChanged { .. } => [None, None, None],
        Happened::Escalated { from, .. } => [Some(tell), fill(*from), None],
        Happened::Resolved { .. } => [Some(tell), fill(holder), None],
        Happened::Reopened { .. } => [find_agent(), Some(tell), None],
        Happened::MessageAdded { .. }
        | Happened::NoteAdded { .. }
        | Happened::Closed
        | Happened::SlaAtRisk { .. }
        | Happened::SlaBreached { .. }
        | Happened::Reminded => [Some(tell), None, None],
        // Another department's agents may take it.
        Happened::DepartmentChanged { .. } => [find_agent(), None, None],
        Happened::PriorityChanged { .. }
        | Happened::SubjectChanged { .. }
        | Happened::DescriptionChanged { .. }
        | Happened::CategoryChanged { .. }
        | Happened::LanguageChanged { .. }
        | Happened::TagsChanged { .. }
        | Happened::RelatedChanged { .. }
        | Happened::MessageRedacted { .. }
        | Happened::Rated { .. } => [None, None, None],
    };
    jobs.into_iter().flatten().collect()
}
