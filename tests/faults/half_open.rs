//! Half-open connections: nothing arrives on them, not even their end. The processes notice it and recover
//! without a restart.

use super::{
    client::Client,
    proxy::Weather,
    rig::{ADMIN, Crew, Rig},
};
use crate::harness::{Http, eventually, within};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const SETTINGS: &[(&str, &str)] = &[
    ("JOB_LEASE_SECONDS", "5"),
    ("SLA_SWEEP_SECONDS", "1"),
    // So few that each one lost would be missed.
    ("DATABASE_CONNECTIONS", "4"),
];
/// How long a request may take.
const BOUND: Duration = Duration::from_secs(33);

/// How long a job may be held up: the longest run of a handler, and an answer of the ledger.
const MENDED: Duration = Duration::from_secs(80);

/// One process of each role, and a customer.
struct Stage {
    crew: Crew,
    customer: Client,
    rig: Rig,
}

impl Stage {
    async fn new(name: &str) -> Self {
        let rig = Rig::new(name, SETTINGS).await;
        let crew = Crew::start(&rig, None, &[("api", 1), ("worker", 1), ("scheduler", 1)]).await;
        let mut customer = Client::new(crew.doors.clone(), Arc::default(), "Ann");
        customer.sign_in(ADMIN.0).await;
        let body = json!({
            "firstName": "Ann", "lastName": "Otieno", "email": "ann@example.com", "role": "customer",
            "phoneNumber": "+254712345678", "password": "SecurePass123!",
        });
        customer.register(&body).await;
        customer.sign_in("ann@example.com").await;
        Self {
            crew,
            customer,
            rig,
        }
    }

    fn http(&self) -> Http {
        self.crew.doors.at(0).unwrap()
    }

    /// Opens a ticket, in one attempt; its status.
    async fn open(&self) -> u16 {
        let body = json!({"subject": "Help", "description": "Please."}).to_string();
        let token = self.customer.token();
        let path = "/api/v1/support/tickets";
        self.http().post(path, Some(token), &body).await.0
    }

    /// All three do their work again: a ticket is opened, its customer hears of it, sweeps are due.
    async fn everything_goes_on(&self) {
        let sweeps = "select count(*) from ticks where schedule = 'sweep_sla'";
        let before = self.rig.count(sweeps).await;
        within(BOUND, "a ticket can be opened", async || {
            self.open().await == 201
        })
        .await;
        within(MENDED, "all jobs are done", async || {
            self.rig.unfinished().await == 0
        })
        .await;
        within(BOUND, "the sweeps go on", async || {
            self.rig.count(sweeps).await > before + 1
        })
        .await;
    }

    async fn end(mut self) {
        for member in &mut self.crew.members {
            assert_eq!(
                member.program.terminate().await,
                Some(0),
                "{}",
                member.program.log()
            );
        }
    }
}

#[tokio::test]
async fn half_open_connections_to_the_database_are_replaced_within_seconds_while_idle() {
    let stage = Stage::new("half-open-idle").await;
    for _ in 0..3 {
        stage.everything_goes_on().await;
        stage.rig.database.half_open();
        let asked = Instant::now();
        assert_eq!(stage.open().await, 201);
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "{:?}",
            asked.elapsed()
        );
    }
    stage.everything_goes_on().await;
    stage.end().await;
}

#[tokio::test]
async fn half_open_connections_to_the_database_in_use_end_in_503_and_are_given_back() {
    let stage = Stage::new("half-open-in-use").await;
    stage.everything_goes_on().await;
    // Requests and jobs wait in the middle of their statements: for the sequence of numbers.
    let mut held = stage.rig.look.begin().await.unwrap();
    sqlx::query("lock table tickets in access exclusive mode")
        .execute(&mut *held)
        .await
        .unwrap();
    let asked = Instant::now();
    let silenced = async {
        eventually("the requests wait", async || {
            stage.rig.count(WAITING).await >= 3
        })
        .await;
        stage.rig.database.half_open();
        held.rollback().await.unwrap();
    };
    let (one, two, three, ()) = tokio::join!(stage.open(), stage.open(), stage.open(), silenced);
    assert_eq!([one, two, three], [503; 3]);
    assert!(asked.elapsed() < BOUND, "{:?}", asked.elapsed());
    stage.everything_goes_on().await;
    stage.end().await;
}

const WAITING: &str = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";

#[tokio::test]
async fn a_database_that_is_silent_ends_in_503_within_seconds_and_nothing_is_lost() {
    let stage = Stage::new("silent").await;
    stage.everything_goes_on().await;
    stage.rig.database.weather(Weather::Silent);
    let asked = Instant::now();
    assert_eq!(stage.open().await, 503);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    stage.rig.database.weather(Weather::Fair);
    stage.everything_goes_on().await;
    stage.end().await;
}

#[tokio::test]
async fn half_open_connections_to_redis_are_replaced_and_jobs_go_on_meanwhile() {
    let stage = Stage::new("half-open-redis").await;
    for _ in 0..3 {
        stage.everything_goes_on().await;
        stage.rig.redis.half_open();
    }
    stage.everything_goes_on().await;
    let ready = async || {
        stage
            .http()
            .call("GET", "/health/ready", None, None)
            .await
            .0
            == 200
    };
    eventually("the API is ready", ready).await;
    stage.end().await;
}

#[tokio::test]
async fn a_process_whose_connection_dies_while_it_starts_starts_all_the_same() {
    let rig = Rig::new("half-open-start", SETTINGS).await;
    // It waits in the middle of its first question.
    let mut held = rig.look.begin().await.unwrap();
    sqlx::query("lock table _sqlx_migrations in access exclusive mode")
        .execute(&mut *held)
        .await
        .unwrap();
    let mut api = rig.site.start("api");
    eventually("it waits", async || rig.count(WAITING).await > 0).await;
    rig.database.half_open();
    held.rollback().await.unwrap();
    api.says("\"started\"").await;
    assert_eq!(api.terminate().await, Some(0), "{}", api.log());
}
