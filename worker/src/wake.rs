//! Wakes apalis' workers when job references were pushed, without ever losing a wake-up.
//!
//! apalis' own strategies lose a wake-up that arrives during a fetch: the fetch may have looked too
//! early, and no other follows. Here several fetches follow a wake-up, and the timer is polled
//! until it is armed again, so that it always fires once more.

use crate::connection::Connection;
use apalis::prelude::{PollSnapshot, PollStrategy};
use domain::queue::Queue;
use futures_util::{StreamExt, task::AtomicWaker};
use redis::{Client, RedisResult};
use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

/// The interval between two fetches without a wake-up: the cost of a lost message.
const SLOW: Duration = Duration::from_millis(250);
/// The interval between two fetches after a wake-up, and how long it applies.
const FAST: Duration = Duration::from_millis(2);
const FAST_FOR: Duration = Duration::from_millis(20);
/// The silence after which a subscription is reopened: it may be half-open.
const SILENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(500);

/// Wakes one worker. Clones wake the same one.
#[derive(Clone, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Default)]
struct Inner {
    woken: AtomicBool,
    waker: AtomicWaker,
}

impl Wake {
    /// Makes the worker fetch, now or as soon as it can.
    pub fn wake(&self) {
        self.0.woken.store(true, Ordering::Release);
        self.0.waker.wake();
    }

    /// The poll strategy of the worker that this wakes.
    #[must_use]
    pub fn strategy(&self) -> WakeStrategy {
        WakeStrategy {
            wake: self.clone(),
            fast_until: Instant::now(),
            timer: Mutex::new(Box::pin(tokio::time::sleep(FAST))),
        }
    }
}

/// The poll strategy of a worker.
pub struct WakeStrategy {
    wake: Wake,
    fast_until: Instant,
    /// In a mutex only because apalis wants the strategy to be `Sync`; it is never contended.
    timer: Mutex<Pin<Box<Sleep>>>,
}

impl PollStrategy for WakeStrategy {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let now = Instant::now();
        let mut fetch = false;
        // Registered before the flag is read, or a wake-up between the two would be lost.
        self.wake.0.waker.register(cx.waker());
        let timer = self.timer.get_mut().unwrap_or_else(PoisonError::into_inner);
        if self.wake.0.woken.swap(false, Ordering::AcqRel) {
            fetch = true;
            self.fast_until = now + FAST_FOR;
            timer.as_mut().reset(now + FAST);
        }
        while timer.as_mut().poll(cx).is_ready() {
            fetch = true;
            let pause = if now < self.fast_until { FAST } else { SLOW };
            timer.as_mut().reset(now + pause);
        }
        if fetch {
            Poll::Ready(Some(()))
        } else {
            Poll::Pending
        }
    }
}

/// Wakes the workers of a queue, in all processes.
///
/// # Errors
/// Redis failed.
pub async fn publish(connection: &mut Connection, channel: &str, queue: Queue) -> RedisResult<()> {
    redis::cmd("PUBLISH")
        .arg(channel)
        .arg(queue.as_str())
        .query_async(connection)
        .await
}

/// Forwards wake-ups from the channel to the workers, until the stop.
pub async fn subscriber(
    client: Client,
    channel: String,
    wakes: Vec<(Queue, Wake)>,
    shutdown: CancellationToken,
) {
    let listen = async {
        loop {
            if let Err(error) = subscription(&client, &channel, &wakes).await {
                tracing::debug!(%error, "the subscription to wake-ups ended");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = listen => {}
    }
}

async fn subscription(client: &Client, channel: &str, wakes: &[(Queue, Wake)]) -> RedisResult<()> {
    let mut messages = client.get_async_pubsub().await?;
    messages.subscribe(channel).await?;
    let mut messages = messages.into_on_message();
    while let Ok(Some(message)) = tokio::time::timeout(SILENCE, messages.next()).await {
        let queue: String = message.get_payload()?;
        wakes
            .iter()
            .filter(|(known, _)| known.as_str() == queue)
            .for_each(|(_, wake)| wake.wake());
    }
    Ok(())
}
