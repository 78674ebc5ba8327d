//! Ways from the relay to a handler: through Redis to whichever worker is free, or, while Redis
//! is away, straight to this process. Either carries hints; neither is trusted with a job.

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

/// How often a look at Redis is a write as well, while writes succeed: a Redis that refuses them is none,
/// although it answers what is read.
const WRITE_EVERY: Duration = Duration::from_millis(500);
/// How long what a look writes stays there: nobody reads it.
const WRITTEN_FOR: Duration = Duration::from_mins(1);

/// A way to a handler.
pub trait Transport {
    /// How many more hints of a queue it takes, where at most `depth` may lie about.
    fn room(&self, queue: Queue, depth: usize) -> usize;

    /// Passes hints on. An error means that they may not have arrived.
    fn push(
        &mut self,
        queue: Queue,
        jobs: &[JobId],
    ) -> impl Future<Output = Result<(), PushError>> + Send;
}

/// Why hints were not passed on.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// It took too long.
    #[error("Redis did not answer in time")]
    TimedOut,
    /// Redis said no.
    #[error("Redis did not take the hints")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Redis answers, and takes no hints.
    #[error("Redis answers, and takes no hints")]
    HintsRefused,
    /// Nobody serves the queue here.
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
    /// When a look wrote last; `None` when the next one has to.
    written: Option<Instant>,
    /// How pushes go.
    pub(crate) pushes: Pushes,
}

/// How pushes go, which may be refused where looks are not.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pushes {
    refused_since: Option<Instant>,
    on_trial: bool,
}

impl Pushes {
    /// Whether they have been refused for so long; on trial the first refusal is enough.
    pub fn are_refused(&self, patience: Duration) -> bool {
        let refused = |since: Instant| self.on_trial || since.elapsed() >= patience;
        self.refused_since.is_some_and(refused)
    }

    /// The next push decides.
    pub const fn begin_trial(&mut self) {
        *self = Self {
            refused_since: None,
            on_trial: true,
        };
    }

    fn refused(&mut self) {
        self.refused_since.get_or_insert_with(Instant::now);
    }
}

/// What a look at Redis showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// It is the Redis that we know.
    Kept,
    /// It remembers nothing: what was handed out is lost.
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

    /// Asks, in one round trip, whether Redis still has its memory, how much lies in it and, every now and
    /// then and after each failure, whether it takes what is written.
    ///
    /// # Errors
    /// It does not answer within the limit, or says no.
    pub async fn probe(&mut self, limit: Duration) -> Result<Memory, PushError> {
        let written = self.written.filter(|at| at.elapsed() < WRITE_EVERY);
        self.written = None;
        let answer = tokio::time::timeout(limit, self.ask(written.is_none())).await;
        if answer
            .as_ref()
            .map_or(true, |asked| asked.as_ref().is_err_and(is_broken))
        {
            // Half-open, maybe: redis-rs would go on with it for ever. Or it leads to what is a replica now.
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

    /// Lets Redis remember that it is known. Until then everybody finds that it has lost its memory: whoever
    /// takes back what was handed out says so afterwards, and may die before.
    ///
    /// # Errors
    /// It does not answer within the limit, or says no.
    pub async fn remember(&mut self, limit: Duration) -> Result<(), PushError> {
        let written = self.written.take();
        let mut command = redis::cmd("SET");
        let remembering = command.arg(&self.epoch_key).arg(1);
        tokio::time::timeout(limit, remembering.exec_async(&mut self.connection))
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
        // Made anew each time: a push that was given up stays in a storage's buffer, and would
        // come along with the next.
        let mut storage = RedisStorage::<JobRef, Connection>::new(self.connection.clone())
            .with_config(config.clone());
        let hints = jobs.iter().map(|job| JobRef { job: job.0 }).collect();
        storage
            .push_bulk(hints)
            .await
            .map_err(|error| PushError::Refused(error.into()))?;
        if let Err(error) = wake::publish(&mut self.connection, &self.channel, queue).await {
            tracing::debug!(%error, "workers were not woken; they find the hints at their next look");
        }
        Ok(())
    }
}

/// The first answer of a pipeline, and the rest, which are lengths.
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
            self.pushes.refused();
            self.written = None;
        } else {
            self.pushes = Pushes::default();
        }
        sent?;
        *self.backlog.entry(queue).or_default() += jobs.len();
        Ok(())
    }
}

/// Straight to this process: as many at a time as it would take from Redis.
pub struct Direct {
    cx: JobContext,
    free: HashMap<Queue, Arc<Semaphore>>,
    running: TaskTracker,
    wake_up: Arc<Notify>,
}

impl Direct {
    pub(crate) fn new(
        cx: JobContext,
        queues: &[(Queue, usize)],
        running: TaskTracker,
        wake_up: Arc<Notify>,
    ) -> Self {
        let free = queues
            .iter()
            .map(|(queue, concurrency)| (*queue, Arc::new(Semaphore::new(*concurrency))))
            .collect();
        Self {
            cx,
            free,
            running,
            wake_up,
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
            let (cx, wake_up) = (self.cx.clone(), Arc::clone(&self.wake_up));
            self.running.spawn(async move {
                run_one(&cx, job).await;
                drop(permit);
                // There is room again.
                wake_up.notify_one();
            });
        }
        Ok(())
    }
}
