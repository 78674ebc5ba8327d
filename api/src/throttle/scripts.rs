//! Attempts counted in Redis, by all processes together. [`super::own`] does the same in one process.

use super::attempt::{
    Attempt, LONGEST_PENDING, OF_ACCOUNT, OF_CLIENT, OF_CLIENT_AT_ACCOUNT, Refused, SLOWED,
    TakenAway, WINDOW,
};
use crate::shared_counts::{SharedCounts, Unanswered};
use redis::{Script, ScriptInvocation};

/// KEYS: the attempts on the account, a hash by client and `all`; how many of them are pending (their
/// passwords are being verified); the attempts of the client on all accounts; how many of them are pending.
/// Counts an attempt under all keys, or under none: then the first value is the reason, and the second the
/// seconds to wait, zero where pending attempts may not fail. A window begins with its first attempt.
const ATTEMPT: &str = "
local client = ARGV[1]
local function number(value) return tonumber(value or 0) or 0 end
local function wait(attempts, pending, most, key)
    if attempts < most then return nil end
    if attempts - pending < most then return 0 end
    return math.max(redis.call('TTL', key), 1)
end
local seconds = wait(number(redis.call('HGET', KEYS[1], client)), number(redis.call('HGET', KEYS[2], client)),
    tonumber(ARGV[2]), KEYS[1])
if seconds then return {1, seconds} end
seconds = wait(number(redis.call('GET', KEYS[3])), number(redis.call('GET', KEYS[4])), tonumber(ARGV[3]), KEYS[3])
if seconds then return {2, seconds} end
if number(redis.call('HGET', KEYS[1], 'all')) >= tonumber(ARGV[4]) then
    local now = number(redis.call('TIME')[1])
    local next = number(redis.call('HGET', KEYS[1], 'next'))
    if next > now then return {3, next - now} end
    redis.call('HSET', KEYS[1], 'next', now + tonumber(ARGV[5]))
end
redis.call('HINCRBY', KEYS[1], 'all', 1)
redis.call('HINCRBY', KEYS[1], client, 1)
redis.call('INCR', KEYS[3])
for _, key in ipairs({KEYS[1], KEYS[3]}) do
    if redis.call('TTL', key) < 0 then redis.call('EXPIRE', key, ARGV[6]) end
end
redis.call('HINCRBY', KEYS[2], 'all', 1)
redis.call('HINCRBY', KEYS[2], client, 1)
redis.call('INCR', KEYS[4])
redis.call('EXPIRE', KEYS[2], ARGV[7])
redis.call('EXPIRE', KEYS[4], ARGV[7])
return {0, 0}
";

/// Records that a password has been verified. ARGV[2] names the attempts to subtract: `none`; the `one`
/// attempt; or `all` of the client on the account, and the one among those of the client. Returns whether
/// this failure reaches the limit of the client on the account, or that of the account.
const VERIFIED: &str = "
local client = ARGV[1]
local function number(value) return tonumber(value or 0) or 0 end
local function take(key, field, count)
    local left = number(redis.call('HGET', key, field)) - count
    if left <= 0 then redis.call('HDEL', key, field) else redis.call('HSET', key, field, left) end
end
local function take_one(key)
    if number(redis.call('GET', key)) <= 1 then redis.call('DEL', key) else redis.call('DECR', key) end
end
if ARGV[2] == 'all' then
    local count = number(redis.call('HGET', KEYS[1], client))
    take(KEYS[1], client, count)
    take(KEYS[1], 'all', count)
elseif ARGV[2] == 'one' then
    take(KEYS[1], client, 1)
    take(KEYS[1], 'all', 1)
end
if ARGV[2] ~= 'none' then take_one(KEYS[3]) end
take(KEYS[2], client, 1)
take(KEYS[2], 'all', 1)
take_one(KEYS[4])
if ARGV[2] ~= 'none' then return 0 end
local function failures(field)
    return number(redis.call('HGET', KEYS[1], field)) - number(redis.call('HGET', KEYS[2], field))
end
if failures(client) == tonumber(ARGV[3]) or failures('all') == tonumber(ARGV[4]) then return 1 end
return 0
";

/// The scripts. Redis keeps each after its first call.
pub(super) struct Scripts {
    attempt: Script,
    verified: Script,
}

/// The name of the count of an account. The release before keeps a plain number under another name, which
/// must not meet this hash during a rollout.
pub(super) fn of_account(account: &str) -> String {
    format!("failures:at:{account}")
}

impl Scripts {
    pub fn new() -> Self {
        Self {
            attempt: Script::new(ATTEMPT),
            verified: Script::new(VERIFIED),
        }
    }

    /// Counts an attempt, unless too many have failed or are pending: then the inner error is the reason.
    ///
    /// # Errors
    /// Redis did not reply.
    pub async fn attempt(
        &self,
        counts: &SharedCounts,
        attempt: &Attempt,
    ) -> Result<Result<(), Refused>, Unanswered> {
        let mut call = self.attempt.prepare_invoke();
        keys(&mut call, counts, attempt);
        for bound in [OF_CLIENT_AT_ACCOUNT, OF_CLIENT, OF_ACCOUNT] {
            call.arg(bound);
        }
        for time in [SLOWED, WINDOW, LONGEST_PENDING] {
            call.arg(time.as_secs());
        }
        let counted =
            counts.ask(async |mut redis| call.invoke_async::<(u32, u32)>(&mut redis).await);
        Ok(match counted.await? {
            (0, _) => Ok(()),
            (_, 0) => Err(Refused::Undecided),
            (1, seconds) => Err(Refused::ClientAtAccount(seconds)),
            (2, seconds) => Err(Refused::Client(seconds)),
            (_, seconds) => Err(Refused::Slowed(seconds)),
        })
    }

    /// Records the outcome of an attempt. Returns whether this failure closes the account to the client, or
    /// slows the account down.
    ///
    /// # Errors
    /// Redis did not reply.
    pub async fn verified(
        &self,
        counts: &SharedCounts,
        attempt: &Attempt,
        taken_away: TakenAway,
    ) -> Result<bool, Unanswered> {
        let mut call = self.verified.prepare_invoke();
        keys(&mut call, counts, attempt);
        call.arg(match taken_away {
            TakenAway::Nothing => "none",
            TakenAway::TheAttempt => "one",
            TakenAway::AllOfClientAtAccount => "all",
        });
        call.arg(OF_CLIENT_AT_ACCOUNT).arg(OF_ACCOUNT);
        let told = counts.tell(async |mut redis| call.invoke_async::<bool>(&mut redis).await);
        told.await
    }
}

fn keys(call: &mut ScriptInvocation<'_>, counts: &SharedCounts, attempt: &Attempt) {
    let account = counts.key(&of_account(&attempt.account));
    let client = counts.key(&format!("failures:client:{}", attempt.client));
    for key in [account, client] {
        call.key(&key).key(format!("{key}:looks"));
    }
    call.arg(&attempt.client);
}
