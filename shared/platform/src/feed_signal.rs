//! The signal that the event feed has grown: within a process at once, to other processes by Redis. It is a hint and
//! carries nothing: each follower looks for itself, and now and then without a hint too. A lost signal
//! therefore costs some latency, and never an event.

use crate::{
    error_chain::Chain,
    redis_link::RedisLink,
    redis_subscription::{Heartbeat, follow},
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// The longest that a hint may wait for Redis. Later ones are sent anyway.
const PUBLISH_LIMIT: Duration = Duration::from_millis(500);

/// The signal. Clones are the same one.
#[derive(Clone, Default)]
pub struct FeedSignal(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Wakes those who follow the feed in this process.
    grown: watch::Sender<()>,
    /// Wakes the task that tells other processes.
    publish: Notify,
}

impl FeedSignal {
    /// The feed has grown by a change of this process, which is committed.
    pub fn announce(&self) {
        self.wake();
        self.0.publish.notify_one();
    }

    /// Wakes those who follow the feed in this process.
    fn wake(&self) {
        self.0.grown.send_replace(());
    }

    /// Follows the signal. A signal that comes while the receiver is busy is not lost, several become one.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<()> {
        self.0.grown.subscribe()
    }

    /// Passes the signals of this process on to others, until the stop. Several that come while one is sent become one.
    ///
    /// # Errors
    /// Never: a hint that cannot be sent is lost.
    pub async fn publish(
        self,
        redis: RedisLink,
        channel: String,
        shutdown: CancellationToken,
    ) -> Result<(), Infallible> {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                () = self.0.publish.notified() => {}
            }
            let sent = redis.within(PUBLISH_LIMIT, async |mut connection| {
                redis::cmd("PUBLISH")
                    .arg(&channel)
                    .arg("")
                    .query_async::<()>(&mut connection)
                    .await
            });
            if let Err(error) = sent.await {
                tracing::debug!(error = %Chain(&error), "other processes could not be told that the feed has grown");
            }
        }
    }

    /// Receives the signals of other processes, until the stop. After a lost or dead connection it subscribes again, and
    /// wakes those who follow, since signals may have been missed.
    ///
    /// # Errors
    /// Never.
    pub async fn receive(
        self,
        redis: RedisLink,
        channel: String,
        shutdown: CancellationToken,
    ) -> Result<(), Infallible> {
        let heartbeat = Heartbeat::default();
        follow(&redis, &channel, heartbeat, &shutdown, |_| self.wake()).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_is_kept_until_the_follower_looks_and_several_become_one() {
        let signal = FeedSignal::default();
        let mut follower = signal.follow();
        assert!(!follower.has_changed().unwrap());
        signal.announce();
        signal.clone().announce();
        follower.changed().await.unwrap();
        assert!(!follower.has_changed().unwrap());
    }
}
