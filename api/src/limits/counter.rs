//! Calls counted in Redis, by its clock.
//!
//! Why a list of instants, and no bucket that refills: a bucket lets twice the limit through in its
//! first minute, and 30 logins that take a second each never empty it.

use crate::error::Problem;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use redis::{
    Client, RedisError, RedisResult, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    config::{Config, RateLimits},
    error::Chain,
};
use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What a limit is counted over.
const WINDOW: Duration = Duration::from_mins(1);
/// How long nobody waits after Redis failed.
const REST: Duration = Duration::from_secs(1);
/// How often it is told that limits are not kept.
const WARN_EVERY: Duration = Duration::from_mins(1);

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The list holds the instants of the calls let through, newest first. Those that left the window
/// go, and those from the future, where the clock was set back. Gives back whether this call is let
/// through, how many more would be, and the milliseconds until there is more room.
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local function oldest() return tonumber(redis.call('LINDEX', KEYS[1], -1) or nil) end
local first = oldest()
while first and (first <= now - window or first > now) do
    redis.call('RPOP', KEYS[1])
    first = oldest()
end
local used = redis.call('LLEN', KEYS[1])
if used >= limit then return {0, 0, first + window - now} end
redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], window)
return {1, limit - used - 1, (first or now) + window - now}
";

/// Which limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// For each person, of an outside issuer too, or address that nobody is signed in from.
    Caller,
    /// For each address that logs in, registers or changes passwords.
    Authentication,
}

impl Rule {
    const fn word(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Authentication => "auth",
        }
    }
}

/// How a caller stands after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the call is let through.
    pub allowed: bool,
    /// Calls in a minute.
    pub limit: u32,
    /// Calls that would be let through now.
    pub remaining: u32,
    /// How long until there is more room.
    pub reset: Duration,
}

/// Counts calls.
pub struct Limits {
    rules: RateLimits,
    url: SecretString,
    prefix: String,
    patience: Duration,
    take: Script,
    link: Mutex<Link>,
}

/// The connection, and how it goes with it.
#[derive(Default)]
struct Link {
    connection: Option<ConnectionManager>,
    failed: Option<Instant>,
    warned: Option<Instant>,
}

impl Limits {
    /// The configured limits. Nothing is connected to before the first call.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            rules: config.http.rate_limits,
            url: config.redis.url.clone(),
            prefix: config.redis.prefix.clone(),
            patience: config.redis.patience,
            take: Script::new(TAKE),
            link: Mutex::default(),
        }
    }

    pub(super) fn limit(&self, rule: Rule) -> Option<NonZeroU32> {
        match rule {
            Rule::Caller => self.rules.per_caller,
            Rule::Authentication => self.rules.authentication,
        }
    }

    /// Counts a call. `None` where there is no such limit, or it cannot be kept.
    pub async fn take(&self, rule: Rule, who: &str) -> Option<Standing> {
        let limit = self.limit(rule)?.get();
        let connection = match self.connection()? {
            Ok(connection) => connection,
            Err(error) => {
                self.failed(&error);
                return None;
            }
        };
        let key = format!("{}:limit:{}:{who}", self.prefix, rule.word());
        match self.count(connection, &key, limit).await {
            Ok((allowed, remaining, reset)) => Some(Standing {
                allowed,
                limit,
                remaining,
                reset: Duration::from_millis(reset),
            }),
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    async fn count(
        &self,
        mut connection: ConnectionManager,
        key: &str,
        limit: u32,
    ) -> RedisResult<(bool, u32, u64)> {
        let mut call = self.take.key(key);
        call.arg(limit).arg(WINDOW.as_secs() * 1_000);
        match tokio::time::timeout(self.patience, call.invoke_async(&mut connection)).await {
            Ok(counted) => counted,
            Err(_) => Err((redis::ErrorKind::Io, "Redis did not answer in time").into()),
        }
    }

    /// The connection; `None` shortly after it failed.
    fn connection(&self) -> Option<RedisResult<ConnectionManager>> {
        let mut link = self.link();
        if link.failed.is_some_and(|at| at.elapsed() < REST) {
            return None;
        }
        if let Some(connection) = &link.connection {
            return Some(Ok(connection.clone()));
        }
        let opened = open(self.url.expose_secret(), self.patience);
        if let Ok(connection) = &opened {
            link.connection = Some(connection.clone());
        }
        Some(opened)
    }

    /// A connection that failed is not used again: one that is half open would never mend.
    fn failed(&self, error: &RedisError) {
        let mut link = self.link();
        link.connection = None;
        link.failed = Some(Instant::now());
        if link.warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
            link.warned = link.failed;
            tracing::warn!(error = %Chain(error), "rate limits are not kept: Redis does not answer");
        }
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(url: &str, patience: Duration) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(patience))
        .set_response_timeout(Some(patience))
        .set_number_of_retries(0);
    ConnectionManager::new_lazy_with_config(Client::open(url)?, config)
}

impl Standing {
    pub(super) fn seconds(&self) -> u64 {
        self.reset
            .as_millis()
            .div_ceil(1_000)
            .try_into()
            .unwrap_or(u64::MAX)
    }

    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, self.seconds().into());
    }
}

/// 429: there is room again in so many seconds.
pub(crate) fn refusal(seconds: u64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many calls: `Retry-After` says in how many seconds there is room again.",
    )
    .with_header(header::RETRY_AFTER, seconds.max(1).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        let standing = |milliseconds| Standing {
            allowed: false,
            limit: 1,
            remaining: 0,
            reset: Duration::from_millis(milliseconds),
        };
        assert_eq!(standing(1).seconds(), 1);
        assert_eq!(standing(1_000).seconds(), 1);
        assert_eq!(standing(59_001).seconds(), 60);
    }
}
