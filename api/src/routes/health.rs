//! `GET /health/live`: the process runs. `GET /health/ready`: what it needs is there too.

use crate::{
    error::Problem,
    openapi::{Example, Moment, Operation, Who},
    respond::Answer,
    state::ApiState,
};
use axum::extract::State;
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    context::Context,
    health::{Schema, schema},
};
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(1);

/// The process runs. Touches nothing: a database that is away is no reason to start it anew.
pub async fn live() -> Answer {
    Answer::default()
}

/// What was looked at, each `ok`: what is not fails the whole.
#[derive(Debug, Serialize, JsonSchema)]
struct Checks {
    database: &'static str,
    migrations: &'static str,
    redis: &'static str,
}

const ALL_WELL: Checks = Checks {
    database: "ok",
    migrations: "ok",
    redis: "ok",
};

impl Example for Checks {
    fn example(_: Moment) -> Value {
        json!(ALL_WELL)
    }
}

/// What is not there.
#[derive(Debug, thiserror::Error)]
enum Unready {
    #[error("the database did not answer within a second")]
    DatabaseSlow,
    #[error("the database could not be asked")]
    Database(#[source] sqlx::Error),
    #[error("the database is not migrated to this program's newest migration")]
    Migrations,
    #[error("Redis did not answer within a second")]
    RedisSlow,
    #[error("Redis could not be asked")]
    Redis(#[source] redis::RedisError),
}

impl Unready {
    const fn detail(&self) -> &'static str {
        match self {
            Self::DatabaseSlow | Self::Database(_) => "The check `database` fails.",
            Self::Migrations => "The check `migrations` fails.",
            Self::RedisSlow | Self::Redis(_) => "The check `redis` fails.",
        }
    }
}

/// Database, migrations and Redis are there.
///
/// # Errors
/// 503 that names the check that fails.
pub async fn ready(State(api): State<ApiState>) -> Result<Answer, Problem> {
    let (database, redis) = tokio::join!(database(&api.cx), redis(&api.cx));
    database
        .and(redis)
        .map_err(|unready| Problem::unavailable(unready.detail(), unready))?;
    Ok(Answer::of("checks", ALL_WELL))
}

async fn database(cx: &Context) -> Result<(), Unready> {
    let schema = timeout(PATIENCE, schema(cx))
        .await
        .map_err(|_| Unready::DatabaseSlow)?
        .map_err(Unready::Database)?;
    match schema {
        Schema::Current => Ok(()),
        Schema::Behind => Err(Unready::Migrations),
    }
}

/// A connection of its own each time: an old one could look alive and be dead.
async fn redis(cx: &Context) -> Result<(), Unready> {
    let ping = async {
        let client = redis::Client::open(cx.config.redis.url.expose_secret())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").exec_async(&mut connection).await
    };
    timeout(PATIENCE, ping)
        .await
        .map_err(|_| Unready::RedisSlow)?
        .map_err(Unready::Redis)
}

pub(crate) fn live_operation() -> Operation {
    Operation::new("isLive", Who::Anybody, "Tell that the process runs")
}

pub(crate) fn ready_operation() -> Operation {
    Operation::new(
        "isReady",
        Who::Anybody,
        "Tell whether everything needed is there",
    )
    .about("503 names the check that fails.")
    .answers::<Checks>("checks")
}
