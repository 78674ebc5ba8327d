//! Transports from the relay to a handler: through Redis to any worker with a free slot or, while
//! Redis is away, directly within this process. Both carry only references; neither is trusted with
//! a job.

use crate::{JobContext, connection::Connection, pool::JobRef, run::run_one, wake};
use apalis::prelude::TaskSink;
use apalis_redis::{Config, RedisStorage};
use domain::queue::Queue;
use jobs::JobId;
use platform::redis_link::is_broken;
use redis::RedisResult;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

/// The interval at which a probe of Redis also writes, while writes succeed: a Redis that rejects
/// writes is unusable, although it answers reads.
const WRITE_EVERY: Duration = Duration::from_millis(500);
/// The lifetime of the key that a probe writes; nobody reads it.
const WRITTEN_FOR: Duration = Duration::from_mins(1);

/// A transport to a handler.
pub trait Transport {
    /// How many more references of a queue it accepts, where at most `depth` may wait in all.
    fn room(&self, queue: Queue, depth: usize) -> usize;

    /// Passes job references on. After an error they may or may not have arrived.
    ///
    /// # Errors
    /// The transport did not accept them, or did not respond in time.
    fn push(
        &mut self,
        queue: Queue,
        jobs: &[JobId],
    ) -> impl Future<Output = Result<(), PushError>> + Send;
}

/// Why job references were not passed on.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Redis did not respond in time.
    #[error("Redis did not answer in time")]
    TimedOut,
    /// Redis rejected the push.
    #[error("Redis did not take the job references")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Probes succeed, and pushes are rejected.
    #[error("Redis answers, and takes no job references")]
    PushesRefused,
    /// No runner of this process serves the queue.
    #[error("the queue is not served here")]
    NotServed,
}

/// Through Redis, by apalis.
pub struct ThroughRedis {
    connection: Connection,
    epoch_key: String,
    written_key: String,
    channel: String,
    queues: Vec<(Queue, Config)>,
    backlog: HashMap<Queue, usize>,
    /// The last write of a probe; `None` when the next probe has to write.
    written: Option<Instant>,
    /// The state of pushes.
    pub(crate) pushes: Pushes,
}

/// The state of pushes, which may be rejected although probes succeed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pushes {
    refused_since: Option<Instant>,
    on_trial: bool,
}

impl Pushes {
    /// Whether pushes have been rejected for `patience`; while the next push decides, the first rejection is enough.
    pub fn are_refused(&self, patience: Duration) -> bool {
        let refused = |since: Instant| self.on_trial || since.elapsed() >= patience;
        self.refused_since.is_some_and(refused)
    }

    /// Lets the next push decide.
    pub const fn begin_trial(&mut self) {
        *self = Self {
            refused_since: None,
            on_trial: true,
        };
    }

    fn note_refusal(&mut self) {
        self.refused_since.get_or_insert_with(Instant::now);
    }
}

/// Whether Redis kept its memory, by the epoch key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// The epoch key is there.
    Kept,
    /// The epoch key is missing: the dispatched references are lost.
    Lost,
}

impl ThroughRedis {
    pub(crate) fn new(connection: Connection, keys: &crate::pool::Keys, queues: &[Queue]) -> Self {
        Self {
            connection,
            epoch_key: keys.epoch(),
            written_key: keys.written(),
            channel: keys.wake_channel(),
            queues: queues
                .iter()
                .map(|queue| (*queue, keys.config(*queue)))
                .collect(),
            backlog: HashMap::new(),
            written: None,
            pushes: Pushes::default(),
        }
    }

    /// Probes Redis in one round trip: whether it kept its memory, how many references wait in it
    /// and, regularly and after each failure, whether it accepts writes.
    ///
    /// # Errors
    /// Redis does not respond within `limit`, or rejects a command.
    pub async fn probe(&mut self, limit: Duration) -> Result<Memory, PushError> {
        let written = self.written.filter(|at| at.elapsed() < WRITE_EVERY);
        self.written = None;
        let answer = tokio::time::timeout(limit, self.ask(written.is_none())).await;
        if answer
            .as_ref()
            .map_or(true, |asked| asked.as_ref().is_err_and(is_broken))
        {
            // The connection may be half-open, and redis-rs would keep using it; or it leads to a
            // server that is a replica now.
            self.connection.replace();
        }
        let memory = answer
            .map_err(|_elapsed| PushError::TimedOut)?
            .map_err(|error| PushError::Refused(error.into()))?;
        self.written = Some(written.unwrap_or_else(Instant::now));
        Ok(memory)
    }

