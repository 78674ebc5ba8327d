//! The context of every role: the database, the clock, the ids and the configuration.

use crate::{
    clock::Clock, config::Config, db, feed_signal::FeedSignal, id_source::IdSource,
    metrics::Metrics, redis_link::RedisLink, trace::Traces,
};
use domain::queue::Execution;
use sqlx::PgPool;
use std::sync::Arc;

/// The dependencies of actions. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The pool of connections to PostgreSQL.
    pub pool: PgPool,
    /// The shared connection to Redis of this process.
    pub redis: RedisLink,
    /// The clock of actions.
    pub clock: Arc<dyn Clock>,
    /// The source of ids and randomness.
    pub ids: Arc<IdSource>,
    /// The whole configuration, checked.
    pub config: Arc<Config>,
    /// Where follow-up jobs run: in the workers, or inline in this process.
    pub execution: Execution,
    /// The counters of this process.
    pub metrics: Arc<Metrics>,
    /// The source of trace spans.
    pub traces: Traces,
    /// Tells those who follow the event feed that it has grown.
    pub feed: FeedSignal,
}

impl Context {
    /// Begins a read-only transaction whose statements see one snapshot ([`db::snapshot`]). It ends
    /// when it is dropped.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn snapshot(&self) -> sqlx::Result<db::Tx> {
        db::snapshot(&self.pool).await
    }
}
