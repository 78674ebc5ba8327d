//! Whom tickets wait for, and serving all who wait in their order.

use crate::assignment::{automatic::assign, reading};
use crate::{assignment::store as agents, error::ActionError, tickets::store as tickets};
use domain::{
    actor::Initiator,
    assignment::{Choice, Roster, Strategy, desk_of, requirements, served_by},
    ids::UserId,
    people::Department,
    tickets::UnassignedTicket,
};
use platform::{context::Context, error_chain::Chain};

/// Tickets that wait for the same people, to be given out in one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnassignedQueue {
    /// The tickets' departments.
    pub of: Vec<Department>,
    /// Where those who may be given them sit.
    pub desks: Vec<Department>,
}

impl UnassignedQueue {
    /// The queue that tickets of a department wait in; none where people assign.
    pub fn of(strategy: Strategy, department: Department, staffed: &[Department]) -> Option<Self> {
        let desk = desk_of(department, staffed);
        let queues = Self::all(strategy, staffed);
        queues.into_iter().find(|queue| queue.desks.contains(&desk))
    }

    /// One queue for each desk where desks are kept apart, else one for all.
    pub fn all(strategy: Strategy, staffed: &[Department]) -> Vec<Self> {
        match strategy {
            Strategy::Skills => {
                let desks = Department::ALL.iter().map(|&desk| Self {
                    of: served_by(desk, staffed),
                    desks: vec![desk],
                });
                desks.collect()
            }
            Strategy::LoadBalanced | Strategy::RoundRobin => vec![Self {
                of: Department::ALL.to_vec(),
                desks: Department::ALL.to_vec(),
            }],
            Strategy::Manual => Vec::new(),
        }
    }
}

/// Tickets that are read at a time.
const BATCH: i64 = 500;

/// Sweep: finds agents for whatever waits, most urgent first, then oldest.
///
/// # Errors
/// What waits, or who could have it, cannot be read.
pub async fn assign_waiting(cx: &Context) -> Result<usize, ActionError> {
    let staffed = agents::staffed(&cx.pool).await?;
    let mut assigned: usize = 0;
    for queue in UnassignedQueue::all(cx.config.tickets.strategy, &staffed) {
        let served = serve(cx, &queue, &staffed, None).await?;
        assigned = assigned.saturating_add(served);
    }
    Ok(assigned)
}

/// Gives waiting tickets to an agent who has room: when the agent becomes available, or has
/// finished with a ticket. The usual choice is made for each ticket, so that another agent who
/// is better suited is not passed over.
///
/// # Errors
/// The agent or what waits cannot be read.
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

/// Gives out a queue in its order until nobody has room any more, or `only_for`, who has come
/// free, has none. Whatever nobody can take is passed over without touching it, so that it holds up nothing.
async fn serve(
    cx: &Context,
    queue: &UnassignedQueue,
    staffed: &[Department],
    only_for: Option<UserId>,
) -> Result<usize, ActionError> {
    let config = &cx.config.tickets;
    let mut db = cx.pool.acquire().await?;
    let mut roster = reading::everybody(&mut db, &queue.desks, config.load).await?;
    // Each ticket has a transaction, and with it a connection, of its own.
    drop(db);
    let mut assigned: usize = 0;
    let mut after: Option<UnassignedTicket> = None;
    loop {
        let waiting = tickets::waiting(&cx.pool, &queue.of, after.as_ref(), BATCH).await?;
        for ticket in &waiting {
            let now = cx.clock.now();
            let is_filled = only_for.is_some_and(|agent| {
                let known = roster.agent(agent);
                known.is_none_or(|known| !known.may_be_given(now))
            });
            if is_filled || !roster.has_room(&queue.desks, now) {
                return Ok(assigned);
            }
            let choice = Choice::Usual {
                strategy: config.strategy,
                requirements: &requirements(ticket, staffed, now),
            };
            if roster.is_any_for(&choice) {
                let given = one(cx, ticket, &mut roster, staffed).await;
                assigned = assigned.saturating_add(usize::from(given.is_some()));
            }
        }
        match waiting.last() {
            Some(last) => after = Some(last.clone()),
            None => return Ok(assigned),
        }
    }
}

/// One ticket in a transaction of its own: a failure is logged, and the next sweep tries again.
async fn one(
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
        tracing::error!(ticket.id = %ticket.id, error = %Chain(&error), "a waiting ticket could not be assigned");
        None
    })
}
