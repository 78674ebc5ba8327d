//! The runners of jobs in a process: workers that take references from Redis, and the in-process
//! runner that is used while Redis is away. Each is a [`crate::transport::Transport`], and both
//! keep the same guarantees (`tests/it/queues/conformance.rs`).

use crate::{
    JobContext, RoleError,
    connection::Connection,
    janitor,
    pool::{Keys, Pool},
    transport::{Direct, ThroughRedis},
    wake::{self, Wake},
};
use domain::queue::Queue;
use std::sync::Arc;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The transports from the relay to the runners.
pub struct Runners {
    /// Through Redis, to any worker process with a free slot.
    pub through_redis: ThroughRedis,
    /// Directly, within this process.
    pub direct: Direct,
    pub(crate) connection: Connection,
    pub(crate) keys: Keys,
    pub(crate) queues: Vec<Queue>,
}

/// Starts the runners of the configured queues until the stop, as tasks in `parts`. Runs continue
/// in `running`. Notifies `relay_wake` when the in-process runner has a free slot.
///
/// # Errors
/// The URL of Redis cannot be used.
pub fn start(
    cx: &JobContext,
    relay_wake: &Arc<Notify>,
    (running, stop): (&TaskTracker, &CancellationToken),
    parts: &mut JoinSet<()>,
) -> Result<Runners, RoleError> {
    let config = &cx.cx.config;
    let client = cx.cx.redis.client().map_err(RoleError::RedisUrl)?;
    let connection = Connection::new(cx.cx.redis.clone());
    let keys = Keys::under(&config.redis.prefix);
    let served = &config.jobs.queues;
    let queues: Vec<Queue> = served.iter().map(|(queue, _)| *queue).collect();

    let pool = Pool {
        cx: cx.clone(),
        connection: connection.clone(),
        keys: keys.clone(),
        running: running.clone(),
        shutdown: stop.clone(),
    };
    let mut wakes = Vec::new();
    for (queue, concurrency) in served {
        let wake = Wake::default();
        wakes.push((*queue, wake.clone()));
        parts.spawn(pool.clone().serve(*queue, *concurrency, wake));
    }
    let channel = keys.wake_channel();
    parts.spawn(wake::subscriber(client, channel, wakes, stop.clone()));
    let sweeper = (connection.clone(), keys.clone(), queues.clone());
    parts.spawn(janitor::run(sweeper.0, sweeper.1, sweeper.2, stop.clone()));
    Ok(Runners {
        through_redis: ThroughRedis::new(connection.clone(), &keys, &queues),
        direct: Direct::new(cx.clone(), served, running.clone(), Arc::clone(relay_wake)),
        connection,
        keys,
        queues,
    })
}
