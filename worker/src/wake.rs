//! Waking apalis' workers when there are hints for them, without ever losing a wake-up.
//!
//! apalis' own strategies lose one that comes while a fetch is under way: the fetch may have
//! looked too early, and nobody looks again. Here a wake-up is followed by several looks, and
//! the timer is polled until it is armed again, so that it always fires once more.

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

/// Between two looks when nobody wakes: what a lost message costs.
const SLOW: Duration = Duration::from_millis(250);
/// Between two looks after a wake-up, and how long these go on.
const FAST: Duration = Duration::from_millis(2);
const FAST_FOR: Duration = Duration::from_millis(20);
/// A subscription that was silent for so long is opened anew: it may be half-open.
const SILENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(500);

/// Wakes one worker. Clones wake the same one.
#[derive(Clone, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rung: AtomicBool,
    waker: AtomicWaker,
}

impl Wake {
    /// Makes the worker look, now or as soon as it can.
    pub fn ring(&self) {
        self.0.rung.store(true, Ordering::Release);
        self.0.waker.wake();
    }

    /// The strategy for the worker that is to be woken by this.
    #[must_use]
    pub fn strategy(&self) -> WakeStrategy {
        WakeStrategy {
            wake: self.clone(),
            fast_until: Instant::now(),
            timer: Mutex::new(Box::pin(tokio::time::sleep(FAST))),
        }
    }
}

/// When a worker looks for hints.
pub struct WakeStrategy {
    wake: Wake,
    fast_until: Instant,
    /// In a mutex only because apalis wants the strategy to be `Sync`; it is never contended.
    timer: Mutex<Pin<Box<Sleep>>>,
}

impl PollStrategy for WakeStrategy {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let now = Instant::now();
        let mut look = false;
        // Registered before the flag is read, or a ring between the two would be lost.
        self.wake.0.waker.register(cx.waker());
        let timer = self.timer.get_mut().unwrap_or_else(PoisonError::into_inner);
        if self.wake.0.rung.swap(false, Ordering::AcqRel) {
            look = true;
            self.fast_until = now + FAST_FOR;
            timer.as_mut().reset(now + FAST);
        }
        while timer.as_mut().poll(cx).is_ready() {
            look = true;
            let pause = if now < self.fast_until { FAST } else { SLOW };
            timer.as_mut().reset(now + pause);
        }
        if look {
            Poll::Ready(Some(()))
        } else {
            Poll::Pending
        }
    }
}

/// Tells the workers of a queue, in all processes, that there are hints.
pub async fn publish(connection: &mut Connection, channel: &str, queue: Queue) -> RedisResult<()> {
    redis::cmd("PUBLISH")
        .arg(channel)
        .arg(queue.as_str())
        .query_async(connection)
        .await
}

/// Passes on what is published, until the stop.
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
            .for_each(|(_, wake)| wake.ring());
    }
    Ok(())
}
