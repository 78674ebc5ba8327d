//! `GET /health/live`: the process runs. `GET /health/ready`: what it needs is there and fit for use,
//! and so is whoever does the work.
//!
//! What is shown and what fails the whole are two things. Everything is shown; the status is 503 only
//! for what is needed: database, migrations and Redis, unless `need` names something else. Missing
//! workers delay jobs; taking every API process out of rotation for that would make an outage of it.

use crate::{
    error::Problem,
    openapi::{Access, Example, ExampleStage, Operation},
    query::Query,
    respond::Answer,
};
use axum::extract::State as With;
use domain::{queue::Queue, reader::QueryReader, text_enum};
use platform::{
    context::Context,
    health::{Schema, Staffing, schema, staffing},
    redis_link::is_broken,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(1);
/// How long what is written to Redis stays there: nobody reads it.
const WRITTEN_FOR: Duration = Duration::from_mins(1);

text_enum! {
    /// Something that the system stands on.
    pub enum Check {
        /// PostgreSQL answers.
        Database = "database",
        /// It has every migration that this program knows.
        Migrations = "migrations",
        /// Redis takes what is written.
        Redis = "redis",
        /// Each queue is served by a worker.
        Workers = "workers",
        /// A scheduler is there.
        Scheduler = "scheduler",
    }
}

text_enum! {
    /// How it stands.
    pub enum Standing {
        /// It is there.
        Well = "ok",
        /// It is not, and something waits until it is.
        Missing = "missing",
        /// It is not.
        Down = "down",
        /// The database would have to tell, and does not answer.
        Unknown = "unknown",
    }
}

/// What fails the whole unless the caller names something else.
const NEEDED: [Check; 3] = [Check::Database, Check::Migrations, Check::Redis];

/// The process runs. Touches nothing: a database that is away is no reason to start it anew.
pub async fn live() -> Answer {
    Answer::default()
}

/// What was looked at.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Checks {
    /// `ok`, or `degraded` where something is not.
    status: &'static str,
    database: Standing,
    migrations: Standing,
    redis: Standing,
    workers: Standing,
    /// Queues that no worker serves.
    unserved_queues: Vec<Queue>,
    scheduler: Standing,
}

impl Checks {
    fn of(database: Result<Staffing, &Unready>, redis: Standing) -> Self {
        let (database, migrations, staffing) = match database {
            Ok(staffing) => (Standing::Well, Standing::Well, Some(staffing)),
            Err(Unready::Migrations) => (Standing::Well, Standing::Down, None),
            Err(_) => (Standing::Down, Standing::Unknown, None),
        };
        let there = |there| {
            if there {
                Standing::Well
            } else {
                Standing::Missing
            }
        };
        let told = |told: Option<bool>| told.map_or(Standing::Unknown, there);
        let unserved = staffing.as_ref().map(|staffing| staffing.unserved.clone());
        let workers = told(unserved.as_ref().map(Vec::is_empty));
        let scheduler = told(staffing.map(|staffing| staffing.scheduler));
        let all = [database, migrations, redis, workers, scheduler];
        Self {
            status: if all.iter().all(|standing| *standing == Standing::Well) {
                "ok"
            } else {
                "degraded"
            },
            database,
            migrations,
            redis,
            workers,
            unserved_queues: unserved.unwrap_or_default(),
            scheduler,
        }
    }

    const fn of_check(&self, check: Check) -> Standing {
        match check {
            Check::Database => self.database,
            Check::Migrations => self.migrations,
            Check::Redis => self.redis,
            Check::Workers => self.workers,
            Check::Scheduler => self.scheduler,
        }
    }

    /// Those of the needed ones that are not well.
    fn failing(&self, needed: &[Check]) -> Vec<&'static str> {
        let fails = |check: &&Check| self.of_check(**check) != Standing::Well;
        let failing = needed.iter().filter(fails);
        failing.map(|check| check.as_str()).collect()
    }
}

