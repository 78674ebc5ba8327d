//! Failed logins: so many of one account and of one client in a quarter of an hour, counted in
//! Redis by all API processes together. Addresses that nobody has are counted like others, so that
//! being throttled tells nothing. Where Redis is away or slow, everybody is let through.
//!
//! An attempt is counted before the password is looked at and taken back if it was no failure, so
//! that guesses at the same time count as well. How many are being looked at is counted beside it:
//! whoever finds no room because of these is told to come back in a moment, and not of failures.
//! A process that dies, or a caller who hangs up, leaves an attempt that counts as a failure.

use crate::{client::ClientAddress, error::Problem};
use axum::http::{HeaderValue, StatusCode, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use shared::{
    config::Config,
    error::{ActionError, Chain},
    ids::UserId,
    people::LoginAddress,
};
use std::time::Duration;
use tokio::{sync::OnceCell, time::timeout};

/// Failures of one account, and of one client, in a window.
const OF_ACCOUNT: u32 = 10;
const OF_CLIENT: u32 = 30;
const WINDOW_SECONDS: u32 = 15 * 60;
/// After which nobody looks at a password any more: no answer takes so long.
const LOOK_SECONDS: u32 = 60;

/// KEYS are the counts of attempts, then as many of passwords that are being looked at. Counts an
/// attempt on all of them, or on none when one is full: then which, from 1 on, and the seconds until
/// it is empty again; no seconds where some of its attempts may turn out to be no failures.
/// A window begins with its first attempt.
const ATTEMPT: &str = "
local counts = #KEYS / 2
for at = 1, counts do
    local attempts = tonumber(redis.call('GET', KEYS[at]) or 0)
    local most = tonumber(ARGV[at + 2])
    if attempts >= most then
        local looks = tonumber(redis.call('GET', KEYS[counts + at]) or 0)
        if attempts - looks < most then return {at, 0} end
        return {at, math.max(redis.call('TTL', KEYS[at]), 1)}
    end
end
for at = 1, counts do
    if redis.call('INCR', KEYS[at]) == 1 then redis.call('EXPIRE', KEYS[at], ARGV[1]) end
    redis.call('INCR', KEYS[counts + at])
    redis.call('EXPIRE', KEYS[counts + at], ARGV[2])
end
return {0, 0}
";
/// Which count is the account's.
const ACCOUNT: u32 = 1;

/// The password has been looked at. ARGV says of each count what is taken away: `none`, the `one`
/// attempt, or `all`.
const LOOKED: &str = "
local counts = #KEYS / 2
local function take_one(key)
    if tonumber(redis.call('GET', key) or 0) <= 1 then redis.call('DEL', key)
    else redis.call('DECR', key) end
end
for at = 1, counts do
    if ARGV[at] == 'all' then redis.call('DEL', KEYS[at])
    elseif ARGV[at] == 'one' then take_one(KEYS[at]) end
    take_one(KEYS[counts + at])
end
return 0
";

/// Whose password is tried.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    /// Whoever has this address, if anybody has.
    Address(&'a LoginAddress),
    /// Somebody who is signed in.
    Person(UserId),
}

/// Why an attempt is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// The account's failures; for so many seconds.
    Account(u32),
    /// The client's failures; for so many seconds.
    Client(u32),
    /// It has to be seen whether those who came before are right.
    Undecided,
}

/// Counts failures.
pub struct Throttle {
    url: SecretString,
    prefix: String,
    patience: Duration,
    connection: OnceCell<ConnectionManager>,
    attempt: Script,
    looked: Script,
}

