//! Who has a ticket open and who types on it, told to the others who have it open. All of this may be lost: it is in no
//! feed, nothing depends on it, and a slow client is not waited for.
//!
//! A client opens tickets ([`Watcher`]). Staff who do are entered in Redis ([`shared`]), where members fade that are not
//! entered again: those of a process that was killed. Signs go to all processes by Redis ([`sign`]), and each tells its
//! own clients ([`deliver`]). While Redis is away, nobody is told anything, and nothing else changes.
//!
//! Races:
//! - a client leaves while it opens a ticket: it is looked for again afterwards, and its tickets are closed;
//! - a client closes a ticket while it opens it: one waits for the other;
//! - a message arrives before the sign that its writer types: the sign ends by itself some seconds later;
//! - a right is lost while a sign is on its way: the right at the time of telling counts, and the ticket is closed.

mod deliver;
mod open_tickets;
mod relay;
mod shared;
mod sign;
mod typing;
mod watcher;

pub(crate) use open_tickets::Tell;
pub(super) use relay::run;
pub(crate) use watcher::Watcher;

use super::clients::ClientId;
use domain::ids::{TicketId, UserId};
use open_tickets::{Closed, OpenTickets};
use platform::context::Context;
use shared::SharedWatchers;
use sign::{Sign, Typing};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::Notify;
use typing::Shown;

/// Signs that wait to be told. Later ones are lost.
const WAITING: usize = 256;

/// The open tickets of a process, and what is told of them.
pub(super) struct Watching {
    tickets: OpenTickets,
    shared: SharedWatchers,
    shown: Mutex<Shown>,
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

/// What the relay does next.
#[derive(Default)]
struct Waiting {
    signs: Vec<Sign>,
    closed: Vec<Closed>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watching {
    pub fn new(cx: Context) -> Self {
        Self {
            tickets: OpenTickets::default(),
            shared: SharedWatchers::new(cx),
            shown: Mutex::default(),
            waiting: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    /// A client has left: its tickets are closed.
    pub fn leaves(&self, client: ClientId) {
        let closed = self.tickets.close_all(client);
        if !closed.is_empty() {
            lock(&self.waiting).closed.extend(closed);
            self.arrived.notify_one();
        }
    }

    /// A person has written on a ticket, and types no more.
    pub fn wrote(&self, ticket: TicketId, person: UserId) {
        if let Some(typing) = lock(&self.shown).of(ticket, person) {
            self.hears(Sign::Typing(typing.ended()));
        }
    }

    /// A sign has arrived. It is dropped if no client has its ticket open, or too many others wait.
    fn hears(&self, sign: Sign) {
        let mut waiting = lock(&self.waiting);
        let is_new = !waiting.signs.contains(&sign);
        if is_new && waiting.signs.len() < WAITING && self.tickets.is_open(sign.ticket()) {
            waiting.signs.push(sign);
            self.arrived.notify_one();
        }
    }

    fn show(&self, typing: Typing) -> Vec<Typing> {
        lock(&self.shown).take(typing, Instant::now())
    }

    fn expired(&self) -> Vec<Typing> {
        lock(&self.shown).expired(Instant::now())
    }

    fn take(&self) -> Waiting {
        std::mem::take(&mut *lock(&self.waiting))
    }
}
