//! The people of staff who have tickets open at any process, in Redis: a sorted set for each ticket, whose scores are
//! the instants at which the members fade. So the members of a process that was killed fade by themselves. Redis' clock
//! decides, since it is the same for all processes.

use super::sign::Sign;
use crate::live::clients::ClientId;
use domain::ids::{TicketId, UserId};
use platform::context::Context;
use redis::{RedisResult, Script};
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

/// How long a member stays without being entered again.
const STAYS: Duration = Duration::from_secs(50);
/// Tickets that one call enters.
const AT_ONCE: usize = 100;

/// Removes members that have faded, enters those in `ARGV[2]` and later (for each key, separated by spaces), and returns
/// the members of each key. `ARGV[1]` is how long they stay, in milliseconds.
const ENTER: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
for at, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    for member in string.gmatch(ARGV[at + 1], '%S+') do
        redis.call('ZADD', key, string.format('%.0f', now + ARGV[1]), member)
        redis.call('PEXPIRE', key, ARGV[1])
    end
    found[at] = redis.call('ZRANGE', key, 0, 199)
end
return found
";

/// A ticket, with the clients of this process that have it open, and their people.
pub(super) type OpenAt = (TicketId, Vec<(ClientId, UserId)>);

/// The shared sets.
pub(super) struct SharedWatchers {
    cx: Context,
    /// The name of this process.
    process: Uuid,
    enter: Script,
}

impl SharedWatchers {
    pub fn new(cx: Context) -> Self {
        Self {
            process: cx.ids.uuid(cx.clock.now()),
            enter: Script::new(ENTER),
            cx,
        }
    }

    /// Enters clients, and returns all people who have each ticket open, in the order of the tickets. With no clients it
    /// only reads.
    ///
    /// # Errors
    /// Redis is unavailable or slow.
    pub async fn enter(&self, tickets: &[OpenAt]) -> RedisResult<Vec<Vec<UserId>>> {
        let mut all = Vec::with_capacity(tickets.len());
        for part in tickets.chunks(AT_ONCE) {
            let mut call = self.enter.prepare_invoke();
            call.arg(millis(STAYS));
            for (ticket, clients) in part {
                let members = clients.iter();
                let members: Vec<_> = members.map(|one| self.member(*one)).collect();
                call.key(self.cx.config.redis.watchers_key(*ticket));
                call.arg(members.join(" "));
            }
            let found: Vec<Vec<String>> = self
                .ask(async |mut redis| call.invoke_async(&mut redis).await)
                .await?;
            all.extend(found.iter().map(|members| people(members)));
        }
        Ok(all)
    }

    /// Removes clients from tickets that they closed, and gives signs.
    ///
    /// # Errors
    /// Redis is unavailable or slow: then the members fade, and the signs are lost.
    pub async fn leave(
        &self,
        closed: &[(TicketId, ClientId, UserId)],
        signs: &[Sign],
    ) -> RedisResult<()> {
        let mut pipe = redis::pipe();
        for (ticket, client, person) in closed {
            let key = self.cx.config.redis.watchers_key(*ticket);
            pipe.zrem(key, self.member((*client, *person))).ignore();
        }
        let channel = self.cx.config.redis.watching_channel();
        for sign in signs {
            pipe.publish(&channel, sign.message()).ignore();
        }
        self.ask(async |mut redis| pipe.query_async(&mut redis).await)
            .await
    }

    /// Gives a sign to all processes, this one included.
    ///
    /// # Errors
    /// Redis is unavailable or slow: then it is lost.
    pub async fn give(&self, sign: Sign) -> RedisResult<()> {
        self.leave(&[], &[sign]).await
    }

    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(redis::aio::ConnectionManager) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let patience = self.cx.config.redis.patience;
        self.cx.redis.within(patience, question).await
    }

    fn member(&self, (client, person): (ClientId, UserId)) -> String {
        format!("{person}:{}:{client}", self.process)
    }
}

/// The people of members, each once.
fn people(members: &[String]) -> Vec<UserId> {
    let people = members.iter().filter_map(|member| {
        let (person, _) = member.split_once(':')?;
        person.parse().ok().map(UserId)
    });
    people.collect::<BTreeSet<_>>().into_iter().collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_with_several_clients_counts_once() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let members = [
            format!("{other}:{one}:1"),
            format!("{one}:{one}:2"),
            format!("{other}:{other}:1"),
            "nonsense".to_owned(),
        ];
        assert_eq!(people(&members), [UserId(one), UserId(other)]);
    }
}