    async fn ask(&mut self, writes: bool) -> RedisResult<Memory> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("GET").arg(&self.epoch_key);
        for (_, config) in &self.queues {
            pipeline.cmd("LLEN").arg(config.active_jobs_list());
            pipeline.cmd("ZCARD").arg(config.scheduled_jobs_set());
        }
        if writes {
            let write = pipeline.cmd("SET").arg(&self.written_key).arg(1);
            write.arg("EX").arg(WRITTEN_FOR.as_secs()).ignore();
        }
        let answers: (Option<String>, Vec<usize>) =
            ask_with_head(&pipeline, &mut self.connection).await?;
        for ((queue, _), lengths) in self.queues.iter().zip(answers.1.chunks(2)) {
            self.backlog.insert(*queue, lengths.iter().sum());
        }
        Ok(if answers.0.is_some() {
            Memory::Kept
        } else {
            Memory::Lost
        })
    }

    /// Sets the epoch key. Call it after requeueing the jobs that Redis lost: until then every
    /// relay finds the key missing, and requeues them even if this process dies first.
    ///
    /// # Errors
    /// Redis does not respond within `limit`, or rejects a command.
    pub async fn set_epoch(&mut self, limit: Duration) -> Result<(), PushError> {
        let written = self.written.take();
        let mut command = redis::cmd("SET");
        let setting = command.arg(&self.epoch_key).arg(1);
        tokio::time::timeout(limit, setting.exec_async(&mut self.connection))
            .await
            .map_err(|_elapsed| PushError::TimedOut)?
            .map_err(|error| PushError::Refused(error.into()))?;
        self.written = written;
        Ok(())
    }

    fn config(&self, queue: Queue) -> Option<&Config> {
        let mut known = self.queues.iter();
        known
            .find(|(known, _)| *known == queue)
            .map(|(_, config)| config)
    }

    async fn send(&mut self, queue: Queue, jobs: &[JobId]) -> Result<(), PushError> {
        let config = self.config(queue).ok_or(PushError::NotServed)?;
        // A new storage each time: an aborted push stays in a storage's buffer, and would be sent
        // with the next one.
        let mut storage = RedisStorage::<JobRef, Connection>::new(self.connection.clone())
            .with_config(config.clone());
        let references = jobs.iter().map(|job| JobRef { job: job.0 }).collect();
        storage
            .push_bulk(references)
            .await
            .map_err(|error| PushError::Refused(error.into()))?;
        if let Err(error) = wake::publish(&mut self.connection, &self.channel, queue).await {
            tracing::debug!(%error, "workers were not woken; they find the job references at their next poll");
        }
        Ok(())
    }
}

/// The first response of a pipeline, and the others, which are lengths.
async fn ask_with_head(
    pipeline: &redis::Pipeline,
    connection: &mut Connection,
) -> RedisResult<(Option<String>, Vec<usize>)> {
    let answers: Vec<redis::Value> = pipeline.query_async(connection).await?;
    let mut answers = answers.into_iter();
    let head = redis::from_redis_value(answers.next().unwrap_or(redis::Value::Nil))?;
    let lengths = answers
        .map(redis::from_redis_value)
        .collect::<Result<_, _>>()?;
    Ok((head, lengths))
}

impl Transport for ThroughRedis {
    fn room(&self, queue: Queue, depth: usize) -> usize {
        if self.config(queue).is_none() {
            return 0;
        }
        depth.saturating_sub(self.backlog.get(&queue).copied().unwrap_or(0))
    }

    async fn push(&mut self, queue: Queue, jobs: &[JobId]) -> Result<(), PushError> {
        let limit = Duration::from_secs(2);
        let sent = tokio::time::timeout(limit, self.send(queue, jobs)).await;
        if sent.is_err() {
            self.connection.replace();
        }
        let sent = sent.unwrap_or(Err(PushError::TimedOut));
        if sent.is_err() {
            self.pushes.note_refusal();
            self.written = None;
        } else {
            self.pushes = Pushes::default();
        }
        sent?;
        *self.backlog.entry(queue).or_default() += jobs.len();
        Ok(())
    }
}

/// Directly within this process: as many jobs at a time as its workers would run from Redis.
pub struct Direct {
    cx: JobContext,
    free: HashMap<Queue, Arc<Semaphore>>,
    running: TaskTracker,
    relay_wake: Arc<Notify>,
}

impl Direct {
    pub(crate) fn new(
        cx: JobContext,
        queues: &[(Queue, usize)],
        running: TaskTracker,
        relay_wake: Arc<Notify>,
    ) -> Self {
        let free = queues
            .iter()
            .map(|(queue, concurrency)| (*queue, Arc::new(Semaphore::new(*concurrency))))
            .collect();
        Self {
            cx,
            free,
            running,
            relay_wake,
        }
    }
}

impl Transport for Direct {
    fn room(&self, queue: Queue, depth: usize) -> usize {
        self.free
            .get(&queue)
            .map_or(0, |free| free.available_permits().min(depth))
    }

    async fn push(&mut self, queue: Queue, jobs: &[JobId]) -> Result<(), PushError> {
        let free = self.free.get(&queue).ok_or(PushError::NotServed)?;
        for job in jobs.iter().copied() {
            let permit = Arc::clone(free)
                .acquire_owned()
                .await
                .map_err(|closed| PushError::Refused(closed.into()))?;
            let (cx, relay_wake) = (self.cx.clone(), Arc::clone(&self.relay_wake));
            self.running.spawn(async move {
                run_one(&cx, job).await;
                drop(permit);
                // A slot is free again.
                relay_wake.notify_one();
            });
        }
        Ok(())
    }
}
