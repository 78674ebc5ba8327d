//! What every role carries about: the database, the clock, the ids and the configuration.

use crate::{
    clock::Clock,
    config::Config,
    db,
    id_source::IdSource,
    metrics::Metrics,
    redis_link::RedisLink,
    trace::{self, Traces},
    work::{Tx, UnitOfWork},
};
use chrono::{DateTime, Utc};
use domain::{actor::Initiator, queue::Execution};
use sqlx::PgPool;
use std::{sync::Arc, time::Instant};

/// The means by which actions happen. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// Connections to PostgreSQL.
    pub pool: PgPool,
    /// The connection to Redis of this process.
    pub redis: RedisLink,
    /// The clock that actions go by.
    pub clock: Arc<dyn Clock>,
    /// The source of ids and chance.
    pub ids: Arc<IdSource>,
    /// The whole configuration, checked.
    pub config: Arc<Config>,
    /// Who is to run the jobs that follow from what is done here.
    pub lane: Execution,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What spans are begun by.
    pub traces: Traces,
}

impl Context {
    /// Begins reading at one instant ([`db::snapshot`]). Dropped, it is over.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn snapshot(&self) -> Result<Tx, sqlx::Error> {
        db::snapshot(&self.pool).await
    }

    /// Begins a unit of work at the present instant.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn begin(&self, by: Initiator) -> Result<UnitOfWork<'_>, sqlx::Error> {
        self.begin_at(by, self.clock.now()).await
    }

    /// Begins a unit of work at an instant that the caller has read from the clock: that of a
    /// scheduler's pass.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn begin_at(
        &self,
        by: Initiator,
        now: DateTime<Utc>,
    ) -> Result<UnitOfWork<'_>, sqlx::Error> {
        let asked = Instant::now();
        let tx = self.pool.begin().await?;
        self.metrics.began(asked.elapsed());
        Ok(UnitOfWork::new(self, tx, (by, now), trace::current()))
    }
}
