//! More and more events a second, each to the sockets of all agents: how late they are, and what limits.
//!
//! The events are messages of customers on tickets that all agents see. They are written by SQL with the statement of the
//! product, those of 20 ms in one transaction, and announced by Redis as another process does it, so that the writer
//! limits nothing. Each socket gets the events in the order in which they were written: the time of the n-th is known at
//! both ends.

use crate::{
    figures::{Figures, row},
    process::Process,
    socket::{Came, Socket},
    stage::{AGENTS, Stage, customer_of, person_id, ticket_id},
};
use anyhow::Result;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::interval};
use uuid::Uuid;

/// Transactions a second.
const BATCHES: u32 = 50;
/// The tickets that all agents see.
const TICKETS: std::ops::RangeInclusive<u32> = 101..=150;
/// A step is over when nothing arrives for so long.
const SILENCE: Duration = Duration::from_secs(5);
/// A step that ends later than this has fallen behind.
const BEHIND: Duration = Duration::from_secs(1);

/// What is alike in all steps.
pub struct Step {
    pub seconds: u32,
    pub api: Process,
    pub postgres: Process,
}

/// The instants at which a socket got its events.
type Arrivals = Arc<Mutex<Vec<Instant>>>;

/// The clients, and what they got.
struct Audience {
    arrivals: Vec<Arrivals>,
    resyncs: Arc<AtomicU32>,
    reading: JoinSet<Result<()>>,
}

/// Measures each rate, until one falls behind.
pub async fn run(stage: &Stage, step: &Step, rates: &[&str]) -> Result<()> {
    let mut audience = Audience::gather(stage).await?;
    let writer = Writer::connect(stage).await?;
    for rate in rates {
        if !audience.hears(&writer, step, rate.parse()?).await? {
            break;
        }
    }
    audience.reading.abort_all();
    Ok(())
}

impl Audience {
    async fn gather(stage: &Stage) -> Result<Self> {
        let (mut arrivals, mut reading) = (Vec::new(), JoinSet::new());
        let resyncs = Arc::<AtomicU32>::default();
        for agent in 1..=AGENTS {
            let token = stage.token(agent)?;
            let mut socket = Socket::connect(stage.at, &token, 64 * 1024).await?;
            let (mine, resyncs) = (Arrivals::default(), Arc::clone(&resyncs));
            arrivals.push(Arc::clone(&mine));
            reading.spawn(async move {
                loop {
                    match socket.came().await? {
                        Came::Message => {
                            let mut mine = mine.lock().unwrap_or_else(PoisonError::into_inner);
                            mine.push(Instant::now());
                        }
                        Came::Resync => drop(resyncs.fetch_add(1, Ordering::Relaxed)),
                        Came::Pong | Came::Other => {}
                    }
                }
            });
        }
        Ok(Self {
            arrivals,
            resyncs,
            reading,
        })
    }

    /// How many events the last socket has.
    fn heard(&self) -> usize {
        let counts = self.arrivals.iter().map(|one| lock(one).len());
        counts.min().unwrap_or(0)
    }

    /// One step; whether it kept up.
    async fn hears(&mut self, writer: &Writer, step: &Step, rate: u32) -> Result<bool> {
        for one in &self.arrivals {
            lock(one).clear();
        }
        self.resyncs.store(0, Ordering::Relaxed);
        let own = Process(std::process::id());
        let processes = [step.api, step.postgres, own];
        let worked = processes.map(Process::processor);
        let start = Instant::now();
        let written = writer.write(rate, step.seconds).await?;
        let end = Instant::now();
        let missing = written.len() - self.heard();
        let mut shares = Vec::new();
        for (process, before) in processes.into_iter().zip(worked) {
            let share = process.processor()?.saturating_sub(before?).as_secs_f64();
            shares.push(format!(
                "{:.0} %",
                100.0 * share / start.elapsed().as_secs_f64()
            ));
        }
        let is_whole = self.wait_for(written.len()).await;
        let mut figures = Figures::default();
        let mut last = end;
        for one in &self.arrivals {
            let one = lock(one);
            for (at, from) in one.iter().zip(&written) {
                figures.add(*at - *from);
            }
            last = last.max(one.last().copied().unwrap_or(end));
        }
        let lag = last - end;
        let resyncs = self.resyncs.load(Ordering::Relaxed);
        row(
            &format!(
                "{rate} events a second to {AGENTS} sockets, {} s: p50, p99, longest",
                step.seconds
            ),
            &figures.text(),
        );
        let outcome = if is_whole {
            "all arrived".to_owned()
        } else {
            format!("{resyncs} sockets have to load anew")
        };
        row(
            &format!(
                "the same: not yet arrived at the end, lag; API, PostgreSQL, clients of a core ({:.0} written a second)",
                f64::from(u32::try_from(written.len())?) / (end - start).as_secs_f64()
            ),
            &format!(
                "{missing}, {:.2} s; {}; {outcome}",
                lag.as_secs_f64(),
                shares.join(", ")
            ),
        );
        Ok(is_whole && lag < BEHIND)
    }

