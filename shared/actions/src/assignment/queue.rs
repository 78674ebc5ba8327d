//! Automatic assignment of a whole queue: most urgent ticket first, then oldest.

use crate::assignment::{give::assign, unassigned_queue::UnassignedQueue};
use crate::{
    agents::{rosters, store as agents},
    error::ActionError,
    tickets::store as tickets,
};
use domain::{
    actor::Initiator,
    assignment::{Choice, Roster, requirements},
    ids::UserId,
    people::Department,
    tickets::UnassignedTicket,
};
use platform::{context::Context, error_chain::Chain};

/// Tickets that one query reads.
const BATCH: i64 = 500;

/// Sweep: assigns the unassigned tickets of all queues. The result is the number of tickets assigned.
///
/// # Errors
/// Tickets or agents cannot be read. A ticket that cannot be assigned is logged and left to the next sweep.
pub async fn assign_waiting(cx: &Context) -> Result<usize, ActionError> {
    let staffed = agents::staffed(&cx.pool).await?;
    let mut assigned: usize = 0;
    for queue in UnassignedQueue::all(cx.config.tickets.strategy, &staffed) {
        let served = serve(cx, &queue, &staffed, None).await?;
        assigned = assigned.saturating_add(served);
    }
    Ok(assigned)
}

/// Assigns unassigned tickets after an agent became available or finished a ticket, until that agent has no free
/// capacity. The strategy chooses for each ticket, so that a ticket may go to a more suitable agent. The result
/// is the number of tickets assigned; 0 when the agent is not available.
///
/// # Errors
/// Tickets or agents cannot be read. A ticket that cannot be assigned is logged and left to the next sweep.
pub async fn assign_to_available_agent(cx: &Context, agent: UserId) -> Result<usize, ActionError> {
    let load = cx.config.tickets.load;
    let Some(candidate) = agents::candidate(&cx.pool, agent, load).await? else {
        return Ok(0);
    };
    let staffed = agents::staffed(&cx.pool).await?;
    match UnassignedQueue::of(cx.config.tickets.strategy, candidate.department, &staffed) {
        Some(queue) => serve(cx, &queue, &staffed, Some(agent)).await,
        None => Ok(0),
    }
}

/// Assigns the tickets of a queue in its order, until no agent has free capacity, or `only_for` has none. A ticket
/// that no agent can take is skipped without a lock, so that it delays no other ticket.
async fn serve(
    cx: &Context,
    queue: &UnassignedQueue,
    staffed: &[Department],
    only_for: Option<UserId>,
) -> Result<usize, ActionError> {
    let config = &cx.config.tickets;
    let mut db = cx.pool.acquire().await?;
    let mut roster = rosters::everybody(&mut db, &queue.desks, config.load).await?;
    // Each ticket below takes a connection for its own transaction.
    drop(db);
    let mut assigned: usize = 0;
    let mut after: Option<UnassignedTicket> = None;
    loop {
        let batch =
            tickets::unassigned(&cx.pool, &queue.departments, after.as_ref(), BATCH).await?;
        for ticket in &batch {
            let now = cx.clock.now();
            let is_full = only_for.is_some_and(|agent| {
                let known = roster.agent(agent);
                known.is_none_or(|known| !known.may_be_given(now))
            });
            if is_full || !roster.has_room(&queue.desks, now) {
                return Ok(assigned);
            }
            let choice = Choice::Usual {
                strategy: config.strategy,
                requirements: &requirements(ticket, staffed, now),
            };
            if roster.is_any_for(&choice) {
                let given = assign_one(cx, ticket, &mut roster, staffed).await;
                assigned = assigned.saturating_add(usize::from(given.is_some()));
            }
        }
        match batch.last() {
            Some(last) => after = Some(last.clone()),
            None => return Ok(assigned),
        }
    }
}

/// Assigns one ticket in its own transaction. A failure is logged, and the next sweep tries again.
async fn assign_one(
    cx: &Context,
    ticket: &UnassignedTicket,
    roster: &mut Roster,
    staffed: &[Department],
) -> Option<UserId> {
    let assigned = async {
        let mut work = cx.begin(Initiator::System).await?;
        let agent = assign(&mut work, ticket.id, roster, staffed).await?;
        work.commit().await?;
        Ok::<_, ActionError>(agent)
    };
    assigned.await.unwrap_or_else(|error| {
        tracing::error!(ticket.id = %ticket.id, error = %Chain(&error), "an unassigned ticket could not be assigned");
        None
    })
}