impl Example for Checks {
    fn example(_: ExampleStage) -> Value {
        let staffing = Staffing {
            unserved: Vec::new(),
            scheduler: true,
        };
        json!(Self::of(Ok(staffing), Standing::Well))
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
    #[error("Redis could not be written to")]
    Redis(#[source] redis::RedisError),
    #[error("nobody is there for some of the work")]
    Staffing,
}

/// Shows everything that the system stands on.
///
/// # Errors
/// 503 that names the needed checks that fail.
pub async fn ready(With(cx): With<Context>, query: Query) -> Result<Answer, Problem> {
    let needed = query.read(needed)?;
    let (database, redis) = tokio::join!(database(&cx), redis(&cx));
    let (database, unready) = match database {
        Ok(staffing) => (Some(staffing), None),
        Err(unready) => (None, Some(unready)),
    };
    let redis_stands = if redis.is_ok() {
        Standing::Well
    } else {
        Standing::Down
    };
    let told = database.ok_or(unready.as_ref().unwrap_or(&Unready::Staffing));
    let checks = Checks::of(told, redis_stands);
    let failing = checks.failing(&needed);
    if failing.is_empty() {
        return Ok(Answer::of("checks", checks));
    }
    let cause = unready.or(redis.err()).unwrap_or(Unready::Staffing);
    Err(Problem::unavailable(&detail(&failing), cause))
}

fn detail(failing: &[&str]) -> String {
    match failing {
        [one] => format!("The check `{one}` fails."),
        several => format!("The checks `{}` fail.", several.join("`, `")),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn needed(query: &mut QueryReader) -> Option<Vec<Check>> {
    let named = query.words("need");
    Some(if named.is_empty() {
        NEEDED.to_vec()
    } else {
        named
    })
}

async fn database(cx: &Context) -> Result<Staffing, Unready> {
    let asked = async {
        match schema(cx).await.map_err(Unready::Database)? {
            Schema::Current => staffing(cx).await.map_err(Unready::Database),
            Schema::Behind => Err(Unready::Migrations),
        }
    };
    timeout(PATIENCE, asked)
        .await
        .unwrap_or(Err(Unready::DatabaseSlow))
}

/// The process's own connection may look alive and be dead: one that is lost is asked anew at once, one
/// that does not answer from the next look on. And a write: what became a replica or is full refuses every one, and still answers PING.
async fn redis(cx: &Context) -> Result<(), Unready> {
    let key = format!("{}:health", cx.config.redis.prefix);
    let mut write = redis::cmd("SET");
    write.arg(&key).arg("written").arg("EX");
    write.arg(WRITTEN_FOR.as_secs());
    let begun = Instant::now();
    let ask = async |limit| {
        let asked = cx
            .redis
            .within(limit, async |mut redis| write.exec_async(&mut redis).await);
        asked.await
    };
    let mut written = ask(PATIENCE).await;
    if written
        .as_ref()
        .is_err_and(|error| is_broken(error) && !error.is_timeout())
    {
        written = ask(PATIENCE.saturating_sub(begun.elapsed())).await;
    }
    written.map_err(|error| {
        if error.is_timeout() {
            Unready::RedisSlow
        } else {
            Unready::Redis(error)
        }
    })
}

pub(crate) fn live_operation() -> Operation {
    Operation::new("isLive", Access::Anybody, "Tell that the process runs")
}

pub(crate) fn ready_operation() -> Operation {
    Operation::new(
        "isReady",
        Access::Anybody,
        "Tell whether everything needed is there",
    )
    .about(
        "503 names the checks that fail, of those that `need` names: database, migrations and redis by default. \
         Missing workers or a missing scheduler delay work and are shown as such; name them to have them fail the whole.",
    )
    .query(needed)
    .answers::<Checks>("checks")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(unserved: Vec<Queue>, redis: Standing) -> Checks {
        let staffing = Staffing {
            unserved,
            scheduler: true,
        };
        Checks::of(Ok(staffing), redis)
    }

    #[test]
    fn missing_workers_are_told_and_fail_only_whoever_needs_them() {
        let checks = checks(vec![Queue::Email], Standing::Well);
        assert_eq!(
            (checks.status, checks.workers),
            ("degraded", Standing::Missing)
        );
        assert!(checks.failing(&NEEDED).is_empty());
        assert_eq!(checks.failing(Check::ALL), ["workers"]);
        assert_eq!(
            detail(&checks.failing(Check::ALL)),
            "The check `workers` fails."
        );
    }

    #[test]
    fn what_cannot_be_asked_is_unknown_and_not_well() {
        let checks = Checks::of(Err(&Unready::DatabaseSlow), Standing::Down);
        assert_eq!(checks.workers, Standing::Unknown);
        assert_eq!(checks.failing(&NEEDED), ["database", "migrations", "redis"]);
        let behind = Checks::of(Err(&Unready::Migrations), Standing::Well);
        assert_eq!(behind.failing(&NEEDED), ["migrations"]);
    }
}