    /// Waits until every socket has so many events, or no more come.
    async fn wait_for(&self, events: usize) -> bool {
        let (mut best, mut since) = (self.heard(), Instant::now());
        while best < events && since.elapsed() < SILENCE {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if self.heard() > best {
                (best, since) = (self.heard(), Instant::now());
            }
        }
        best >= events
    }
}

fn lock(arrivals: &Arrivals) -> std::sync::MutexGuard<'_, Vec<Instant>> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes events.
struct Writer {
    pool: sqlx::PgPool,
    redis: redis::aio::MultiplexedConnection,
    channel: String,
}

impl Writer {
    async fn connect(stage: &Stage) -> Result<Self> {
        use secrecy::ExposeSecret;
        let redis = &stage.config.redis;
        let client = redis::Client::open(redis.url.expose_secret())?;
        Ok(Self {
            pool: platform::db::connect(&stage.config.database).await?,
            redis: client.get_multiplexed_async_connection().await?,
            channel: redis.feed_channel(),
        })
    }

    /// Writes so many events a second; returns when the transaction of each began.
    async fn write(&self, rate: u32, seconds: u32) -> Result<Vec<Instant>> {
        let mut redis = self.redis.clone();
        let mut written = Vec::new();
        let mut tickets = TICKETS.cycle();
        let mut pace = interval(Duration::from_secs(1) / BATCHES);
        for _ in 0..seconds * BATCHES {
            pace.tick().await;
            let batch: Vec<u32> = tickets
                .by_ref()
                .take(usize::try_from(rate / BATCHES)?)
                .collect();
            written.extend(std::iter::repeat_n(Instant::now(), batch.len()));
            self.insert(&batch).await?;
            let publish = redis::cmd("PUBLISH").arg(&self.channel).arg("").to_owned();
            publish.query_async::<()>(&mut redis).await?;
        }
        Ok(written)
    }

    /// A message on each of these tickets.
    async fn insert(&self, tickets: &[u32]) -> Result<()> {
        let customers: Vec<Uuid> = tickets
            .iter()
            .map(|ticket| person_id(customer_of(*ticket)))
            .collect();
        let tickets: Vec<Uuid> = tickets.iter().map(|ticket| ticket_id(*ticket)).collect();
        sqlx::query(
            "with fresh as materialized (
                 select gen_random_uuid() as event, gen_random_uuid() as message, ticket, customer, place
                 from unnest($1::uuid[], $2::uuid[]) with ordinality as fresh (ticket, customer, place)),
             said as (
                 insert into messages (id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at)
                 select message, ticket, customer, 'customer', repeat('It fails again. ', 10), '[]', false, now() from fresh),
             written as (
                 insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
                 select event, ticket, now(), customer, 'customer', jsonb_build_object('type', 'message_added', 'message', message), true
                 from fresh order by place
                 returning id, ticket_id, position)
             insert into feed_pending (kind, event_id, subject_id, version, at)
             select 'ticket', id, ticket_id, 1, now() from written order by position",
        )
        .bind(tickets)
        .bind(customers)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
