//! Assignment by the system of one ticket, in a transaction of the caller's.

use crate::assignment::{claim, queue::UnassignedQueue, reading};
use crate::{
    assignment::store as agents,
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

/// How far ahead in the queue a ticket looks for one that goes before it.
const IN_SIGHT: i64 = 32;

/// Finds an agent for a ticket that waits for one. Another that goes before it, and that somebody
/// could take, gets its turn: the ticket has another one later. `None` when nothing was assigned:
/// it does not wait any more, or nobody can take it now.
///
/// # Errors
/// The database failed.
pub async fn assign_automatically(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
) -> Result<Option<UserId>, ActionError> {
    let config = &work.cx.config.tickets;
    let Some(waiting) = tickets::find_waiting(&mut *work.tx, ticket).await? else {
        return Ok(None);
    };
    let staffed = agents::staffed(&mut *work.tx).await?;
    let Some(queue) = UnassignedQueue::of(config.strategy, waiting.department, &staffed) else {
        return Ok(None);
    };
    // Read before anything is locked.
    let first = reading::for_one_ticket(&mut work.tx, &queue, config.strategy, config.load).await?;
    let extent = first.extent();
    let given = among(work, &waiting, (&queue, first, &staffed)).await?;
    if given.is_some() || extent == Extent::Everybody {
        return Ok(given);
    }
    let all = reading::everybody(&mut work.tx, &queue.desks, config.load).await?;
    among(work, &waiting, (&queue, all, &staffed)).await
}

/// The same among these agents.
async fn among(
    work: &mut UnitOfWork<'_>,
    waiting: &UnassignedTicket,
    (queue, mut roster, staffed): (&UnassignedQueue, Roster, &[Department]),
) -> Result<Option<UserId>, ActionError> {
    if !somebody_could_take(work, waiting, &roster, staffed) {
        return Ok(None);
    }
    let ticket = waiting.id;
    if let Some(first) = first_in_line(work, waiting, (queue, &roster, staffed)).await? {
        let agent = assign(work, first, &mut roster, staffed).await?;
        job_list::enqueue(work, &Job::AssignTicket { ticket }).await?;
        return Ok(agent);
    }
    assign(work, ticket, &mut roster, staffed).await
}

/// A ticket that goes before this one and that somebody could take; locked. Those that are being
/// given out by others at this moment are not waited for.
async fn first_in_line(
    work: &mut UnitOfWork<'_>,
    waiting: &UnassignedTicket,
    (queue, roster, staffed): (&UnassignedQueue, &Roster, &[Department]),
) -> Result<Option<TicketId>, ActionError> {
    let line = tickets::first_waiting(&mut *work.tx, &queue.of, IN_SIGHT).await?;
    let ahead: Vec<_> = line
        .iter()
        .take_while(|other| other.id != waiting.id)
        .filter(|other| other.goes_before(waiting))
        .filter(|other| somebody_could_take(work, other, roster, staffed))
        .map(|other| other.id.0)
        .collect();
    if ahead.is_empty() {
        return Ok(None);
    }
    Ok(tickets::try_lock_first(&mut *work.tx, &ahead).await?)
}

fn somebody_could_take(
    work: &UnitOfWork<'_>,
    ticket: &UnassignedTicket,
    roster: &Roster,
    staffed: &[Department],
) -> bool {
    let choice = Choice::Usual {
        strategy: work.cx.config.tickets.strategy,
        requirements: &requirements(ticket, staffed, work.now()),
    };
    roster.is_any_for(&choice)
}

/// Gives a ticket that still waits to the agent on whom the usual choice falls.
pub(super) async fn assign(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    roster: &mut Roster,
    staffed: &[Department],
) -> Result<Option<UserId>, ActionError> {
    let mut case = crate::tickets::load_for_system(work, ticket).await?;
    let Some(waiting) = UnassignedTicket::of(case.ticket()) else {
        return Ok(None);
    };
    let choice = Choice::Usual {
        strategy: work.cx.config.tickets.strategy,
        requirements: &requirements(&waiting, staffed, work.now()),
    };
    let Some(claimed) = claim::claim(work, roster, &choice).await? else {
        return Ok(None);
    };
    case.assign(claimed.agent, Some(claimed.reason), work.now())?;
    crate::tickets::save(work, &mut case, crate::tickets::SaveMode::Update).await?;
    Ok(Some(claimed.agent))
}
