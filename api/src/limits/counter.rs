//! Calls counted in Redis, by its clock, or by this process on its own while Redis is unavailable or slow.
//!
//! Why a list of instants, and not a bucket that refills: a bucket admits twice the limit in its first
//! minute, and 30 logins that take a second each never empty it.

use super::own::OwnCounts;
use crate::{
    error::{Problem, whole_seconds},
    shared_counts::SharedCounts,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use platform::config::RateLimits;
use redis::Script;
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

/// The window of a limit.
pub(super) const WINDOW: Duration = Duration::from_mins(1);

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The list holds the instants of the admitted calls, newest first. Instants before the window are removed,
/// and so are those in the future, which a clock that was set back leaves. Returns whether this call is
/// admitted, how many more would be, and the milliseconds until more are.
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

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// For each person, those of the external issuer too, or for each address without a valid token.
    Caller,
    /// For each address, on calls that log in, register or change passwords.
    Authentication,
}

impl Rule {
    const fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Authentication => "auth",
        }
    }
}

/// The count of a caller after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the call is admitted.
    pub allowed: bool,
    /// The limit: calls in any 60 seconds.
    pub limit: u32,
    /// Calls that would be admitted now.
    pub remaining: u32,
    /// The time until more calls are admitted.
    pub reset: Duration,
}

/// The counter of calls.
pub struct Limits {
    rules: RateLimits,
    counts: SharedCounts,
    own: OwnCounts,
    take: Script,
}

impl Limits {
    /// A counter with the configured limits. It connects to Redis at the first call.
    #[must_use]
    pub fn new(rules: RateLimits, counts: SharedCounts) -> Self {
        Self {
            rules,
            counts,
            own: OwnCounts::default(),
            take: Script::new(TAKE),
        }
    }

    pub(crate) fn limit(&self, rule: Rule) -> Option<NonZeroU32> {
        match rule {
            Rule::Caller => self.rules.per_caller,
            Rule::Authentication => self.rules.authentication,
        }
    }

    /// Counts a call of `caller`. `None` where no such limit is configured.
    pub async fn take(&self, rule: Rule, caller: &str) -> Option<Standing> {
        let limit = self.limit(rule)?.get();
        let name = format!("limit:{}:{caller}", rule.name());
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
    pub(crate) fn seconds(&self) -> u64 {
        whole_seconds(self.reset)
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, self.seconds().into());
    }
}

/// 429: more calls are admitted after so many seconds.
pub(crate) fn refusal(seconds: u64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many calls: try again after the number of seconds in `Retry-After`.",
    )
    .with_retry_after(seconds)
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
