//! A scrape: all metrics as text.

use crate::standing::{
    age::Seconds,
    backlog::{Backlog, WEEK},
    found::Standing,
    labels::{BuildLabel, StateLabel},
    store,
};
use platform::{
    context::Context,
    error_chain::Chain,
    metrics::{Relay, machine},
    presence,
};
use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use sqlx::PgPool;
use std::{
    fmt,
    sync::atomic::AtomicU64,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// The content type of the text: OpenMetrics 1.0.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How long the state of queues, deadlines and processes is reused.
const FRESH: Duration = Duration::from_secs(3);
/// How long the backlog is reused: nobody acts on it within seconds, and it costs more.
const BACKLOG_FRESH: Duration = Duration::from_secs(30);
/// The longest time of the queries; after it, the scrape has only the counters of this process.
const QUERY_LIMIT: Duration = Duration::from_secs(3);

/// What the latest scrapes read, so that concurrent scrapes query the database once.
#[derive(Debug, Default)]
pub struct Recent {
    standing: Kept<Standing>,
    backlog: Kept<Backlog>,
}

/// A result, and when it was read; `None` in it where the query failed.
#[derive(Debug)]
struct Kept<T>(Mutex<Option<(Instant, Option<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Kept<T> {
    /// The latest result; reads it again when it is too old. Concurrent callers wait for one query.
    async fn get(
        &self,
        fresh: Duration,
        query: impl Future<Output = sqlx::Result<T>>,
    ) -> Option<T> {
        let mut kept = self.0.lock().await;
        if let Some((at, result)) = &*kept
            && at.elapsed() < fresh
        {
            return result.clone();
        }
        let found = match tokio::time::timeout(QUERY_LIMIT, query).await {
            Ok(Ok(found)) => Some(found),
            Ok(Err(error)) => {
                tracing::warn!(error = %Chain(&error), "the state of the system could not be read");
                None
            }
            Err(_elapsed) => {
                tracing::warn!("the state of the system was not read in time");
                None
            }
        };
        *kept = Some((Instant::now(), found.clone()));
        found
    }
}

/// All metrics in the text format of OpenMetrics: the counters of this process and the state of the system. While
/// the database is not available, only the former.
///
/// # Errors
/// None in practice: the text is written into memory.
pub async fn scrape(
    cx: &Context,
    recent: &Recent,
    version: &'static str,
) -> Result<String, fmt::Error> {
    let standing = recent.standing.get(FRESH, query(cx)).await;
    let mut system = Registry::with_prefix("support");
    let database_up = Gauge::<i64>::default();
    database_up.set(i64::from(standing.is_some()));
    system.register(
        "database_up",
        "Whether the database answered for the series below",
        database_up,
    );
    if let Some(standing) = standing {
        standing.register(&mut system, cx.clock.now());
        // Not asked for while the database does not respond.
        let backlog = recent.backlog.get(BACKLOG_FRESH, query_backlog(cx)).await;
        if let Some(backlog) = backlog {
            backlog.register(&mut system, cx.clock.now());
        }
    }
    register_build(&mut system, version);
    register_pool(&mut system, &cx.pool);
    register_relay(&mut system, cx.metrics.relay());
    let mut process = Registry::with_prefix("process");
    register_process(&mut process);
    let mut text = String::new();
    for registry in [cx.metrics.registry(), &system, &process] {
        encode_registry(&mut text, registry)?;
    }
    encode_eof(&mut text)?;
    Ok(text)
}

async fn query(cx: &Context) -> sqlx::Result<Standing> {
    let now = cx.clock.now();
    Ok(Standing {
        queues: store::queues(&cx.pool, now).await?,
        deadlines: store::deadlines(&cx.pool, now).await?,
        push_services_held: store::push_services_held(&cx.pool).await?,
        webhooks: store::webhooks(&cx.pool).await?,
        present: presence::present(cx).await?,
    })
}

async fn query_backlog(cx: &Context) -> sqlx::Result<Backlog> {
    let now = cx.clock.now();
    Ok(Backlog {
        open: store::open_tickets(&cx.pool, now).await?,
        resolved: store::resolved_since(&cx.pool, now - WEEK).await?,
        ratings: store::ratings_since(&cx.pool, now - WEEK).await?,
    })
}

fn register_build(registry: &mut Registry, version: &'static str) {
    let build = Family::<BuildLabel, Gauge>::default();
    build.get_or_create(&BuildLabel { version }).set(1);
    registry.register("build_info", "The version of the program", build);
}

fn register_pool(registry: &mut Registry, pool: &PgPool) {
    let connections = Family::<StateLabel, Gauge>::default();
    let (open, idle) = (i64::from(pool.size()), pool.num_idle());
    let idle = i64::try_from(idle).unwrap_or(i64::MAX);
    for (state, count) in [("idle", idle), ("used", open.saturating_sub(idle))] {
        connections.get_or_create(&StateLabel { state }).set(count);
    }
    registry.register(
        "database_connections",
        "Connections of this process to the database",
        connections,
    );
    let most = Gauge::<i64>::default();
    most.set(i64::from(pool.options().get_max_connections()));
    registry.register(
        "database_connections_max",
        "How many connections this process may open",
        most,
    );
}

/// The series of the relay, where this process has one.
fn register_relay(registry: &mut Registry, relay: Relay) {
    let Some(passed) = relay.passed else {
        return;
    };
    let since = Seconds::default();
    since.set(passed.elapsed().as_secs_f64());
    registry.register(
        "relay_last_pass_seconds",
        "How long ago the relay of this process last looked for jobs",
        since,
    );
    let without_redis = Gauge::<i64>::default();
    without_redis.set(i64::from(relay.without_redis));
    registry.register(
        "relay_without_redis",
        "Whether this process runs jobs without Redis, which is not available",
        without_redis,
    );
}

fn register_process(registry: &mut Registry) {
    let machine = machine::look();
    let mut whole = |name, help, value: Option<i64>| {
        if let Some(value) = value {
            let gauge = Gauge::<i64>::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        }
    };
    whole("resident_memory_bytes", "Memory in use", machine.resident);
    whole(
        "open_fds",
        "Files and connections that are open",
        machine.open_files,
    );
    if let Some(seconds) = machine.cpu_seconds {
        let cpu = Counter::<f64, AtomicU64>::default();
        cpu.inc_by(seconds);
        registry.register("cpu_seconds", "Processor time so far", cpu);
    }
}
