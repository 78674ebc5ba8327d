//! Counts that all API processes share in Redis, within the time that a request may wait for Redis. After a
//! failure Redis is left alone for a second; meanwhile the process counts on its own.

use crate::warn_interval::WarnInterval;
use platform::{config, error_chain::Chain, redis_link::RedisLink};
use redis::{RedisError, RedisResult, aio::ConnectionManager};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long Redis is left alone after a failure.
const REST: Duration = Duration::from_secs(1);

/// The shared counts of the rate limits and the throttle. Clones share the state of failures.
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
    warnings: WarnInterval,
}

/// Why there is no reply of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// Redis was not asked, or refused: it counted nothing.
    NotCounted,
    /// Redis was too slow. It may have counted, or may count later.
    Unknown,
}

impl SharedCounts {
    /// The counts in the Redis of this link.
    #[must_use]
    pub fn new(link: RedisLink, config: &config::Redis) -> Self {
        Self {
            link,
            patience: config.patience,
            prefix: config.prefix.clone(),
            health: Arc::default(),
        }
    }

    /// The Redis key of a count.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Asks Redis, unless it failed within the last second.
    ///
    /// # Errors
    /// Redis was not asked, or did not reply in time.
    pub(crate) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, Unanswered> {
        if self.health().failed.is_some_and(|at| at.elapsed() < REST) {
            return Err(Unanswered::NotCounted);
        }
        self.tell(question).await
    }

    /// As [`SharedCounts::ask`], also directly after a failure: for updates of counts that Redis may have.
    ///
    /// # Errors
    /// Redis did not reply in time, or refused.
    pub(crate) async fn tell<T>(
        &self,
        question: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, Unanswered> {
        let answer = self.link.within(self.patience, question).await;
        answer.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &RedisError) -> Unanswered {
        let (mut health, now) = (self.health(), Instant::now());
        health.failed = Some(now);
        if health.warnings.is_due(now) {
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
