//! The workers that take hints from Redis: one apalis worker for each queue, started again
//! whenever it ends. Handlers always answer apalis with success: what became of a job is in its
//! row, and apalis' own attempts, delays and dead letters are not used.

use crate::{
    JobContext,
    connection::{Connection, Registration},
    run::run_one,
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

/// A worker that apalis has not heard of for thrice this long counts as lost, and what it had
/// taken goes back to the others.
const HEARTBEAT: Duration = Duration::from_secs(5);
const RESTART_PAUSE: Duration = Duration::from_millis(500);
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What travels through Redis: the name of a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobRef {
    /// The job's id.
    pub job: i64,
}

/// The names of all keys and channels, under the configured prefix.
#[derive(Clone)]
pub struct Keys(String);

impl Keys {
    pub fn under(prefix: &str) -> Self {
        Self(format!("{prefix}:jobs"))
    }

    /// Missing when Redis lost its memory.
    pub fn epoch(&self) -> String {
        format!("{}:epoch", self.0)
    }

    /// Written to see whether Redis takes what is written.
    pub fn written(&self) -> String {
        format!("{}:written", self.0)
    }

    /// On which workers are told that there are hints.
    pub fn wake_channel(&self) -> String {
        format!("{}:wake", self.0)
    }

    /// What was granted of a queue's pace.
    pub fn limit(&self, queue: Queue) -> String {
        format!("{}:limit:{queue}", self.0)
    }

    /// apalis' settings for a queue. No locks and no events: the row is the lock, and wake-ups
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

/// apalis sends no heartbeat while it has hints in hand, and others then take these over: queues
/// whose jobs may take long fetch them one by one.
const fn batch(queue: Queue) -> usize {
    match queue {
        Queue::Assignment | Queue::Notify => 10,
        Queue::Sweeps | Queue::Email | Queue::Bulk => 1,
    }
}

/// What the workers of all queues share.
#[derive(Clone)]
pub struct Pool {
    pub cx: JobContext,
    pub connection: Connection,
    pub keys: Keys,
    /// Handlers run here, so that they outlive an apalis worker that ends. Closed from the start:
    /// that only lets others wait for it to be empty.
    pub running: TaskTracker,
    pub shutdown: CancellationToken,
}

impl Pool {
    /// Keeps a worker for a queue until the stop.
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
        let cx = &self.cx.cx;
        // A name is refused for a while after its worker ended, however it ended.
        let name = format!("{queue}-{}", cx.ids.uuid(cx.clock.now()).simple());
        let connection = self.connection.of_worker(Registration {
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
            .concurrency(concurrency)
            .data(self.clone())
            .build(take)
            .run_until(stop.map(Ok::<(), WorkerError>));
        tokio::select! {
            ended = worker => ended,
            () = self.last_words() => Ok(()),
        }
    }

    /// Ends when a worker has had the time to tell Redis what is done. What it could not tell
    /// costs a copy of a hint, which finds its job done.
    async fn last_words(&self) {
        self.shutdown.cancelled().await;
        self.running.wait().await;
        tokio::time::sleep(LAST_WORDS).await;
    }
}

/// The handler that apalis knows.
async fn take(hint: JobRef, pool: Data<Pool>) -> Result<(), BoxDynError> {
    let cx = pool.cx.clone();
    let run = pool
        .running
        .spawn(async move { run_one(&cx, JobId(hint.job)).await });
    if let Err(error) = run.await {
        tracing::error!(job.id = hint.job, %error, "a run of a job broke off");
    }
    Ok(())
}
