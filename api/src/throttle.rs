//! Failed logins: so many of one account and of one client in a quarter of an hour, counted in
//! Redis by all API processes together. Addresses that nobody has are counted like others, so that
//! being throttled tells nothing. Where Redis is away or slow, everybody is let through.
//!
//! An attempt is counted before the password is looked at and taken back if it was no failure, so
//! that guesses at the same time count as well.

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
};
use std::time::Duration;
use tokio::{sync::OnceCell, time::timeout};

/// Failures of one account, and of one client, in a window.
const OF_ACCOUNT: u32 = 10;
const OF_CLIENT: u32 = 30;
const WINDOW_SECONDS: u32 = 15 * 60;

/// Counts an attempt on every key, or on none when one of them is full: then the seconds until
/// it is empty again, else 0. A window begins with its first attempt.
const ATTEMPT: &str = "
for at, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) >= tonumber(ARGV[at + 1]) then
        return math.max(redis.call('TTL', key), 1)
    end
end
for _, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[1]) end
end
return 0
";

/// Takes an attempt back: ARGV says of each key whether one goes (1) or all (2).
const FORGIVE: &str = "
for at, key in ipairs(KEYS) do
    if ARGV[at] == '2' or tonumber(redis.call('GET', key) or 0) <= 1 then redis.call('DEL', key)
    else redis.call('DECR', key) end
end
return 0
";

/// Counts failures.
pub struct Throttle {
    url: SecretString,
    prefix: String,
    patience: Duration,
    connection: OnceCell<ConnectionManager>,
    attempt: Script,
    forgive: Script,
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
            forgive: Script::new(FORGIVE),
        }
    }

    /// Lets something be done that takes a password, unless there were too many failures.
    ///
    /// # Errors
    /// 429 with `Retry-After`, or what became of it.
    pub async fn guard<T>(
        &self,
        account: &str,
        client: ClientAddress,
        what: impl Future<Output = Result<T, ActionError>>,
    ) -> Result<T, Problem> {
        let keys = self.keys(account, client);
        if let Some(seconds) = self.count(&keys).await {
            return Err(too_many(seconds));
        }
        let outcome = what.await;
        if !outcome.as_ref().is_err_and(is_wrong_password) {
            self.take_back(&keys, outcome.is_ok()).await;
        }
        Ok(outcome?)
    }

    fn keys(&self, account: &str, client: ClientAddress) -> Vec<(String, u32)> {
        // Addresses of people are not to be read in Redis.
        let account = URL_SAFE_NO_PAD.encode(Sha256::digest(account.to_lowercase()));
        let prefix = format!("{}:failures", self.prefix);
        vec![
            (format!("{prefix}:account:{account}"), OF_ACCOUNT),
            (format!("{prefix}:client:{}", client.group()), OF_CLIENT),
        ]
    }

    /// Counts an attempt; the seconds to wait if there were too many.
    async fn count(&self, keys: &[(String, u32)]) -> Option<u32> {
        let mut call = self.attempt.prepare_invoke();
        call.arg(WINDOW_SECONDS);
        for (key, most) in keys {
            call.key(key).arg(*most);
        }
        let counted = self.ask(async |mut connection: ConnectionManager| {
            call.invoke_async::<u32>(&mut connection).await
        });
        counted.await.filter(|seconds| *seconds > 0)
    }

    /// A success clears the account; it says nothing of what else the client tried.
    async fn take_back(&self, keys: &[(String, u32)], success: bool) {
        let mut call = self.forgive.prepare_invoke();
        for (at, (key, _)) in keys.iter().enumerate() {
            call.key(key)
                .arg(if success && at == 0 { "2" } else { "1" });
        }
        let taken_back = self.ask(async |mut connection: ConnectionManager| {
            call.invoke_async::<u32>(&mut connection).await
        });
        taken_back.await;
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

fn too_many(seconds: u32) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_failures",
        format!("There were too many wrong passwords: try again in {seconds} seconds, or ask for a new password."),
    )
    .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
