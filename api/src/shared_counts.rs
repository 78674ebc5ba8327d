//! Counts that all API processes keep together in Redis, as far as a request may wait for them. Redis is
//! not asked for a moment after it failed; the process counts by itself meanwhile.

use platform::{config, error_chain::Chain, redis_link::RedisLink};
use redis::{RedisError, RedisResult, aio::ConnectionManager};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long nobody waits after Redis failed.
const REST: Duration = Duration::from_secs(1);
/// How often it is told that each process counts by itself.
const WARN_EVERY: Duration = Duration::from_mins(1);

/// Redis, for limits and the throttle. Clones rest together.
#[derive(Clone)]
pub struct SharedCounts {
    link: RedisLink,
    patience: Duration,
    prefix: String,
    health: Arc<Mutex<Health>>,
}

#[derive(Default)]
struct Health {
    failed: Option<Instant>,
    warned: Option<Instant>,
}

/// Why there is no answer of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// It was not asked, or said no: nothing was counted there.
    NotCounted,
    /// It was too slow, and may have counted, or do so later.
    Unknown,
}

impl SharedCounts {
    /// The counts in the Redis that the link leads to.
    #[must_use]
    pub fn new(link: RedisLink, config: &config::Redis) -> Self {
        Self {
            link,
            patience: config.patience,
            prefix: config.prefix.clone(),
            health: Arc::default(),
        }
    }

    /// A name of a count.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Asks, unless Redis failed a moment ago.
    pub(crate) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, Unanswered> {
        if self.health().failed.is_some_and(|at| at.elapsed() < REST) {
            return Err(Unanswered::NotCounted);
        }
        self.tell(question).await
    }

    /// The same also if it failed a moment ago: what belongs to a count that it may have.
    pub(crate) async fn tell<T>(
        &self,
        question: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, Unanswered> {
        let answer = self.link.within(self.patience, question).await;
        answer.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &RedisError) -> Unanswered {
        let mut health = self.health();
        health.failed = Some(Instant::now());
        if health.warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
            health.warned = health.failed;
            let error = Chain(error);
            tracing::warn!(%error, "calls and wrong passwords are counted by this process alone: Redis fails");
        }
        if error.is_timeout() {
            Unanswered::Unknown
        } else {
            Unanswered::NotCounted
        }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
