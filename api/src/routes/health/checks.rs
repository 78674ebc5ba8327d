//! The checks of `/health/ready`, and their results.

use crate::openapi::{Example, ExampleStage};
use domain::{queue::Queue, text_enum};
use platform::health::Staffing;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

text_enum! {
    /// A part of the system that is checked.
    pub enum Check as "HealthCheck" {
        /// PostgreSQL responds.
        Database = "database",
        /// The database has every migration that this program knows.
        Migrations = "migrations",
        /// Redis accepts writes.
        Redis = "redis",
        /// Each queue of jobs is served by a worker.
        Workers = "workers",
        /// A scheduler runs.
        Scheduler = "scheduler",
    }
}

text_enum! {
    /// The result of a check.
    pub enum Standing as "CheckStatus" {
        /// The service is available.
        Well = "ok",
        /// The service is missing, and work waits for it.
        Missing = "missing",
        /// The service is not available.
        Down = "down",
        /// The state cannot be read, since the database is not available.
        Unknown = "unknown",
    }
}

text_enum! {
    /// The result of all checks together.
    pub enum Health as "HealthStatus" {
        /// Every check is `ok`.
        Well = "ok",
        /// Some check is not `ok`.
        Degraded = "degraded",
    }
}

/// The needed checks, unless `need` names others.
pub(super) const NEEDED: [Check; 3] = [Check::Database, Check::Migrations, Check::Redis];

/// The result of each check.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HealthChecks")]
pub(super) struct Checks {
    /// The result of all checks together.
    pub status: Health,
    /// Whether PostgreSQL responds.
    pub database: Standing,
    /// Whether the database has every migration that this program knows.
    pub migrations: Standing,
    /// Whether Redis accepts writes.
    pub redis: Standing,
    /// Whether each queue of jobs is served by a worker.
    pub workers: Standing,
    /// The queues that no worker serves.
    unserved_queues: Vec<Queue>,
    /// Whether a scheduler runs.
    pub scheduler: Standing,
}

impl Checks {
    /// The result for the database with its workers and scheduler, and for Redis.
    pub fn of(database: Result<Staffing, &Unready>, redis: Standing) -> Self {
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
                Health::Well
            } else {
                Health::Degraded
            },
            database,
            migrations,
            redis,
            workers,
            unserved_queues: unserved.unwrap_or_default(),
            scheduler,
        }
    }

    /// The result where nothing is missing.
    pub fn all_well() -> Self {
        let staffing = Staffing {
            unserved: Vec::new(),
            scheduler: true,
        };
        Self::of(Ok(staffing), Standing::Well)
    }

    /// The names of the queues that no worker serves, separated by commas.
    pub fn unserved(&self) -> String {
        let names = self.unserved_queues.iter().map(|queue| queue.as_str());
        names.collect::<Vec<_>>().join(",")
    }

    /// All results as text, to compare them.
    pub fn in_words(&self) -> String {
        let results = Check::ALL
            .iter()
            .map(|check| self.of_check(*check).as_str());
        let results: Vec<_> = results.collect();
        format!("{} {}", results.join(" "), self.unserved())
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

    /// The needed checks that are not `ok`.
    pub fn failing(&self, needed: &[Check]) -> Vec<&'static str> {
        let fails = |check: &&Check| self.of_check(**check) != Standing::Well;
        let failing = needed.iter().filter(fails);
        failing.map(|check| check.as_str()).collect()
    }
}

impl Example for Checks {
    fn example(_: ExampleStage) -> Value {
        json!(Self::all_well())
    }
}

/// Why a check fails.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unready {
    #[error("the database did not answer within a second")]
    DatabaseSlow,
    #[error("the database could not be queried")]
    Database(#[source] sqlx::Error),
    #[error("the database is not migrated to this program's newest migration")]
    Migrations,
    #[error("Redis did not answer within a second")]
    RedisSlow,
    #[error("Redis could not be written to")]
    Redis(#[source] redis::RedisError),
}

/// The detail of the problem that names the failing checks.
pub(super) fn detail(failing: &[&str]) -> String {
    match failing {
        [one] => format!("The check `{one}` fails."),
        several => format!("The checks `{}` fail.", several.join("`, `")),
    }
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
    fn missing_workers_are_shown_and_fail_only_where_they_are_needed() {
        let checks = checks(vec![Queue::Email], Standing::Well);
        assert_eq!(
            (checks.status, checks.workers),
            (Health::Degraded, Standing::Missing)
        );
        assert!(checks.failing(&NEEDED).is_empty());
        assert_eq!(checks.failing(Check::ALL), ["workers"]);
        assert_eq!(
            detail(&checks.failing(Check::ALL)),
            "The check `workers` fails."
        );
    }

    #[test]
    fn a_state_that_cannot_be_read_is_unknown_and_fails() {
        let checks = Checks::of(Err(&Unready::DatabaseSlow), Standing::Down);
        assert_eq!(checks.workers, Standing::Unknown);
        assert_eq!(checks.failing(&NEEDED), ["database", "migrations", "redis"]);
        let behind = Checks::of(Err(&Unready::Migrations), Standing::Well);
        assert_eq!(behind.failing(&NEEDED), ["migrations"]);
    }
}
