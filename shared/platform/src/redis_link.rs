//! The connection to Redis that all parts of a process share. It is opened at its first use.
//!
//! redis-rs reconnects after an error but not after a time-out, so that a half-open connection
//! would stay broken. Here a connection that failed is replaced for all clones at once; commands
//! that wait on the old one end on their own.

use redis::{
    Client, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// The time limit of a command. Stalls of this length happen: a fork, a slow script. A caller with
/// less patience sets a shorter limit.
const RESPONSE_LIMIT: Duration = Duration::from_secs(2);
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// One connection for a whole process. Clones share it.
#[derive(Clone)]
pub struct RedisLink(Arc<Inner>);

struct Inner {
    url: SecretString,
    current: RwLock<Current>,
}

#[derive(Clone, Default)]
struct Current {
    generation: u64,
    connection: Option<ConnectionManager>,
}

impl RedisLink {
    /// A link to the Redis at a URL. Nothing is connected, and the URL is not parsed yet.
    #[must_use]
    pub fn new(url: SecretString) -> Self {
        let current = RwLock::default();
        Self(Arc::new(Inner { url, current }))
    }

    /// A client, for connections that cannot be shared: subscriptions.
    ///
    /// # Errors
    /// The URL is invalid.
    pub fn client(&self) -> RedisResult<Client> {
        Client::open(self.0.url.expose_secret())
    }

    /// The current connection, and its number for [`RedisLink::replace_after`].
    ///
    /// # Errors
    /// The URL is invalid.
    pub fn current(&self) -> RedisResult<(u64, ConnectionManager)> {
        let seen = self.snapshot();
        if let Some(connection) = seen.connection {
            return Ok((seen.generation, connection));
        }
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let connection = match &current.connection {
            Some(connection) => connection.clone(),
            None => open(&self.client()?)?,
        };
        current.connection = Some(connection.clone());
        Ok((current.generation, connection))
    }

    /// Replaces the connection, unless it was replaced since `seen`.
    pub fn replace_after(&self, seen: u64) {
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if current.generation == seen {
            *current = Current {
                generation: seen + 1,
                connection: None,
            };
        }
    }

    /// Replaces the current connection.
    pub fn replace(&self) {
        self.replace_after(self.snapshot().generation);
    }

    /// Awaits a request to Redis for at most `limit`. A connection that failed is replaced.
    ///
    /// # Errors
    /// Redis rejected the request, or did not respond in time.
    pub async fn within<T>(
        &self,
        limit: Duration,
        request: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let (generation, connection) = self.current()?;
        let answer = match tokio::time::timeout(limit, request(connection)).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(timed_out(&elapsed)),
        };
        if answer.as_ref().is_err_and(is_broken) {
            self.replace_after(generation);
        }
        answer
    }

    fn snapshot(&self) -> Current {
        self.0
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn open(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(RESPONSE_LIMIT))
        .set_connection_timeout(Some(CONNECT_LIMIT))
        .set_number_of_retries(0);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

pub(crate) fn timed_out(elapsed: &tokio::time::error::Elapsed) -> RedisError {
    std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed.to_string()).into()
}

/// Whether a new connection may help: this one failed, or leads to a server that has become a
/// replica or asks for other credentials.
#[must_use]
pub fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_connection_refusal()
        || error.is_unrecoverable_error()
        || matches!(
            error.code(),
            Some("LOADING" | "MASTERDOWN" | "READONLY" | "NOAUTH" | "WRONGPASS")
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clones_share_a_connection_and_its_replacement() {
        let link = RedisLink::new("redis://127.0.0.1:1".into());
        let clone = link.clone();
        let (first, _) = link.current().unwrap();
        assert_eq!(clone.current().unwrap().0, first);
        clone.replace_after(first);
        let (second, _) = link.current().unwrap();
        assert_ne!(second, first);
        // A second failure of the same connection replaces nothing more.
        clone.replace_after(first);
        assert_eq!(link.current().unwrap().0, second);
    }

    #[tokio::test]
    async fn a_connection_that_did_not_answer_in_time_is_replaced() {
        let link = RedisLink::new("redis://127.0.0.1:1".into());
        let (first, _) = link.current().unwrap();
        let limit = Duration::from_millis(1);
        let never = async |_| std::future::pending::<RedisResult<()>>().await;
        assert!(link.within(limit, never).await.unwrap_err().is_timeout());
        assert_ne!(link.current().unwrap().0, first);
    }
}
