//! The connection to Redis that everything in a process shares. It is opened when it is first used.
//!
//! redis-rs connects anew after an error but never after a time-out, so that a half-open connection
//! would stay broken: a connection that failed is replaced, for all clones at once. Commands under way
//! on the one before end by themselves.

use redis::{
    Client, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// How long one command may take at most. Stalls of this length happen: a fork, a slow script.
/// A caller with less patience gives up earlier.
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
    /// A link to the Redis at a URL. Nothing is connected to yet, and the URL is not read.
    #[must_use]
    pub fn new(url: SecretString) -> Self {
        let current = RwLock::default();
        Self(Arc::new(Inner { url, current }))
    }

    /// The client, for connections that cannot be shared: those that listen.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn client(&self) -> RedisResult<Client> {
        Client::open(self.0.url.expose_secret())
    }

    /// The present connection, and its number for [`RedisLink::replace_after`].
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn current(&self) -> RedisResult<(u64, ConnectionManager)> {
        let seen = self.read();
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

    /// Replaces the connection, unless it was replaced since.
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

    /// Replaces the connection, whichever it is.
    pub fn replace(&self) {
        self.replace_after(self.read().generation);
    }

    /// Asks Redis something that may take so long. A connection that failed at it is replaced.
    ///
    /// # Errors
    /// Redis said no, or did not answer in time.
    pub async fn within<T>(
        &self,
        limit: Duration,
        question: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let (generation, connection) = self.current()?;
        let answer = match tokio::time::timeout(limit, question(connection)).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(timed_out(&elapsed)),
        };
        if answer.as_ref().is_err_and(is_broken) {
            self.replace_after(generation);
        }
        answer
    }

    fn read(&self) -> Current {
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

fn timed_out(elapsed: &tokio::time::error::Elapsed) -> RedisError {
    std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed.to_string()).into()
}

/// Whether another connection may do better: this one failed, or leads to a server that has become a
/// replica, or asks for other credentials than it was opened with.
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
