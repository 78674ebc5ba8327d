//! The worker role: everything that a worker process runs, from start to stop.

use crate::{
    JobContext, channels::ChannelSetupError, listener, pace, relay::Relay, runners, webhooks,
};
use domain::queue::Execution;
use platform::context::Context;
use std::sync::Arc;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Why the worker role ended before the stop.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// The URL of Redis cannot be used.
    #[error("the URL of Redis cannot be used")]
    RedisUrl(#[source] redis::RedisError),
    /// Mail cannot be sent as it is configured.
    #[error("mail cannot be sent as it is configured")]
    Channels(#[source] ChannelSetupError),
    /// One of its loops panicked or was cancelled.
    #[error("a part of the worker broke off")]
    BrokeOff(#[source] tokio::task::JoinError),
    /// One of its loops returned before the stop.
    #[error("a part of the worker ended before the stop")]
    Ended,
}

/// Runs jobs of the configured queues until the stop; then claims no more, and returns when the
/// running jobs are done. Neither Redis nor PostgreSQL has to be available, at the start or later.
///
/// # Errors
/// The configuration cannot be used, or a loop of the worker ended before the stop.
pub async fn run(cx: Context, shutdown: CancellationToken) -> Result<(), RoleError> {
    let cx = JobContext::new(cx)
        .map_err(RoleError::Channels)?
        .executed(Execution::Workers);
    let running = TaskTracker::new();
    running.close();
    // A loop that ends by mistake stops the others.
    let stop = shutdown.child_token();
    let mut parts = start(&cx, &running, &stop)?;
    let mut ended = Ok(());
    while let Some(part) = parts.join_next().await {
        if ended.is_ok() {
            ended = match part {
                Err(error) => Err(RoleError::BrokeOff(error)),
                Ok(()) if !stop.is_cancelled() => Err(RoleError::Ended),
                Ok(()) => Ok(()),
            };
        }
        if ended.is_err() {
            stop.cancel();
        }
    }
    running.wait().await;
    ended
}

fn start(
    cx: &JobContext,
    running: &TaskTracker,
    stop: &CancellationToken,
) -> Result<JoinSet<()>, RoleError> {
    let relay_wake = Arc::new(Notify::new());
    let mut parts = JoinSet::new();
    let runners = runners::start(cx, &relay_wake, (running, stop), &mut parts)?;
    let relay = Relay::new(cx.cx.clone(), Arc::clone(&relay_wake), runners);
    parts.spawn(relay.run(stop.clone()));
    parts.spawn(listener::run(cx.cx.pool.clone(), relay_wake, stop.clone()));
    parts.spawn(webhooks::plan(cx.clone(), stop.clone()));
    parts.spawn(pace::keep(
        Arc::clone(&cx.slots),
        Arc::clone(&cx.cx.metrics),
        stop.clone(),
    ));
    Ok(parts)
}
