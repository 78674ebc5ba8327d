//! The admin's work on the queue: assigns tickets for which automation found no agent, and returns
//! tickets of agents who are off shift to the queue.

use super::{
    people::{Agent, People},
    sla::SUPPORT_HOURS,
    world::World,
};
use actions::tickets::{AssignTo, Capacity, Target, read};
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::TicketId,
    tickets::{Closing, ResolutionType, Status, Ticket, TicketKey, access::Action},
};

/// Whether the admin works on the queue: in the support hours of every day.
pub(super) fn admin_watches(people: &People, now: DateTime<Utc>) -> bool {
    let (hour, _) = people.home.hour_and_day(now);
    SUPPORT_HOURS.contains(&hour)
}

/// When the admin next works on the queue, to a quarter of an hour.
pub(super) fn next_watch(people: &People, from: DateTime<Utc>) -> DateTime<Utc> {
    let mut at = from;
    for _ in 0..96 {
        if admin_watches(people, at) {
            break;
        }
        at += TimeDelta::minutes(15);
    }
    at
}

/// The agents of the department who are on shift, the most senior first.
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

/// The assignee is off shift and the ticket cannot wait until `back`. The admin, who is at work, returns it to the
/// queue while another agent is on shift, or assigns it to a senior if it was escalated. Returns the instant of
/// the next check; `None` if the ticket stays.
pub(super) async fn hand_over(
    world: &World,
    people: &People,
    ticket: &Ticket,
    back: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let now = world.now();
    let is_soon = back - now < TimeDelta::minutes(45);
    let (false, Some(agent)) = (is_soon, colleague(people, ticket, now)) else {
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

/// The admin closes a ticket as a repetition of another of the same customer: agents see only their own tickets,
/// and the other may be a colleague's.
pub(super) async fn close_as_duplicate(
    world: &World,
    people: &People,
    ticket: &Ticket,
    original: TicketId,
) -> Result<()> {
    let admin = people.admin.actor;
    let (target, repeated) = (Target::from(ticket.id), Target::from(original));
    let mut db = world.cx.pool.acquire().await?;
    let found = read::find(&mut db, &admin, &repeated, Action::See).await;
    drop(db);
    let closing = Closing {
        summary: format!(
            "Asked before in {}: we answer there.",
            found.map_err(crate::explained)?.number
        ),
        resolution_type: ResolutionType::Duplicate,
        resolution_notes: None,
        duplicate_of: Some(TicketKey::Id(original)),
    };
    world
        .by(admin, async |work| {
            actions::tickets::close(work, &target, closing).await
        })
        .await?;
    Ok(())
}
