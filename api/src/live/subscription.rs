//! One client's way through the feed: from the database until it has caught up, then as the reader passes events on.

use super::{
    Ended, Live, Tell, Told, Watcher,
    clients::{ClientId, PER_PERSON, State},
    page,
};
use crate::{error::Problem, signed_in::SignedIn};
use axum::http::StatusCode;
use domain::feed::FeedPosition;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

/// The interval at which a client gets a position although nothing happened for it.
const POSITION_EVERY: Duration = Duration::from_secs(30);
/// Changes that a client may be behind. To load everything anew is cheaper than more.
const FAR_BEHIND: usize = 5_000;
/// Events that are read from the database at a time.
const AT_ONCE: usize = 100;
/// The pause before another attempt while the database fails.
const AGAIN: Duration = Duration::from_secs(1);

/// What a client gets next.
#[derive(Debug)]
pub(crate) enum Step {
    /// An event.
    Event(Arc<Told>),
    /// Nothing happened for this client up to this position.
    Position(String),
    /// The client missed events, or too many: it has to load anew what it shows, and continues at this position.
    Resync(String),
    /// The subscription is over.
    Ended(Ended),
}

/// A subscription. Dropping it ends it.
pub(crate) struct Subscription {
    live: Arc<Live>,
    id: ClientId,
    queue: mpsc::Receiver<Arc<Told>>,
    state: Arc<State>,
    /// Up to where everything has been returned.
    position: FeedPosition,
    /// Up to where the database was read.
    read_to: FeedPosition,
    /// Events from the database that are not returned yet.
    read: VecDeque<Arc<Told>>,
    /// Whether the feed has to be read from the database first, and how far it was.
    catching_up: Option<usize>,
    announce: Interval,
    must_resync: bool,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(actor) = self.live.clients.remove(self.id) {
            self.live.attendance.saw(actor);
        }
        self.live.watching.leaves(self.id);
        self.live.cx.metrics.live_client_left();
    }
}

impl Subscription {
    /// Subscribes a person to everything after a position; without one, to everything from now on.
    ///
    /// # Errors
    /// 429 for a person with too many subscriptions; 503.
    pub async fn begin(
        live: &Arc<Live>,
        who: SignedIn,
        after: Option<FeedPosition>,
    ) -> Result<Self, Problem> {
        let registration = live.clients.add(who).ok_or_else(too_many)?;
        live.attendance.saw(who.actor);
        live.cx.metrics.live_client_joined();
        let start = Instant::now() + POSITION_EVERY;
        let mut announce = interval_at(start, POSITION_EVERY);
        announce.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut subscription = Self {
            live: Arc::clone(live),
            id: registration.id,
            queue: registration.queue,
            state: registration.state,
            position: FeedPosition(0),
            read_to: FeedPosition(0),
            read: VecDeque::new(),
            catching_up: Some(0),
            announce,
            must_resync: false,
        };
        live.listen().await?;
        let position = match after {
            Some(after) if live.is_known(after).await? => after,
            Some(_) => {
                subscription.must_resync = true;
                live.newest().await?
            }
            None => live.newest().await?,
        };
        (subscription.position, subscription.read_to) = (position, position);
        Ok(subscription)
    }

    /// The place up to which everything has been returned.
    pub const fn position(&self) -> FeedPosition {
        self.position
    }

    /// The same, for the client.
    pub fn sealed_position(&self) -> String {
        self.live.sealed(self.position)
    }

    /// Lets another task renew the token of this subscription.
    pub fn renewal(&self) -> Renewal {
        Renewal {
            live: Arc::clone(&self.live),
            id: self.id,
        }
    }

    /// Lets other tasks open tickets for this subscription. `tell` sends the events about them.
    pub fn watcher(&self, tell: Tell) -> Watcher {
        Watcher::new(Arc::clone(&self.live), self.id, tell)
    }

    /// Waits until it is over.
    pub async fn ended(&self) -> Ended {
        self.state.ended().await
    }

