//! How many jobs of a queue may start in a minute, by all workers together: what a provider allows.
//! The relay asks before it claims, so that nobody waits with a job in hand. Counted in Redis, by
//! Redis' clock; while Redis is away each process keeps the pace by itself, which is lenient, and
//! better than to stand still.

use crate::{connection::Connection, pool::Keys};
use domain::queue::Queue;
use jobs::pace::{Gcra, Grant, Rate};
use platform::config::Config;
use redis::{RedisResult, Script};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// How long Redis may take to answer before the process counts by itself.
const PATIENCE: Duration = Duration::from_millis(200);

/// [`Gcra::take`] for all processes at once, and, with a negative wish, [`Gcra::requeue`].
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

/// The paces of queues.
pub struct Limits {
    connection: Connection,
    keys: Keys,
    take: Script,
    paces: HashMap<Queue, Rate>,
    own: HashMap<Queue, Gcra>,
    since: Instant,
    /// Whether Redis is worth asking.
    pub redis_answers: bool,
}

impl Limits {
    /// Those that are configured.
    pub fn new(connection: Connection, keys: Keys, config: &Config) -> Self {
        let email = config.mail.per_minute.map(Rate::per_minute);
        Self {
            connection,
            keys,
            take: Script::new(TAKE),
            paces: email.map(|pace| (Queue::Email, pace)).into_iter().collect(),
            own: HashMap::new(),
            since: Instant::now(),
            redis_answers: true,
        }
    }

    /// How many hints of a queue may lie about where `depth` may as far as others are concerned. Of one that has
    /// a pace as many as may start at once: or more would, when whatever they lie about for is over.
    pub fn depth(&self, queue: Queue, depth: usize) -> usize {
        match self.paces.get(&queue) {
            Some(pace) => usize::try_from(pace.at_once).map_or(depth, |most| depth.min(most)),
            None => depth,
        }
    }

    /// How many of `wanted` jobs may start now; where none may, how long until one may.
    pub async fn take(&mut self, queue: Queue, wanted: usize) -> Result<usize, Duration> {
        let Some(pace) = self.paces.get(&queue).copied() else {
            return Ok(wanted);
        };
        let asked = i64::try_from(wanted).unwrap_or(i64::MAX);
        let grant = match self.ask(queue, pace, asked).await {
            Some(grant) => grant,
            None => self.by_itself(queue, pace, wanted),
        };
        match usize::try_from(grant.count) {
            Ok(0) => Err(Duration::from_micros(grant.wait)),
            Ok(count) => Ok(count),
            Err(_) => Ok(wanted),
        }
    }

    /// Gives back what was not used.
    pub async fn requeue(&mut self, queue: Queue, count: usize) {
        let Some(pace) = self.paces.get(&queue).copied().filter(|_| count > 0) else {
            return;
        };
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if self.ask(queue, pace, -count).await.is_none() {
            let own = self.own.entry(queue).or_default();
            own.requeue(pace, count.unsigned_abs());
        }
    }

    async fn ask(&mut self, queue: Queue, pace: Rate, wanted: i64) -> Option<Grant> {
        if !self.redis_answers {
            return None;
        }
        let mut call = self.take.prepare_invoke();
        call.key(self.keys.limit(queue))
            .arg(pace.between)
            .arg(pace.at_once)
            .arg(wanted);
        let answer = call.invoke_async(&mut self.connection);
        let answer: RedisResult<(u64, u64)> = tokio::time::timeout(PATIENCE, answer).await.ok()?;
        match answer {
            Ok((count, wait)) => Some(Grant { count, wait }),
            Err(error) => {
                tracing::debug!(%error, %queue, "the pace of a queue is kept by this process alone");
                None
            }
        }
    }

    fn by_itself(&mut self, queue: Queue, pace: Rate, wanted: usize) -> Grant {
        let now = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
        let own = self.own.entry(queue).or_default();
        own.take(pace, now, wanted)
    }
}
