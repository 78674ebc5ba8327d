//! What the admin does for the queue: gives out what automation found nobody for, and puts back
//! what an agent has gone home with.

use super::{
    people::{Agent, HOME, People},
    world::World,
};
use actions::tickets::{AssignTo, Capacity, Target};
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use domain::tickets::{Status, Ticket};

/// The admin looks after the queue every day, from early to late.
pub(super) fn admin_watches(now: DateTime<Utc>) -> bool {
    (7..22).contains(&now.with_timezone(&HOME).hour())
}

/// Whoever of the department is at work, the most senior first.
pub(super) fn colleague<'a>(
    people: &'a People,
    ticket: &Ticket,
    now: DateTime<Utc>,
) -> Option<&'a Agent> {
    people
        .agents
        .iter()
        .filter(|agent| agent.department == ticket.department && agent.works_at(now))
        .max_by_key(|agent| agent.level)
}

pub(super) async fn give(
    world: &World,
    people: &People,
    ticket: &Ticket,
    agent: &Agent,
) -> Result<()> {
    let to = AssignTo::Agent(agent.person.actor.id);
    let target = Target::from(ticket.id);
    world
        .by(people.admin.actor, async |work| {
            actions::tickets::assign(work, &target, to, Capacity::Forced).await
        })
        .await?;
    Ok(())
}

/// An agent has gone home with a ticket that cannot wait until `back`: the admin puts it back into
/// the queue while there is somebody to take it, or gives it to a senior if it was lifted. Says
/// when to look again; nothing if it stays.
pub(super) async fn hand_over(
    world: &World,
    people: &People,
    ticket: &Ticket,
    back: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let now = world.now();
    let soon = back - now < TimeDelta::hours(2);
    let (false, true, Some(agent)) = (soon, admin_watches(now), colleague(people, ticket, now))
    else {
        return Ok(None);
    };
    let again = now + TimeDelta::minutes(6);
    match ticket.status {
        Status::Assigned | Status::InProgress | Status::WaitingInternal | Status::Reopened => {
            let target = Target::from(ticket.id);
            let note = "Back to the queue: the agent's shift is over.".to_owned();
            world
                .by(people.admin.actor, async |work| {
                    actions::tickets::set_status(work, &target, Status::Open, Some(note)).await
                })
                .await?;
        }
        Status::Escalated => give(world, people, ticket, agent).await?,
        Status::Open | Status::WaitingCustomer | Status::Resolved | Status::Closed => {
            return Ok(None);
        }
    }
    Ok(Some(again))
}
