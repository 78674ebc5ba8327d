//! Assignment by the system: one ticket, all that wait, or as many as an agent has room for.

use super::claim;
use crate::{
    assignment::{
        Candidate, Strategy, Wanted, choose, desk_of, eligible, served_by, store as agents,
    },
    context::Context,
    error::{ActionError, Chain},
    ids::{TicketId, UserId},
    people::{Department, Level},
    tickets::{Category, Status, Ticket, actions as desk, store as tickets},
    work::{By, Work},
};
use chrono::{DateTime, Utc};

/// Finds an agent for a ticket that waits for one. `None` when it does not wait any more, or
/// nobody can take it now.
///
/// # Errors
/// The database failed.
pub async fn assign_automatically(
    work: &mut Work<'_>,
    ticket: TicketId,
) -> Result<Option<UserId>, ActionError> {
    let mut case = desk::load_for_system(work, ticket).await?;
    if case.ticket.assigned_to.is_some() || !case.ticket.status.is_active() {
        return Ok(None);
    }
    let strategy = work.cx.config.tickets.strategy;
    let staffed = agents::staffed(&mut *work.tx).await?;
    let wanted = wanted(
        &case.ticket,
        desk_of(case.ticket.department, &staffed),
        work.now,
    );
    let except = case.ticket.handed_back_by;
    let chosen = claim::claim(work, except, |candidates| {
        choose(strategy, &wanted, candidates)
    });
    let Some(chosen) = chosen.await? else {
        return Ok(None);
    };
    case.give(chosen.agent, Some(chosen.reason), work.now)
        .map_err(|no| desk::refused(no, "assigned"))?;
    desk::save(work, &mut case, desk::Newness::Loaded).await?;
    Ok(Some(chosen.agent))
}

/// What a ticket asks of an agent. One that was lifted asks for the level it was lifted to.
fn wanted(ticket: &Ticket, desk: Department, now: DateTime<Utc>) -> Wanted {
    let level = match ticket.status {
        Status::Escalated => Level(ticket.escalation_level.saturating_add(1)),
        Status::Open
        | Status::Assigned
        | Status::InProgress
        | Status::WaitingCustomer
        | Status::WaitingInternal
        | Status::Reopened
        | Status::Resolved
        | Status::Closed => Level(1),
    };
    Wanted {
        category: ticket.category,
        department: desk,
        language: ticket.language.clone(),
        level,
        now,
    }
}

const BATCH: i64 = 500;

/// Sweep: finds agents for whatever waits, most urgent first, then oldest.
///
/// # Errors
/// What waits cannot be listed.
pub async fn assign_waiting(cx: &Context) -> Result<usize, ActionError> {
    let mut assigned: usize = 0;
    for queue in queues(cx).await? {
        for (ticket, status) in tickets::waiting(&cx.pool, &queue.of, BATCH).await? {
            match one(cx, ticket).await {
                Some(_) => assigned = assigned.saturating_add(1),
                // Nobody for an ordinary ticket is nobody for those behind it, but for tickets
                // that were handed back or lifted.
                None if status == Status::Open && nobody_is_free(cx, &queue).await? => break,
                None => {}
            }
        }
    }
    Ok(assigned)
}

/// Tickets that wait for the same people, to be given out in one order.
struct Queue {
    /// The tickets' departments.
    of: Vec<Department>,
    /// Where those who may be given them sit.
    desks: Vec<Department>,
}

/// One queue for each desk where desks are kept apart, else one for all; none where people assign.
async fn queues(cx: &Context) -> Result<Vec<Queue>, ActionError> {
    Ok(match cx.config.tickets.strategy {
        Strategy::Skills => {
            let staffed = agents::staffed(&cx.pool).await?;
            let desks = Department::ALL.iter().map(|&desk| Queue {
                of: served_by(desk, &staffed),
                desks: vec![desk],
            });
            desks.collect()
        }
        Strategy::LoadBalanced | Strategy::RoundRobin => vec![Queue {
            of: Department::ALL.to_vec(),
            desks: Department::ALL.to_vec(),
        }],
        Strategy::Manual => Vec::new(),
    })
}

/// Gives waiting tickets to an agent who has room: when the agent becomes available, or has
/// finished with a ticket. The usual choice is made for each ticket, so that another agent who
/// is better suited is not passed over.
///
/// # Errors
/// The agent or what waits cannot be read.
pub async fn fill_agent(cx: &Context, agent: UserId) -> Result<usize, ActionError> {
    let Some(candidate) = agents::candidate(&cx.pool, agent).await? else {
        return Ok(0);
    };
    let mut queues = queues(cx).await?;
    queues.retain(|queue| queue.desks.contains(&candidate.department));
    let mut room = i64::from(candidate.capacity).saturating_sub(candidate.current);
    let mut assigned: usize = 0;
    for queue in queues {
        for (ticket, _) in tickets::waiting(&cx.pool, &queue.of, BATCH).await? {
            if room <= 0 {
                return Ok(assigned);
            }
            if let Some(given_to) = one(cx, ticket).await {
                assigned = assigned.saturating_add(1);
                room = room.saturating_sub(i64::from(given_to == agent));
            } else if nobody_is_free(cx, &queue).await? {
                break;
            }
        }
    }
    Ok(assigned)
}

/// One ticket in a transaction of its own: a failure is logged, and the next sweep tries again.
async fn one(cx: &Context, ticket: TicketId) -> Option<UserId> {
    let assigned = async {
        let mut work = cx.begin(By::System).await?;
        let agent = assign_automatically(&mut work, ticket).await?;
        work.commit().await?;
        Ok::<_, ActionError>(agent)
    };
    assigned.await.unwrap_or_else(|error| {
        tracing::error!(ticket.id = %ticket, error = %Chain(&error), "a waiting ticket could not be assigned");
        None
    })
}

/// Whether nobody who may be given tickets of the queue has room.
async fn nobody_is_free(cx: &Context, queue: &Queue) -> Result<bool, ActionError> {
    let now = cx.clock.now();
    let free = |candidate: &Candidate| {
        let anything = Wanted {
            category: Category::General,
            department: candidate.department,
            language: String::new(),
            level: Level(1),
            now,
        };
        queue.desks.contains(&candidate.department) && eligible(candidate, &anything)
    };
    Ok(!agents::candidates(&cx.pool).await?.iter().any(free))
}
