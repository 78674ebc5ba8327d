//! The bugs of apalis 1.0.0 and apalis-redis 1.0.0 that `worker` is wrapped against, each without its
//! wrapper. They are expected: a test that fails says which wrapper can go, or which of our
//! settings may change. `docs/JOBS.md` has the list.

mod backlog;
mod connections;
mod keeping;
mod names;
mod polling;

use crate::harness::redis_url;
use apalis::prelude::{
    BackendExt, BoxDynError, Data, TaskSink, WorkerBuilder, WorkerBuilderExt, WorkerError,
};
use apalis_redis::{Config, RedisStorage};
use futures_util::FutureExt;
use redis::{Client, aio::ConnectionManager};
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// How long a test waits for a bug to show itself.
const LIMIT: Duration = Duration::from_secs(30);
/// How often a worker looks in tests of other bugs.
const LOOK: Duration = Duration::from_millis(20);

/// What travels.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct JobRef {
    job: i64,
}

fn hints(count: i64) -> Vec<JobRef> {
    (0..count).map(|job| JobRef { job }).collect()
}

type Storage = RedisStorage<JobRef, ConnectionManager>;

/// A queue of a canary's own, with the default settings.
fn config() -> Config {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    Config::default().queue(format!("upstream-{}-{next}", std::process::id()))
}

async fn connection() -> ConnectionManager {
    let client = Client::open(redis_url()).unwrap();
    client.get_connection_manager().await.unwrap()
}

async fn storage(config: &Config) -> Storage {
    RedisStorage::new(connection().await).with_config(config.clone())
}

async fn ask<T: redis::FromRedisValue>(command: &str, key: String) -> T {
    let mut connection = connection().await;
    let mut command = redis::cmd(command);
    command.arg(key);
    command.query_async(&mut connection).await.unwrap()
}

/// What the handlers of a test have done, and may do.
#[derive(Clone)]
struct Handled {
    begun: Arc<AtomicUsize>,
    finished: Arc<AtomicUsize>,
    /// Each run takes one before it finishes.
    permits: Arc<Semaphore>,
    at_a_time: usize,
}

impl Handled {
    fn at_once() -> Self {
        Self::with(Semaphore::MAX_PERMITS)
    }

    fn never() -> Self {
        Self::with(0)
    }

    fn with(permits: usize) -> Self {
        Self {
            begun: Arc::default(),
            finished: Arc::default(),
            permits: Arc::new(Semaphore::new(permits)),
            at_a_time: 1,
        }
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    fn finished(&self) -> usize {
        self.finished.load(Ordering::SeqCst)
    }
}

async fn handle(_: JobRef, handled: Data<Handled>) -> Result<(), BoxDynError> {
    handled.begun.fetch_add(1, Ordering::SeqCst);
    handled.permits.acquire().await?.forget();
    handled.finished.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

/// A worker that looks often, until it ends or is stopped.
async fn work(
    name: &'static str,
    storage: Storage,
    handled: Handled,
    stop: CancellationToken,
) -> Result<(), WorkerError> {
    WorkerBuilder::new(name)
        .backend(storage.poll_with_strategy(polling::Often::every(LOOK)))
        .concurrency(handled.at_a_time)
        .data(handled)
        .build(handle)
        .run_until(stop.cancelled_owned().map(Ok::<(), WorkerError>))
        .await
}

/// The same, until it ends.
async fn work_on(
    name: &'static str,
    storage: Storage,
    handled: Handled,
) -> Result<(), WorkerError> {
    work(name, storage, handled, CancellationToken::new()).await
}

/// The error by which a worker ends that nobody stopped.
async fn end_of(worker: impl Future<Output = Result<(), WorkerError>>, otherwise: &str) -> String {
    let ended = tokio::time::timeout(LIMIT, worker).await;
    let Ok(Err(error)) = ended else {
        panic!("the bug is gone: {otherwise}");
    };
    platform::error_chain::Chain(&error).to_string()
}

async fn push(storage: &mut Storage, hints: Vec<JobRef>) {
    storage.push_bulk(hints).await.unwrap();
}
