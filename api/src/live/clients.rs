//! The connected clients of a process.

use super::{Ended, Told};
use crate::signed_in::SignedIn;
use domain::{
    actor::Actor,
    ids::{SessionId, UserId},
};
use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{
    Notify,
    mpsc::{self, error::TrySendError},
};
use tokio_util::{future::FutureExt, sync::CancellationToken};

/// Events that wait for one client. A slower one catches up from the database.
const WAITING: usize = 128;
/// Connections of one person in one process: browsers, telephones, many tabs.
pub(super) const PER_PERSON: usize = 20;

/// The name of a client within the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ClientId(u64);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
impl ClientId {
    /// A name for a test.
    pub const fn of_test(number: u64) -> Self {
        Self(number)
    }
}

/// A connected client, as the reader sees it.
pub(super) struct Client {
    who: SignedIn,
    queue: mpsc::Sender<Arc<Told>>,
    state: Arc<State>,
}

/// What the reader and the subscription of a client tell each other.
#[derive(Default)]
pub(super) struct State {
    behind: AtomicBool,
    /// Wakes a subscription that waits at an empty queue while it has to catch up.
    wake: Notify,
    ended: OnceLock<Ended>,
    end: CancellationToken,
}

impl State {
    /// Whether events were not queued; they will be from now on.
    pub fn take_behind(&self) -> bool {
        self.behind.swap(false, Ordering::AcqRel)
    }

    /// Makes the client catch up, also if it waits for its next event at this moment.
    fn fall_behind(&self) {
        self.behind.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Waits until the client has to catch up.
    pub async fn fallen_behind(&self) {
        self.wake.notified().await;
    }

    /// Whether the client has to catch up.
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Acquire)
    }

    /// Ends the subscription, once.
    pub fn end(&self, why: Ended) {
        self.ended.get_or_init(|| why);
        self.end.cancel();
    }

    /// Waits for the end.
    pub async fn ended(&self) -> Ended {
        self.end.cancelled().await;
        self.ended.get().copied().unwrap_or(Ended::Stopping)
    }

    /// The output of a future; `None` if the end comes first.
    pub fn unless_ended<F: Future>(&self, future: F) -> impl Future<Output = Option<F::Output>> {
        future.with_cancellation_token(&self.end)
    }

    /// The end, if it has come.
    pub fn has_ended(&self) -> Option<Ended> {
        self.ended.get().copied()
    }
}

/// A client that the reader considers: its name, its person in the role of its connection, and its session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub id: ClientId,
    pub actor: Actor,
    pub session: Option<SessionId>,
}

/// The place of a client among the clients; dropping it takes the client out.
pub(super) struct Registration {
    pub id: ClientId,
    pub queue: mpsc::Receiver<Arc<Told>>,
    pub state: Arc<State>,
}

