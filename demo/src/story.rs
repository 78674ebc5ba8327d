//! Plays one scene of a ticket: by the actions that requests use, as the assignee at that time, within
//! that agent's shift. A scene that the ticket's status no longer allows is left out.

use super::{
    act::{Act, Plan},
    at_work::{AtWork, public},
    people::{People, Somebody},
    supervision::{admin_watches, close_as_duplicate, colleague, give, hand_over, next_watch},
    world::World,
};
use actions::tickets::{Target, read};
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    ids::TicketId,
    tickets::{Status, Ticket, access::Action},
};
use rand::RngExt;

/// A ticket and what is planned for it.
#[derive(Debug)]
pub(super) struct Story {
    pub plan: Plan,
    pub ticket: Option<TicketId>,
    /// The story whose ticket this one repeats.
    pub original: Option<usize>,
    /// Whether it was unassigned when an agent's scene was due.
    orphaned: bool,
}

/// The outcome of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Played {
    /// It was played, or left out.
    Done,
    /// It is postponed to this instant.
    Later(DateTime<Utc>),
}

impl Story {
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            ticket: None,
            original: None,
            orphaned: false,
        }
    }

    /// Plays the next scene; `original` is the ticket that this one repeats. Returns the instant of the scene after
    /// it, or of another try.
    pub async fn play(
        &mut self,
        world: &World,
        people: &People,
        original: Option<TicketId>,
    ) -> Result<Option<DateTime<Utc>>> {
        let Some(act) = self.plan.scenes.front().map(|scene| scene.act.clone()) else {
            return Ok(None);
        };
        if let Played::Later(at) = self.perform((world, people), act, original).await? {
            return Ok(Some(at));
        }
        self.plan.scenes.pop_front();
        Ok(self
            .plan
            .scenes
            .front()
            .map(|scene| world.now() + scene.after))
    }

    async fn perform(
        &mut self,
        (world, people): (&World, &People),
        act: Act,
        original: Option<TicketId>,
    ) -> Result<Played> {
        let Some(customer) = people.customers.get(self.plan.customer) else {
            return Ok(Played::Done);
        };
        let Some(id) = self.ticket else {
            if let Act::Open(new) = act {
                let ticket = world.by(customer.actor, async |work| {
                    actions::tickets::open(work, *new).await
                });
                self.ticket = Some(ticket.await?.id);
            }
            return Ok(Played::Done);
        };
        let target = Target::from(id);
        let mut db = world.cx.pool.acquire().await?;
        let ticket = read::find(&mut db, &people.admin.actor, &target, Action::See).await;
        drop(db);
        let ticket = ticket.map_err(crate::explained)?;
        match act {
            Act::Open(_) => Ok(Played::Done),
            Act::Write(_) | Act::Reopen(_) | Act::Rate(_) => {
                by_customer(world, customer.actor, &ticket, act).await?;
                Ok(Played::Done)
            }
            Act::CloseAsDuplicate => by_admin(world, people, &ticket, original).await,
            Act::Close(_) if ticket.status == Status::Resolved => {
                self.by_staff(world, people, (&ticket, customer), act).await
            }
            _ if !ticket.status.is_active() => Ok(Played::Done),
            act => self.by_staff(world, people, (&ticket, customer), act).await,
        }
    }

    /// An agent's act waits for an agent, and for the agent's shift.
    async fn by_staff(
        &mut self,
        world: &World,
        people: &People,
        (ticket, customer): (&Ticket, &Somebody),
        act: Act,
    ) -> Result<Played> {
        let now = world.now();
        let assignee = ticket.assigned_to;
        let assignee = people
            .agents
            .iter()
            .find(|agent| Some(agent.person.actor.id) == assignee);
        let Some(agent) = assignee else {
            let again = self.find_somebody(world, people, ticket).await?;
            return Ok(Played::Later(again));
        };
        self.orphaned = false;
        if !agent.works_at(now) {
            let late = TimeDelta::seconds(self.plan.chance.random_range(120..2_400));
            let back = agent.next_at_work(now) + late;
            if !admin_watches(people, now) {
                return Ok(Played::Later(next_watch(people, now).min(back)));
            }
            let again = hand_over(world, people, ticket, back).await?;
            return Ok(Played::Later(again.unwrap_or(back)));
        }
        let agent = AtWork {
            world,
            people,
            agent,
            ticket,
            customer,
        };
        agent.does(act).await?;
        Ok(Played::Done)
    }

    /// Automation found no agent: in office hours the admin assigns it, at the second check.
    async fn find_somebody(
        &mut self,
        world: &World,
        people: &People,
        ticket: &Ticket,
    ) -> Result<DateTime<Utc>> {
        let now = world.now();
        match colleague(people, ticket, now) {
            Some(agent) if self.orphaned && admin_watches(people, now) => {
                give(world, people, ticket, agent).await?;
                Ok(now + TimeDelta::minutes(self.plan.chance.random_range(3..20)))
            }
            Some(_) | None => {
                self.orphaned = true;
                Ok(now + TimeDelta::minutes(self.plan.chance.random_range(12..30)))
            }
        }
    }
}

/// The admin closes a duplicate in support hours.
async fn by_admin(
    world: &World,
    people: &People,
    ticket: &Ticket,
    original: Option<TicketId>,
) -> Result<Played> {
    let now = world.now();
    if !admin_watches(people, now) {
        return Ok(Played::Later(now + TimeDelta::minutes(30)));
    }
    if let Some(original) = original.filter(|_| ticket.status != Status::Closed) {
        close_as_duplicate(world, people, ticket, original).await?;
    }
    Ok(Played::Done)
}

async fn by_customer(world: &World, customer: Actor, ticket: &Ticket, act: Act) -> Result<()> {
    let target = Target::from(ticket.id);
    let active = ticket.status.is_active();
    match act {
        Act::Write(body) if active => {
            let message = public(body);
            world
                .by(customer, async |work| {
                    actions::tickets::reply(work, &target, message).await
                })
                .await?;
        }
        Act::Reopen(reason) if !active => {
            world
                .by(customer, async |work| {
                    actions::tickets::reopen(work, &target, reason).await
                })
                .await?;
        }
        Act::Rate(rating) if !active && !ticket.is_rated() => {
            world
                .by(customer, async |work| {
                    actions::tickets::rate(work, &target, rating).await
                })
                .await?;
        }
        _ => {}
    }
    Ok(())
}
