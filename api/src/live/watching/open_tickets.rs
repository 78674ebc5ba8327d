//! Which clients of this process have which tickets open, and how often they may be told to type. Pure but for a mutex.

use super::sign::Typing;
use crate::live::clients::ClientId;
use domain::{
    actor::Actor,
    ids::{TicketId, UserId},
    tickets::Visibility,
    watching::Moment,
};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Tickets that one client may have open.
pub(super) const PER_CLIENT: usize = 20;
/// The shortest time between two signs of one client that a person types on one ticket.
const TYPES_EVERY: Duration = Duration::from_secs(3);

/// Sends an event to a client: its name and content. What a slow client cannot take is lost: then it returns `false`.
pub(crate) type Tell = Arc<dyn Fn(&str, &Value) -> bool + Send + Sync>;

/// The open tickets of a process.
#[derive(Default)]
pub(super) struct OpenTickets(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    watchers: HashMap<ClientId, Watching>,
    tickets: HashMap<TicketId, Open>,
}

/// A client with open tickets.
struct Watching {
    who: Actor,
    tell: Tell,
    tickets: HashMap<TicketId, Activity>,
}

/// What a client does on a ticket.
#[derive(Default)]
struct Activity {
    /// When others were last told that the person began, and what.
    told: Option<(Instant, Visibility)>,
    types: Option<Visibility>,
}

/// An open ticket.
#[derive(Default)]
struct Open {
    clients: HashSet<ClientId>,
    /// The people who have it open, as all clients were last told; `None` if one of them was not.
    told: Option<Vec<UserId>>,
}

/// A client that closed a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed {
    pub ticket: TicketId,
    pub client: ClientId,
    pub who: Actor,
    /// What the person was typing.
    pub types: Option<Typing>,
}

/// Whether a client opened a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// For the first time.
    Now,
    /// It was open before.
    Before,
    /// It has as many open as it may.
    TooMany,
}

/// Whether others are told of typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    /// They are told.
    Tell,
    /// They were told a moment ago, or there is nothing to tell.
    Quiet,
    /// The client does not have the ticket open.
    NotOpen,
}

impl OpenTickets {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a ticket for a client.
    pub fn open(&self, client: ClientId, who: Actor, tell: &Tell, ticket: TicketId) -> Opened {
        let mut inner = self.lock();
        let watching = inner.watchers.entry(client).or_insert_with(|| Watching {
            who,
            tell: Arc::clone(tell),
            tickets: HashMap::new(),
        });
        watching.who = who;
        if watching.tickets.contains_key(&ticket) {
            return Opened::Before;
        }
        if watching.tickets.len() >= PER_CLIENT {
            return Opened::TooMany;
        }
        watching.tickets.insert(ticket, Activity::default());
        inner
            .tickets
            .entry(ticket)
            .or_default()
            .clients
            .insert(client);
        Opened::Now
    }

    /// Closes a ticket of a client; `None` if it was not open.
    pub fn close(&self, client: ClientId, ticket: TicketId) -> Option<Closed> {
        let mut inner = self.lock();
        let watching = inner.watchers.get_mut(&client)?;
        let (who, activity) = (watching.who, watching.tickets.remove(&ticket)?);
        if watching.tickets.is_empty() {
            inner.watchers.remove(&client);
        }
        if let Some(open) = inner.tickets.get_mut(&ticket) {
            open.clients.remove(&client);
            if open.clients.is_empty() {
                inner.tickets.remove(&ticket);
            }
        }
        let types = activity.types;
        Some(Closed {
            ticket,
            client,
            who,
            types: types.map(|what| Typing::new(ticket, who.id, what, Moment::Ended)),
        })
    }

    /// Closes all tickets of a client that is gone.
    pub fn close_all(&self, client: ClientId) -> Vec<Closed> {
        let tickets: Vec<_> = match self.lock().watchers.get(&client) {
            Some(watching) => watching.tickets.keys().copied().collect(),
            None => return Vec::new(),
        };
        let closed = tickets.iter().map(|ticket| self.close(client, *ticket));
        closed.flatten().collect()
    }

    /// Whether others are to be told that a client types, or has stopped. It changes nothing.
    pub fn accepts(&self, client: ClientId, typing: &Typing, now: Instant) -> Accepted {
        let inner = self.lock();
        let watching = inner.watchers.get(&client);
        let activity = watching.and_then(|watching| watching.tickets.get(&typing.ticket));
        let Some(activity) = activity else {
            return Accepted::NotOpen;
        };
        let is_quiet = match typing.moment {
            Moment::Ended => activity.types.is_none(),
            Moment::Began => {
                let is_soon = |at| now.saturating_duration_since(at) < TYPES_EVERY;
                let told = activity.told;
                // An answer that becomes a note is no longer an answer for those who may not read notes.
                told.is_some_and(|(at, what)| is_soon(at) && what == typing.what())
            }
        };
        if is_quiet {
            Accepted::Quiet
        } else {
            Accepted::Tell
        }
    }

    /// Notes that others are told.
    pub fn note_typing(&self, client: ClientId, typing: &Typing, now: Instant) {
        let mut inner = self.lock();
        let watching = inner.watchers.get_mut(&client);
        let activity = watching.and_then(|watching| watching.tickets.get_mut(&typing.ticket));
        let Some(activity) = activity else {
            return;
        };
        match typing.moment {
            Moment::Ended => activity.types = None,
            Moment::Began => {
                activity.told = Some((now, typing.what()));
                activity.types = Some(typing.what());
            }
        }
    }

    /// Whether a client has the ticket open.
    pub fn is_open(&self, ticket: TicketId) -> bool {
        self.lock().tickets.contains_key(&ticket)
    }

    /// Whether this client has the ticket open.
    pub fn has_open(&self, client: ClientId, ticket: TicketId) -> bool {
        let has = |open: &Open| open.clients.contains(&client);
        self.lock().tickets.get(&ticket).is_some_and(has)
    }

    /// The clients that have a ticket open.
    pub fn clients_of(&self, ticket: TicketId) -> Vec<ClientId> {
        let inner = self.lock();
        let open = inner.tickets.get(&ticket);
        open.map_or_else(Vec::new, |open| open.clients.iter().copied().collect())
    }

    /// All open tickets, each with the clients and the people of staff who have it open.
    pub fn staff(&self) -> Vec<(TicketId, Vec<(ClientId, UserId)>)> {
        let inner = self.lock();
        let person = |client: &ClientId| {
            let who = inner.watchers.get(client)?.who;
            who.role.is_staff().then_some((*client, who.id))
        };
        let tickets = inner.tickets.iter();
        tickets
            .map(|(ticket, open)| (*ticket, open.clients.iter().filter_map(person).collect()))
            .collect()
    }

    /// Whether the clients have to be told that these people have the ticket open: they were told something else.
    pub fn is_news(&self, ticket: TicketId, people: &[UserId]) -> bool {
        let is_other = |open: &Open| open.told.as_deref() != Some(people);
        self.lock().tickets.get(&ticket).is_some_and(is_other)
    }

    /// Notes that all clients were told who has the ticket open; `None` if one of them was not.
    pub fn note_told(&self, ticket: TicketId, people: Option<&[UserId]>) {
        if let Some(open) = self.lock().tickets.get_mut(&ticket) {
            open.told = people.map(<[_]>::to_vec);
        }
    }

    /// How a client is told.
    pub fn tell_of(&self, client: ClientId) -> Option<Tell> {
        let inner = self.lock();
        let watching = inner.watchers.get(&client)?;
        Some(Arc::clone(&watching.tell))
    }
}

#[cfg(test)]
mod tests;