impl Throttle {
    /// A throttle on the configured Redis, which is not connected to before the first attempt.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            url: config.redis.url.clone(),
            prefix: config.redis.prefix.clone(),
            patience: config.redis.patience,
            connection: OnceCell::new(),
            attempt: Script::new(ATTEMPT),
            looked: Script::new(LOOKED),
        }
    }

    /// Lets something be done that takes a password, unless there were too many failures.
    ///
    /// # Errors
    /// 429 with `Retry-After`, or what became of it.
    pub async fn guard<T>(
        &self,
        account: Account<'_>,
        client: ClientAddress,
        what: impl Future<Output = Result<T, ActionError>>,
    ) -> Result<T, Problem> {
        let counts = self.counts(account, client);
        if let Some(refused) = self.count(&counts).await {
            return Err(refusal(refused));
        }
        let outcome = what.await;
        let taken_away = taken_away(&outcome);
        self.looked(&counts, taken_away).await;
        Ok(outcome?)
    }

    /// Forgets the failures of accounts whose owner has proved who that is.
    pub async fn forget(&self, accounts: &[Account<'_>]) {
        let mut call = redis::cmd("DEL");
        for account in accounts {
            call.arg(self.of_account(*account));
        }
        let forgotten = self.ask(async |mut connection: ConnectionManager| {
            call.query_async::<u32>(&mut connection).await
        });
        forgotten.await;
    }

    /// What an attempt is counted by, the account's first, and the most that there may be.
    fn counts(&self, account: Account<'_>, client: ClientAddress) -> [(String, u32); 2] {
        let client = format!("{}:failures:client:{}", self.prefix, client.group());
        [(self.of_account(account), OF_ACCOUNT), (client, OF_CLIENT)]
    }

    fn of_account(&self, account: Account<'_>) -> String {
        let name = match account {
            Account::Address(address) => address.as_str().to_owned(),
            Account::Person(id) => id.to_string(),
        };
        // Addresses of people are not to be read in Redis.
        let name = URL_SAFE_NO_PAD.encode(Sha256::digest(name));
        format!("{}:failures:account:{name}", self.prefix)
    }

    /// Counts an attempt; why not, if there is no room for it.
    async fn count(&self, counts: &[(String, u32)]) -> Option<Refused> {
        let mut call = self.attempt.prepare_invoke();
        call.arg(WINDOW_SECONDS).arg(LOOK_SECONDS);
        for (key, most) in counts {
            call.key(key).arg(*most);
        }
        for (key, _) in counts {
            call.key(looks(key));
        }
        let counted = self.ask(async |mut connection: ConnectionManager| {
            call.invoke_async::<(u32, u32)>(&mut connection).await
        });
        match counted.await? {
            (0, _) => None,
            (_, 0) => Some(Refused::Undecided),
            (ACCOUNT, seconds) => Some(Refused::Account(seconds)),
            (_, seconds) => Some(Refused::Client(seconds)),
        }
    }

    /// What became of an attempt that was counted.
    async fn looked(&self, counts: &[(String, u32)], taken_away: [&str; 2]) {
        let mut call = self.looked.prepare_invoke();
        for ((key, _), taken_away) in counts.iter().zip(taken_away) {
            call.key(key).arg(taken_away);
        }
        for (key, _) in counts {
            call.key(looks(key));
        }
        let told = self.ask(async |mut connection: ConnectionManager| {
            call.invoke_async::<u32>(&mut connection).await
        });
        told.await;
    }

    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(ConnectionManager) -> Result<T, RedisError>,
    ) -> Option<T> {
        let asked = timeout(self.patience, async {
            let connection = self.connection.get_or_try_init(async || self.connect());
            question(connection.await?.clone()).await
        });
        match asked.await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::warn!(error = %Chain(&error), "failed logins are not counted: Redis failed");
                None
            }
            Err(_) => {
                tracing::warn!("failed logins are not counted: Redis is slow");
                None
            }
        }
    }

    fn connect(&self) -> Result<ConnectionManager, RedisError> {
        let client = Client::open(self.url.expose_secret())?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(2)))
            .set_response_timeout(Some(self.patience));
        ConnectionManager::new_lazy_with_config(client, config)
    }
}

/// Where it is counted how many passwords of a count are being looked at.
fn looks(key: &str) -> String {
    format!("{key}:looks")
}

/// What is taken away from the counts of account and client. A success clears the account; it says
/// nothing of what else the client tried.
fn taken_away<T>(outcome: &Result<T, ActionError>) -> [&'static str; 2] {
    match outcome {
        Ok(_) => ["all", "one"],
        Err(error) if is_wrong_password(error) => ["none", "none"],
        Err(_) => ["one", "one"],
    }
}

fn is_wrong_password(error: &ActionError) -> bool {
    match error {
        ActionError::Unauthenticated(code) => *code == "invalid_credentials",
        ActionError::Invalid(faults) => faults.iter().any(|fault| fault.code == "wrong_password"),
        ActionError::NotFound(_)
        | ActionError::Forbidden { .. }
        | ActionError::Conflict { .. }
        | ActionError::Stale { .. }
        | ActionError::Database(_)
        | ActionError::Files(_)
        | ActionError::Internal(_) => false,
    }
}

fn refusal(refused: Refused) -> Problem {
    let (code, detail, seconds) = match refused {
        Refused::Account(seconds) => (
            "too_many_failures",
            format!("There were too many wrong passwords: try again in {seconds} seconds, or ask for a new password."),
            seconds,
        ),
        Refused::Client(seconds) => (
            "too_many_failures",
            format!("There were too many wrong passwords from your IP address: try again in {seconds} seconds."),
            seconds,
        ),
        Refused::Undecided => (
            "attempts_at_once",
            "As many passwords as may be are being looked at, for this account or from your IP address: try again in a second.".to_owned(),
            1,
        ),
    };
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
