//! The parts of `bench/queue` that a shell cannot do: `enqueue` (jobs by the program's own function),
//! `latency` (one job after another, on an idle system), and `bare` (only apalis-redis, as a
//! floor). `DATABASE_URL` and `REDIS_URL` say where.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command of a script, which tells it where everything is and reads its answers"
)]

use actions::job_list::{self, Job};
use anyhow::{Context as _, Result, bail};
use apalis::prelude::{
    BackendExt, BoxDynError, Data, TaskSink, WorkerBuilder, WorkerBuilderExt, WorkerError,
};
use apalis_redis::RedisStorage;
use domain::{actor::Initiator, ids::TicketId, queue::Execution};
use platform::{
    clock::SystemClock,
    config::{Config, Settings},
    context::Context,
    id_source::IdSource,
};
use redis::aio::ConnectionManager;
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["enqueue", connections, seconds] => {
            enqueue(connections.parse()?, Duration::from_secs(seconds.parse()?)).await
        }
        ["latency", jobs, pause] => {
            latency(jobs.parse()?, Duration::from_millis(pause.parse()?)).await
        }
        ["bare", jobs, concurrency] => bare(jobs.parse()?, concurrency.parse()?).await,
        _ => bail!("enqueue CONNECTIONS SECONDS | latency JOBS PAUSE_MS | bare JOBS CONCURRENCY"),
    }
}

async fn context() -> Result<Context> {
    let settings = Settings::load(|name| std::env::var(name).ok())?;
    let config = Config::read(&settings)?;
    Ok(Context {
        pool: platform::db::connect(&config.database).await?,
        redis: platform::redis_link::RedisLink::new(config.redis.url.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(IdSource::random()),
        config: Arc::new(config),
        execution: Execution::Workers,
        metrics: Arc::default(),
        traces: platform::trace::Traces::default(),
        feed: platform::feed_signal::FeedSignal::default(),
    })
}

/// Enqueues one job that finds nothing to do, in a transaction of its own.
async fn one(cx: &Context) -> Result<()> {
    let mut work = cx.begin(Initiator::System).await?;
    let ticket = TicketId(cx.ids.uuid(work.now()));
    job_list::enqueue(&mut work, &Job::TellOfWaiting { ticket }).await?;
    Ok(work.commit().await?)
}

async fn enqueue(connections: usize, time: Duration) -> Result<()> {
    let cx = context().await?;
    let start = Instant::now();
    let enqueue = |cx: Context| async move {
        let mut count = 0_u32;
        while start.elapsed() < time {
            one(&cx).await?;
            count += 1;
        }
        anyhow::Ok(count)
    };
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        tasks.spawn(enqueue(cx.clone()));
    }
    let mut count = 0;
    while let Some(task) = tasks.join_next().await {
        count += task??;
    }
    println!("{:.0}", f64::from(count) / start.elapsed().as_secs_f64());
    Ok(())
}

async fn latency(jobs: u32, pause: Duration) -> Result<()> {
    let cx = context().await?;
    let mut pace = tokio::time::interval(pause);
    for _ in 0..jobs {
        pace.tick().await;
        one(&cx).await?;
    }
    Ok(())
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Hint {
    job: u32,
}

async fn nothing(_: Hint, ran: Data<Arc<AtomicUsize>>) -> Result<(), BoxDynError> {
    ran.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// At most 7 900: with 8 000 due jobs apalis-redis stops fetching.
async fn bare(jobs: u32, concurrency: usize) -> Result<()> {
    let url = std::env::var("REDIS_URL").context("REDIS_URL")?;
    let connection = redis::Client::open(url)?.get_connection_manager().await?;
    let config = apalis_redis::Config::default()
        .queue("bare")
        .batch_size(concurrency)
        .lock_tasks(false)
        .emit_events(false);
    let mut storage = RedisStorage::<Hint, ConnectionManager>::new(connection).with_config(config);
    let start = Instant::now();
    storage
        .push_bulk((0..jobs).map(|job| Hint { job }).collect())
        .await?;
    let pushed = start.elapsed();
    let ran = Arc::new(AtomicUsize::new(0));
    let all = usize::try_from(jobs)?;
    let done = Arc::clone(&ran);
    let start = Instant::now();
    WorkerBuilder::new("bare")
        .backend(storage.poll_with_interval(Duration::from_millis(100)))
        .concurrency(concurrency)
        .data(ran)
        .build(nothing)
        .run_until(async move {
            while done.load(Ordering::Relaxed) < all {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            Ok::<(), WorkerError>(())
        })
        .await?;
    let rate = |time: Duration| f64::from(jobs) / time.as_secs_f64();
    println!("{:.0} {:.0}", rate(pushed), rate(start.elapsed()));
    Ok(())
}
