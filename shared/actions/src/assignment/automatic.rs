//! Automatic assignment of one ticket, in a transaction of the caller.

use crate::assignment::{give::assign, unassigned_queue::UnassignedQueue};
use crate::{
    agents::{self, rosters},
    error::ActionError,
    job_list::{self, Job},
    tickets::store as tickets,
};
use domain::{
    assignment::{Choice, Extent, Roster, requirements},
    ids::{TicketId, UserId},
    people::Department,
    tickets::UnassignedTicket,
};
use platform::work::UnitOfWork;

/// How many tickets at the head of the queue are compared with the ticket.
const LOOKAHEAD: i64 = 32;

/// Assigns a ticket as [`find_agent`] does. When nobody can take a new ticket, the agents of its department are told.
///
/// # Errors
/// The database failed.
pub async fn assign_automatically(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
) -> Result<Option<UserId>, ActionError> {
    let Some(unassigned) = tickets::find_unassigned(&mut *work.tx, ticket).await? else {
        return Ok(None);
    };
    let assigned = find_agent(work, &unassigned).await?;
    if assigned.is_none() {
        job_list::enqueue(work, &Job::TellOfWaiting { ticket }).await?;
    }
    Ok(assigned)
}

/// Assigns a ticket to the agent whom the strategy chooses. When an earlier ticket of the queue can be
/// assigned, that one is assigned instead, and the job of this ticket is enqueued again. The result is the
/// agent; `None` when no agent can take it now.
///
/// # Errors
/// The database failed.
async fn find_agent(
    work: &mut UnitOfWork<'_>,
    ticket: &UnassignedTicket,
) -> Result<Option<UserId>, ActionError> {
    let config = &work.cx.config.tickets;
    let staffed = agents::store::staffed(&mut *work.tx).await?;
    let Some(queue) = UnassignedQueue::of(config.strategy, ticket.department, &staffed) else {
        return Ok(None);
    };
    // The rosters are read before anything is locked.
    let first =
        rosters::first_rows(&mut work.tx, &queue.desks, config.strategy, config.load).await?;
    let extent = first.extent();
    let search = Search {
        ticket,
        queue: &queue,
        staffed: &staffed,
    };
    let assigned = search.assign_from(work, first).await?;
    if assigned.is_some() || extent == Extent::Everybody {
        return Ok(assigned);
    }
    let all = rosters::everybody(&mut work.tx, &queue.desks, config.load).await?;
    search.assign_from(work, all).await
}

/// The search for an agent of one ticket.
#[derive(Clone, Copy)]
struct Search<'a> {
    ticket: &'a UnassignedTicket,
    queue: &'a UnassignedQueue,
    /// The departments that have an active agent.
    staffed: &'a [Department],
}

impl Search<'_> {
    /// Assigns the ticket, or an earlier one, to an agent of this roster.
    async fn assign_from(
        self,
        work: &mut UnitOfWork<'_>,
        mut roster: Roster,
    ) -> Result<Option<UserId>, ActionError> {
        if !self.has_candidate(work, &roster, self.ticket) {
            return Ok(None);
        }
        let ticket = self.ticket.id;
        if let Some(earlier) = self.lock_earlier(work, &roster).await? {
            let agent = assign(work, earlier, &mut roster, self.staffed).await?;
            job_list::enqueue(work, &Job::AssignTicket { ticket }).await?;
            return Ok(agent);
        }
        assign(work, ticket, &mut roster, self.staffed).await
    }

    /// Locks the first ticket that goes before this one and that an agent of the roster could take. Tickets
    /// that other transactions have locked are skipped: they are being assigned.
    async fn lock_earlier(
        self,
        work: &mut UnitOfWork<'_>,
        roster: &Roster,
    ) -> Result<Option<TicketId>, ActionError> {
        let departments = &self.queue.departments;
        let head = tickets::first_unassigned(&mut *work.tx, departments, LOOKAHEAD).await?;
        let earlier: Vec<_> = head
            .iter()
            .take_while(|other| other.id != self.ticket.id)
            .filter(|other| other.goes_before(self.ticket))
            .filter(|other| self.has_candidate(work, roster, other))
            .map(|other| other.id.0)
            .collect();
        if earlier.is_empty() {
            return Ok(None);
        }
        Ok(tickets::try_lock_first(&mut *work.tx, &earlier).await?)
    }

    fn has_candidate(
        self,
        work: &UnitOfWork<'_>,
        roster: &Roster,
        ticket: &UnassignedTicket,
    ) -> bool {
        let choice = Choice::Usual {
            strategy: work.cx.config.tickets.strategy,
            requirements: &requirements(ticket, self.staffed, work.now()),
        };
        roster.is_any_for(&choice)
    }
}
