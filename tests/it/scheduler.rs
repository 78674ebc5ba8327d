//! The scheduler against a real database, with a manual clock.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::queue::Execution;
use platform::{
    clock::SystemClock,
    config::{Config, Settings},
    context::Context,
    db,
    id_source::IdSource,
    migrate,
};
use secrecy::ExposeSecret;
use servers::{Durability, Servers, start};
use std::sync::Arc;

/// A database of its own.
struct World {
    cx: Context,
    _servers: Servers,
}

impl World {
    async fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join("support-scheduler-test");
        let servers = tokio::task::spawn_blocking(move || start(&folder, Durability::Throwaway))
            .await
            .unwrap()
            .unwrap();
        let url = servers.database_url(&format!("{name}_{}", std::process::id()));
        let settings = Settings::load(|setting| match setting {
            "DATABASE_URL" => Some(url.clone()),
            "REDIS_URL" => Some(servers.redis_url()),
            "JWT_SECRET" => Some("0123456789012345678901234567890123456789".to_owned()),
            // A sweep begins at every third of it.
            "SLA_SWEEP_SECONDS" => Some("45".to_owned()),
            "ASSIGN_SWEEP_SECONDS" => Some("7".to_owned()),
            "SCHEDULE_AUTO_CLOSE" | "SCHEDULE_STATS" | "SCHEDULE_PRUNE" => {
                Some("0 0 * * * *".to_owned())
            }
            _ => None,
        });
        let config = Config::read(&settings.unwrap()).unwrap();
        migrate::create_database(config.database.url.expose_secret())
            .await
            .unwrap();
        let cx = Context {
            pool: db::connect(&config.database).await.unwrap(),
            redis: platform::redis_link::RedisLink::new(config.redis.url.clone()),
            clock: Arc::new(SystemClock),
            ids: Arc::new(IdSource::seeded([1; 32])),
            config: Arc::new(config),
            execution: Execution::Workers,
            metrics: Arc::default(),
            traces: platform::trace::Traces::default(),
            feed: platform::feed_signal::FeedSignal::default(),
        };
        migrate::apply(&cx.pool).await.unwrap();
        Self {
            cx,
            _servers: servers,
        }
    }

    async fn pass(&self, now: DateTime<Utc>) -> usize {
        scheduler::pass(&self.cx, now).await.unwrap()
    }

    async fn ticks(&self, schedule: &str) -> Vec<DateTime<Utc>> {
        sqlx::query_scalar("select due_at from ticks where schedule = $1 order by due_at")
            .bind(schedule)
            .fetch_all(&self.cx.pool)
            .await
            .unwrap()
    }
}

fn seconds(seconds: i64) -> TimeDelta {
    TimeDelta::seconds(seconds)
}

fn noon() -> DateTime<Utc> {
    "2025-10-01T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn every_instant_fires_once_and_not_before_it_has_come() {
    let world = World::new("instants").await;
    assert_eq!(world.pass(noon()).await, 0);
    assert_eq!(world.pass(noon() + seconds(14)).await, 1, "assignment");
    assert_eq!(world.pass(noon() + seconds(15)).await, 1, "deadlines");
    assert_eq!(world.pass(noon() + seconds(15)).await, 0);
    assert_eq!(world.ticks("sweep_sla").await, [noon() + seconds(15)]);
}

#[tokio::test]
async fn a_tick_missed_in_an_outage_fires_once_afterwards() {
    let world = World::new("outage").await;
    world.pass(noon()).await;
    let back = noon() + TimeDelta::hours(5) + seconds(1);
    assert_eq!(world.pass(back).await, 5);
    assert_eq!(world.pass(back).await, 0);
    assert_eq!(world.ticks("prune").await, [noon() + TimeDelta::hours(1)]);
}

#[tokio::test]
async fn a_clock_that_was_set_back_fires_nothing_twice() {
    let world = World::new("set_back").await;
    world.pass(noon()).await;
    assert_eq!(world.pass(noon() + seconds(15)).await, 2);
    sqlx::query("update schedules set next_run = $1 where name = 'sweep_sla'")
        .bind(noon() + seconds(15))
        .execute(&world.cx.pool)
        .await
        .unwrap();
    assert_eq!(world.pass(noon() + seconds(15)).await, 0);
}

#[tokio::test]
async fn a_tick_fires_once_with_many_schedulers() {
    let world = World::new("many").await;
    world.pass(noon()).await;
    let mut passes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let cx = world.cx.clone();
        passes.spawn(async move { scheduler::pass(&cx, noon() + seconds(15)).await.unwrap() });
    }
    let fired: usize = passes.join_all().await.into_iter().sum();
    assert_eq!(fired, 2);
}
