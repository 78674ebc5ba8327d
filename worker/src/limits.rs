//! The rate limits of queues, for all workers together: what a provider allows. The relay asks
//! before it claims, so that no worker waits with a claimed job. Counted in Redis, by Redis' clock;
//! while Redis is away each process counts for itself, so that several together may exceed the
//! limit: better than sending nothing.

use crate::{connection::Connection, pool::Keys};
use domain::queue::Queue;
use jobs::rate_limit::{Gcra, Grant, Rate};
use platform::config::Config;
use redis::{RedisResult, Script};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// How long Redis may take to respond before the process counts for itself.
const PATIENCE: Duration = Duration::from_millis(200);

/// [`Gcra::take`] for all processes together; with a negative request, [`Gcra::refund`].
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local between, window, wanted = tonumber(ARGV[1]), ARGV[1] * ARGV[2], tonumber(ARGV[3])
local used = tonumber(redis.call('GET', KEYS[1]) or now)
used = math.min(math.max(used, now), now + window)
local count = math.min(math.floor((now + window - used) / between), wanted)
if count == 0 then return {0, math.ceil(used + between - now - window)} end
used = math.max(used + count * between, now)
redis.call('SET', KEYS[1], string.format('%.0f', used), 'PX', math.ceil((used - now) / 1000) + 1000)
return {math.max(count, 0), 0}
";

/// The rate limits of queues.
pub struct Limits {
    connection: Connection,
    keys: Keys,
    take: Script,
    rates: HashMap<Queue, Rate>,
    local: HashMap<Queue, Gcra>,
    since: Instant,
    /// Whether Redis is asked at all.
    pub redis_answers: bool,
}

impl Limits {
    /// The configured limits.
    pub fn new(connection: Connection, keys: Keys, config: &Config) -> Self {
        let email = config.mail.per_minute.map(Rate::per_minute);
        Self {
            connection,
            keys,
            take: Script::new(TAKE),
            rates: email.map(|rate| (Queue::Email, rate)).into_iter().collect(),
            local: HashMap::new(),
            since: Instant::now(),
            redis_answers: true,
        }
    }

    /// Redis depth for a queue: `depth`, or the burst of its rate limit if that is less. More
    /// references would all start at once when the provider is fast again.
    pub fn depth(&self, queue: Queue, depth: usize) -> usize {
        match self.rates.get(&queue) {
            Some(rate) => usize::try_from(rate.burst).map_or(depth, |most| depth.min(most)),
            None => depth,
        }
    }

    /// How many of `wanted` jobs may start now.
    ///
    /// # Errors
    /// The time until the next start, if none may start now.
    pub async fn take(&mut self, queue: Queue, wanted: usize) -> Result<usize, Duration> {
        let Some(rate) = self.rates.get(&queue).copied() else {
            return Ok(wanted);
        };
        let asked = i64::try_from(wanted).unwrap_or(i64::MAX);
        let grant = match self.ask(queue, rate, asked).await {
            Some(grant) => grant,
            None => self.take_locally(queue, rate, wanted),
        };
        match usize::try_from(grant.count) {
            Ok(0) => Err(Duration::from_micros(grant.wait)),
            Ok(count) => Ok(count),
            Err(_) => Ok(wanted),
        }
    }

    /// Returns `count` granted starts that were not used.
    pub async fn refund(&mut self, queue: Queue, count: usize) {
        let Some(rate) = self.rates.get(&queue).copied().filter(|_| count > 0) else {
            return;
        };
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if self.ask(queue, rate, -count).await.is_none() {
            let local = self.local.entry(queue).or_default();
            local.refund(rate, count.unsigned_abs());
        }
    }

    async fn ask(&mut self, queue: Queue, rate: Rate, wanted: i64) -> Option<Grant> {
        if !self.redis_answers {
            return None;
        }
        let mut call = self.take.prepare_invoke();
        call.key(self.keys.limit(queue))
            .arg(rate.between)
            .arg(rate.burst)
            .arg(wanted);
        let answer = call.invoke_async(&mut self.connection);
        let answer: RedisResult<(u64, u64)> = tokio::time::timeout(PATIENCE, answer).await.ok()?;
        match answer {
            Ok((count, wait)) => Some(Grant { count, wait }),
            Err(error) => {
                tracing::debug!(%error, %queue, "the rate limit of a queue is counted by this process only");
                None
            }
        }
    }

    fn take_locally(&mut self, queue: Queue, rate: Rate, wanted: usize) -> Grant {
        let now = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
        let local = self.local.entry(queue).or_default();
        local.take(rate, now, wanted)
    }
}
