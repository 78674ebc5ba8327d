//! What a client may do: open a ticket, close it, and type on it. Each is checked when it is asked for, and again when
//! others are told ([`super::deliver`]).

use super::{
    open_tickets::{Accepted, Closed, Opened, Tell},
    sign::{Sign, Typing},
};
use crate::{
    live::{Live, clients::ClientId},
    views::watching::{People, viewers},
};
use actions::{directory, following};
use domain::{
    actor::Actor,
    feed::Concerned,
    ids::{TicketId, UserId},
    tickets::{Visibility, access::Denied},
    watching::{Moment, hears_of_watchers, may_open, may_type},
};
use platform::error_chain::Chain;
use serde_json::Value;
use std::{sync::Arc, time::Instant};
use tokio::sync::Mutex;

/// A client that may open tickets.
pub(crate) struct Watcher {
    live: Arc<Live>,
    id: ClientId,
    tell: Tell,
    /// Held while a ticket is opened or closed: one after the other, in the order in which the client asked.
    opening: Mutex<()>,
}

/// The code of a refusal.
pub(crate) type Refusal = &'static str;

impl Watcher {
    pub(in crate::live) fn new(live: Arc<Live>, id: ClientId, tell: Tell) -> Self {
        Self {
            live,
            id,
            tell,
            opening: Mutex::default(),
        }
    }

    /// Opens a ticket. The result, for staff only, are the people of staff who have it open.
    ///
    /// # Errors
    /// `not_found`, `too_many_tickets`, `token_revoked`, `unavailable`.
    pub async fn open(&self, ticket: TicketId) -> Result<Option<Value>, Refusal> {
        let _opening = self.opening.lock().await;
        let (actor, now) = self.concerned(ticket).await?;
        may_open(&actor, now).map_err(code)?;
        let live = &self.live;
        let tickets = &live.watching.tickets;
        let opened = tickets.open(self.id, actor, &self.tell, ticket);
        if opened == Opened::TooMany {
            return Err("too_many_tickets");
        }
        if live.clients.candidate(self.id).is_none() {
            // It has left meanwhile, and nothing would close its tickets later.
            live.watching.leaves(self.id);
            return Err("token_revoked");
        }
        if !hears_of_watchers(&actor, now) {
            return Ok(None);
        }
        let people = self.enter(ticket, actor.id, opened).await;
        if !tickets.has_open(self.id, ticket) {
            // It has left, or lost its right, before it was entered: nothing else would remove it.
            self.leave_again(ticket, actor.id).await;
            return Err("token_revoked");
        }
        let names = self.names(&people).await?;
        Ok(Some(viewers(&people, &names)))
    }

    /// Enters the person, and tells others of somebody new. Without Redis nobody is known to have the ticket open.
    async fn enter(&self, ticket: TicketId, person: UserId, opened: Opened) -> Vec<UserId> {
        let shared = &self.live.watching.shared;
        let entered = async {
            let people = shared
                .enter(&[(ticket, vec![(self.id, person)])])
                .await?
                .pop();
            if opened == Opened::Now {
                shared.give(Sign::Watchers { ticket }).await?;
            }
            Ok::<_, redis::RedisError>(people.unwrap_or_default())
        };
        entered.await.unwrap_or_else(|error| {
            tracing::debug!(error = %Chain(&error), "nobody is told who has a ticket open");
            Vec::new()
        })
    }

    async fn leave_again(&self, ticket: TicketId, person: UserId) {
        let (left, signs) = ([(ticket, self.id, person)], [Sign::Watchers { ticket }]);
        let leaving = self.live.watching.shared.leave(&left, &signs);
        if let Err(error) = leaving.await {
            tracing::debug!(error = %Chain(&error), "nobody is told who closed a ticket");
        }
    }

    async fn names(&self, people: &[UserId]) -> Result<People, Refusal> {
        let ids: Vec<_> = people.iter().map(|person| person.0).collect();
        let names = directory::names(&self.live.cx.pool, &ids).await;
        names.map_err(|error| unavailable(&error))
    }

    /// Closes a ticket, if it is open.
    pub async fn close(&self, ticket: TicketId) {
        let _closing = self.opening.lock().await;
        let closed = self.live.watching.tickets.close(self.id, ticket);
        self.live.tell_closed(closed.as_slice()).await;
    }

    /// Types on an open ticket, or ends it. Others are told at most once in three seconds.
    ///
    /// # Errors
    /// `not_open`, `not_found`, `role_not_allowed`, `mentioned_only`, `token_revoked`, `unavailable`.
    pub async fn types(
        &self,
        ticket: TicketId,
        what: Visibility,
        moment: Moment,
    ) -> Result<(), Refusal> {
        let Some(candidate) = self.live.clients.candidate(self.id) else {
            return Err("token_revoked");
        };
        let typing = Typing::new(ticket, candidate.actor.id, what, moment);
        let tickets = &self.live.watching.tickets;
        let began = Instant::now();
        match tickets.accepts(self.id, &typing, began) {
            Accepted::Tell => {}
            Accepted::Quiet => return Ok(()),
            Accepted::NotOpen => return Err("not_open"),
        }
        if moment == Moment::Began {
            let (actor, now) = self.concerned(ticket).await?;
            may_type(&actor, what, now).map_err(code)?;
        }
        // Only now: a sign that is refused must not keep the next one quiet.
        tickets.note_typing(self.id, &typing, began);
        let given = self.live.watching.shared.give(Sign::Typing(typing)).await;
        if let Err(error) = given {
            tracing::debug!(error = %Chain(&error), "nobody is told who types");
        }
        Ok(())
    }

    /// The person in the present role, and whom the ticket concerns.
    async fn concerned(&self, ticket: TicketId) -> Result<(Actor, Concerned), Refusal> {
        let asked = async {
            let actor = self.live.present(self.id).await?;
            let mut db = self.live.cx.pool.acquire().await?;
            let people = following::concerned(&mut db, &[ticket]).await?;
            Ok::<_, sqlx::Error>(actor.map(|actor| (actor, people.of(ticket, actor.id))))
        };
        match asked.await.map_err(|error| unavailable(&error))? {
            Some((actor, Some(now))) => Ok((actor, now)),
            Some((_, None)) => Err("not_found"),
            None => Err("token_revoked"),
        }
    }
}

impl Live {
    /// Removes closed tickets from Redis, and tells the others.
    pub(super) async fn tell_closed(&self, closed: &[Closed]) {
        if closed.is_empty() {
            return;
        }
        let (mut left, mut signs) = (Vec::new(), Vec::new());
        for one in closed {
            signs.extend(one.types.map(Sign::Typing));
            if one.who.role.is_staff() {
                left.push((one.ticket, one.client, one.who.id));
                signs.push(Sign::Watchers { ticket: one.ticket });
            }
        }
        if let Err(error) = self.watching.shared.leave(&left, &signs).await {
            tracing::debug!(error = %Chain(&error), "nobody is told who closed a ticket");
        }
    }
}

/// The code of a denial, as the API has it.
const fn code(denied: Denied) -> Refusal {
    match denied {
        Denied::Hidden => "not_found",
        Denied::Role | Denied::NotTheSender => "role_not_allowed",
        Denied::MentionedOnly => "mentioned_only",
    }
}

fn unavailable(error: &sqlx::Error) -> Refusal {
    tracing::debug!(error = %Chain(error), "a ticket could not be looked up for a socket");
    "unavailable"
}
