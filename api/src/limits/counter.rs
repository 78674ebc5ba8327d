//! Calls counted in Redis, by its clock, or by this process alone where Redis is away or slow.
//!
//! Why a list of instants, and no bucket that refills: a bucket lets twice the limit through in its
//! first minute, and 30 logins that take a second each never empty it.

use super::own::OwnCounts;
use crate::{error::Problem, shared_counts::SharedCounts};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use platform::config::RateLimits;
use redis::Script;
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

/// What a limit is counted over.
pub(super) const WINDOW: Duration = Duration::from_mins(1);

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
    counts: SharedCounts,
    own: OwnCounts,
    take: Script,
}

impl Limits {
    /// The configured limits. Nothing is connected to before the first call.
    #[must_use]
    pub fn new(rules: RateLimits, counts: SharedCounts) -> Self {
        Self {
            rules,
            counts,
            own: OwnCounts::default(),
            take: Script::new(TAKE),
        }
    }

    pub(super) fn limit(&self, rule: Rule) -> Option<NonZeroU32> {
        match rule {
            Rule::Caller => self.rules.per_caller,
            Rule::Authentication => self.rules.authentication,
        }
    }

    /// Counts a call. `None` where there is no such limit.
    pub async fn take(&self, rule: Rule, who: &str) -> Option<Standing> {
        let limit = self.limit(rule)?.get();
        let name = format!("limit:{}:{who}", rule.word());
        let mut call = self.take.key(self.counts.key(&name));
        call.arg(limit).arg(WINDOW.as_secs() * 1_000);
        let counted = self
            .counts
            .ask(async |mut redis| call.invoke_async::<(bool, u32, u64)>(&mut redis).await);
        Some(match counted.await {
            Ok((allowed, remaining, reset)) => Standing {
                allowed,
                limit,
                remaining,
                reset: Duration::from_millis(reset),
            },
            Err(_) => self.own.take(&name, limit, Instant::now()),
        })
    }
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