/// All clients of a process.
#[derive(Default)]
pub(super) struct Clients(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    last: u64,
    all: HashMap<ClientId, Client>,
    per_person: HashMap<UserId, usize>,
    /// Why all have ended: those who come afterwards do too.
    ended: Option<Ended>,
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a client; `None` if the person has as many as one may have.
    pub fn add(&self, who: SignedIn) -> Option<Registration> {
        let mut inner = self.lock();
        let count = inner.per_person.entry(who.actor.id).or_default();
        if *count >= PER_PERSON {
            return None;
        }
        *count += 1;
        inner.last += 1;
        let id = ClientId(inner.last);
        let (sender, queue) = mpsc::channel(WAITING);
        let state = Arc::<State>::default();
        if let Some(why) = inner.ended {
            state.end(why);
        }
        inner.all.insert(
            id,
            Client {
                who,
                queue: sender,
                state: Arc::clone(&state),
            },
        );
        Some(Registration { id, queue, state })
    }

    /// Takes a client out, and returns whose it was.
    pub fn remove(&self, id: ClientId) -> Option<Actor> {
        let mut inner = self.lock();
        let actor = inner.all.remove(&id)?.who.actor;
        let person = actor.id;
        let left = inner
            .per_person
            .get(&person)
            .map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            inner.per_person.remove(&person);
        } else {
            inner.per_person.insert(person, left);
        }
        Some(actor)
    }

    /// Whether nobody is connected.
    pub fn is_empty(&self) -> bool {
        self.lock().all.is_empty()
    }

    /// The clients whose last known role and person `concerns` holds for.
    pub fn candidates(&self, concerns: impl Fn(&Actor) -> bool) -> Vec<Candidate> {
        let inner = self.lock();
        let concerned = inner
            .all
            .iter()
            .filter(|(_, client)| concerns(&client.who.actor));
        concerned
            .map(|(id, client)| Candidate {
                id: *id,
                actor: client.who.actor,
                session: client.who.session,
            })
            .collect()
    }

    /// The clients whose token has expired.
    pub fn expired(&self, now: chrono::DateTime<chrono::Utc>) -> Vec<ClientId> {
        let inner = self.lock();
        let expired = inner
            .all
            .iter()
            .filter(|(_, client)| client.who.expires_at <= now);
        expired.map(|(id, _)| *id).collect()
    }

    /// Takes over a fresh token of the same person; `false` if it is one of somebody else. A token of another role ends
    /// the subscription.
    pub fn renew(&self, id: ClientId, who: SignedIn) -> bool {
        let mut inner = self.lock();
        match inner.all.get_mut(&id) {
            Some(client) if client.who.actor.id == who.actor.id => {
                if client.who.actor.role != who.actor.role {
                    client.state.end(Ended::RoleChanged);
                }
                client.who = who;
                true
            }
            Some(_) | None => false,
        }
    }

    /// The person, the session and the last known role of a client.
    pub fn candidate(&self, id: ClientId) -> Option<Candidate> {
        let inner = self.lock();
        let who = inner.all.get(&id)?.who;
        Some(Candidate {
            id,
            actor: who.actor,
            session: who.session,
        })
    }

    /// Ends a client's subscription.
    pub fn end(&self, id: ClientId, why: Ended) {
        if let Some(client) = self.lock().all.get(&id) {
            client.state.end(why);
        }
    }

    /// Ends all subscriptions.
    pub fn end_all(&self, why: Ended) {
        let mut inner = self.lock();
        inner.ended = Some(why);
        for client in inner.all.values() {
            client.state.end(why);
        }
    }

    /// Queues an event for a client. Once an event did not fit, none is queued until the client has caught up.
    pub fn pass_on(&self, id: ClientId, told: &Arc<Told>) -> PassedOn {
        let inner = self.lock();
        let Some(client) = inner.all.get(&id) else {
            return PassedOn::Gone;
        };
        if client.state.is_behind() {
            return PassedOn::Behind;
        }
        match client.queue.try_send(Arc::clone(told)) {
            Ok(()) => PassedOn::Queued,
            Err(TrySendError::Closed(_)) => PassedOn::Gone,
            Err(TrySendError::Full(_)) => {
                client.state.fall_behind();
                PassedOn::Behind
            }
        }
    }
}

/// What became of an event for one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PassedOn {
    /// It is in the client's queue.
    Queued,
    /// The client has to catch up.
    Behind,
    /// The client has left.
    Gone,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::people::Role;
    use uuid::Uuid;

    #[tokio::test]
    async fn who_comes_after_the_end_of_all_is_told_of_it_at_once() {
        let clients = Clients::default();
        let who = SignedIn {
            actor: Actor {
                id: UserId(Uuid::nil()),
                role: Role::Support,
            },
            session: None,
            expires_at: chrono::DateTime::UNIX_EPOCH,
        };
        let early = clients.add(who).unwrap();
        assert!(early.state.has_ended().is_none());
        clients.end_all(Ended::Stopping);
        let late = clients.add(who).unwrap();
        for one in [early, late] {
            assert!(matches!(one.state.ended().await, Ended::Stopping));
        }
    }
}