    /// Waits for another attempt while the database fails, not longer than the subscription lasts.
    pub async fn pause(&self) {
        tokio::select! {
            _ = self.ended() => {}
            () = tokio::time::sleep(AGAIN) => {}
        }
    }

    /// What the client gets next. The end is not delayed by a slow database. Nothing is lost if the future is dropped.
    ///
    /// # Errors
    /// The database failed; call it again after a [pause](Self::pause).
    pub async fn next(&mut self) -> sqlx::Result<Step> {
        let state = Arc::clone(&self.state);
        match state.unless_ended(self.coming()).await {
            Some(step) => step,
            None => Ok(Step::Ended(state.ended().await)),
        }
    }

    /// As [`next`](Self::next), for as long as the subscription lasts.
    async fn coming(&mut self) -> sqlx::Result<Step> {
        loop {
            if let Some(why) = self.state.has_ended() {
                return Ok(Step::Ended(why));
            }
            if self.must_resync {
                self.must_resync = false;
                return Ok(Step::Resync(self.sealed_position()));
            }
            if let Some(told) = self.read.pop_front() {
                if let Some(step) = self.step(told) {
                    return Ok(step);
                }
                continue;
            }
            self.position = self.position.max(self.read_to);
            if let Some(behind) = self.catching_up {
                // In memory of its own, which a client at rest does not need.
                Box::pin(self.catch_up(behind)).await?;
                continue;
            }
            if let Ok(told) = self.queue.try_recv() {
                if let Some(step) = self.step(told) {
                    return Ok(step);
                }
                continue;
            }
            // The queue is empty, and holds nothing of what was passed on since it was full.
            if self.state.take_behind() {
                self.catching_up = Some(0);
                continue;
            }
            tokio::select! {
                biased;
                () = self.state.fallen_behind() => {}
                told = self.queue.recv() => if let Some(step) = told.and_then(|told| self.step(told)) {
                    return Ok(step);
                },
                _ = self.announce.tick() => {
                    if let Some(position) = self.passed_by().await {
                        return Ok(Step::Position(position));
                    }
                }
            }
        }
    }

    /// The event as a step; `None` if it was returned before.
    fn step(&mut self, told: Arc<Told>) -> Option<Step> {
        if told.position <= self.position {
            return None;
        }
        self.position = told.position;
        Some(Step::Event(told))
    }

    /// Reads on from the database, as the person may see it now. `behind` changes were read before.
    async fn catch_up(&mut self, behind: usize) -> sqlx::Result<()> {
        let Some(actor) = self.live.present(self.id).await? else {
            self.state.end(Ended::Revoked);
            return Ok(());
        };
        let page = page(&self.live, &actor, self.position, AT_ONCE).await?;
        let behind = behind.saturating_add(page.looked_at);
        if page.has_more && behind > FAR_BEHIND {
            self.read_to = self.live.newest().await?;
            self.position = self.read_to;
            self.must_resync = true;
            self.catching_up = None;
            return Ok(());
        }
        self.read_to = page.position;
        self.read.extend(page.events);
        self.catching_up = page.has_more.then_some(behind);
        Ok(())
    }

    /// The position up to which nothing is left to return, since nothing of it was for this client; `None` while
    /// something is.
    async fn passed_by(&mut self) -> Option<String> {
        let passed_on = *self.live.passed_on.lock().await;
        // In this order: whatever was passed on up to that position is in the queue by now.
        if !self.queue.is_empty() || self.state.is_behind() {
            return None;
        }
        self.position = self.position.max(passed_on?);
        Some(self.sealed_position())
    }
}

/// Renews the token of a subscription.
pub(crate) struct Renewal {
    live: Arc<Live>,
    id: ClientId,
}

impl Renewal {
    /// Takes over a fresh token; `false` if it is that of another person, or the subscription is over.
    pub fn take(&self, who: SignedIn) -> bool {
        self.live.clients.renew(self.id, who)
    }
}

fn too_many() -> Problem {
    let detail = format!(
        "You have {PER_PERSON} connections to the events already: close one of them, or wait until it has ended."
    );
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_connections",
        detail,
    )
    .with_retry_after(30)
}
