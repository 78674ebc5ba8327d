//! The workers that take job references from Redis: one apalis worker for each queue, restarted
//! whenever it ends. Handlers always report success to apalis: the outcome of a job is in its row,
//! and apalis' own attempts, delays and dead letters are not used.

use crate::{
    JobContext,
    connection::{Connection, Registration},
    run::{Gatherer, TOGETHER, run_one},
    wake::Wake,
};
use apalis::prelude::{
    BackendExt, BoxDynError, Data, WorkerBuilder, WorkerBuilderExt, WorkerError,
};
use apalis_redis::{Config, RedisStorage};
use domain::queue::Queue;
use futures_util::FutureExt;
use jobs::JobId;
use platform::error_chain::Chain;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The interval of apalis' heartbeats. A worker that is silent for three times as long counts as
/// lost, and its references return to the other workers.
const HEARTBEAT: Duration = Duration::from_secs(5);
const RESTART_PAUSE: Duration = Duration::from_millis(500);
const ACKNOWLEDGE_TIME: Duration = Duration::from_millis(500);

/// The message in Redis: a reference to a job's row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobRef {
    /// The job's id.
    pub job: i64,
}

/// The names of all keys and channels in Redis, under the configured prefix.
#[derive(Clone)]
pub struct Keys(String);

impl Keys {
    /// The keys under a prefix.
    pub fn under(prefix: &str) -> Self {
        Self(format!("{prefix}:jobs"))
    }

    /// The epoch key; missing when Redis lost its memory.
    pub fn epoch(&self) -> String {
        format!("{}:epoch", self.0)
    }

    /// The key that a probe writes, to see whether Redis accepts writes.
    pub fn written(&self) -> String {
        format!("{}:written", self.0)
    }

    /// The channel that wakes workers when references were pushed.
    pub fn wake_channel(&self) -> String {
        format!("{}:wake", self.0)
    }

    /// The state of a queue's rate limit.
    pub fn limit(&self, queue: Queue) -> String {
        format!("{}:limit:{queue}", self.0)
    }

    /// apalis' settings for a queue. No locks and no events: the lock is on the row, and wake-ups
    /// have a channel of their own.
    pub fn config(&self, queue: Queue) -> Config {
        Config::default()
            .queue(format!("{}:{queue}", self.0))
            .batch_size(batch(queue))
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(3)
            .lock_tasks(false)
            .emit_events(false)
    }
}

/// The number of references fetched at a time. apalis sends no heartbeat while it holds references,
/// and other workers then take them over: queues with slow jobs fetch one by one.
const fn batch(queue: Queue) -> usize {
    match queue {
        Queue::Assignment | Queue::Notify => 10,
        Queue::Sweeps | Queue::Email | Queue::Push | Queue::Sms | Queue::Webhooks | Queue::Bulk => {
            1
        }
    }
}

/// Whether jobs of a queue run together ([`crate::jobs`] says which of them).
const fn run_together(queue: Queue) -> bool {
    match queue {
        Queue::Notify => true,
        Queue::Assignment
        | Queue::Sweeps
        | Queue::Email
        | Queue::Push
        | Queue::Sms
        | Queue::Webhooks
        | Queue::Bulk => false,
    }
}

/// The parts shared by the workers of all queues.
#[derive(Clone)]
pub struct Pool {
    pub cx: JobContext,
    pub connection: Connection,
    pub keys: Keys,
    /// Handlers run here, so that they outlive an apalis worker that ends. Closed from the start,
    /// which only allows waiting until it is empty.
    pub running: TaskTracker,
    pub shutdown: CancellationToken,
}

impl Pool {
    /// Runs a worker for a queue until the stop.
    pub async fn serve(self, queue: Queue, concurrency: usize, wake: Wake) {
        while !self.shutdown.is_cancelled() {
            let ended = self.work(queue, concurrency, &wake).await;
            if self.shutdown.is_cancelled() {
                break;
            }
            let error = ended.as_ref().err().map(|error| Chain(error).to_string());
            tracing::warn!(%queue, error, "the worker of a queue ended; it is started again");
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                () = tokio::time::sleep(RESTART_PAUSE) => {}
            }
        }
    }

    async fn work(&self, queue: Queue, concurrency: usize, wake: &Wake) -> Result<(), WorkerError> {
        let config = self.keys.config(queue);
        let runner = Runner::new(self, queue, concurrency);
        let cx = &self.cx.cx;
        // Redis refuses a name for a while after its worker ended.
        let name = format!("{queue}-{}", cx.ids.uuid(cx.clock.now()).simple());
        let connection = self.connection.for_worker(Registration {
            workers_set: config.workers_set(),
            name: name.clone(),
            clock: Arc::clone(&cx.clock),
        });
        let backend = RedisStorage::<JobRef, Connection>::new(connection)
            .with_config(config)
            .poll_with_strategy(wake.strategy());
        let stop = self.shutdown.clone().cancelled_owned();
        let worker = WorkerBuilder::new(name.as_str())
            .backend(backend)
            .concurrency(runner.held_at_a_time(concurrency))
            .data(runner)
            .build(take)
            .run_until(stop.map(Ok::<(), WorkerError>));
        tokio::select! {
            ended = worker => ended,
            () = self.acknowledged() => Ok(()),
        }
    }

    /// Returns when a stopping worker had time to acknowledge its jobs to Redis. A job that is not
    /// acknowledged costs a second reference, which finds the job done.
    async fn acknowledged(&self) {
        self.shutdown.cancelled().await;
        self.running.wait().await;
        tokio::time::sleep(ACKNOWLEDGE_TIME).await;
    }
}

/// Runs the jobs of a queue.
#[derive(Clone)]
struct Runner {
    cx: JobContext,
    running: TaskTracker,
    /// Where jobs run together.
    gatherer: Option<Arc<Gatherer>>,
}

impl Runner {
    fn new(pool: &Pool, queue: Queue, concurrency: usize) -> Self {
        let gathers = run_together(queue);
        Self {
            cx: pool.cx.clone(),
            running: pool.running.clone(),
            gatherer: gathers.then(|| Arc::new(Gatherer::new(pool.cx.clone(), concurrency))),
        }
    }

    /// The number of references held at a time, where so many transactions run. One group waits here: of more, the leases
    /// would end on a busy machine, and a job that was dispatched again runs alone.
    fn held_at_a_time(&self, concurrency: usize) -> usize {
        match self.gatherer {
            Some(_) => concurrency.saturating_add(TOGETHER),
            None => concurrency,
        }
    }

    async fn run(&self, id: JobId) {
        match &self.gatherer {
            Some(gatherer) => gatherer.run(id).await,
            None => {
                run_one(&self.cx, id).await;
            }
        }
    }
}

/// The handler registered with apalis.
async fn take(reference: JobRef, runner: Data<Runner>) -> Result<(), BoxDynError> {
    let own = Runner::clone(&runner);
    let run = runner
        .running
        .spawn(async move { own.run(JobId(reference.job)).await });
    if let Err(error) = run.await {
        tracing::error!(job.id = reference.job, %error, "a run of a job was cancelled or panicked");
    }
    Ok(())
}
