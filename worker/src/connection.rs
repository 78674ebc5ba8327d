//! A connection to Redis that outlives Redis.
//!
//! Three things that apalis and redis-rs make of trouble, and what is made of it here:
//! - any error that reaches apalis ends its worker: for workers, commands are repeated for as long
//!   as it takes;
//! - redis-rs connects anew after an error but never after a time-out, so that a half-open
//!   connection stays broken: any trouble replaces the connection, for all clones at once;
//! - a worker whose registration vanished, with Redis' memory or by a long pause, counts as an
//!   error: it is registered again.

use redis::{
    Client, Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value,
    aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig},
};
use shared::clock::Clock;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// How long one command may take. Stalls of this length happen: a fork, a slow script.
const RESPONSE_LIMIT: Duration = Duration::from_secs(2);
const CONNECT_LIMIT: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Commands of redis-rs on whichever connection is the newest. Clones share it.
#[derive(Clone)]
pub struct Connection {
    link: Arc<Link>,
    registration: Option<Arc<Registration>>,
}

struct Link {
    client: Client,
    current: RwLock<(u64, ConnectionManager)>,
}

/// What a worker is registered as.
pub struct Registration {
    /// The set of registered workers.
    pub workers_set: String,
    /// The worker's name.
    pub name: String,
    /// The clock that registrations are stamped with.
    pub clock: Arc<dyn Clock>,
}

impl Connection {
    /// A connection that is opened when it is first used, and passes every error on.
    ///
    /// # Errors
    /// None that depends on the server.
    pub fn new(client: Client) -> RedisResult<Self> {
        let current = RwLock::new((0, open(&client)?));
        Ok(Self {
            link: Arc::new(Link { client, current }),
            registration: None,
        })
    }

    /// The same connection, for a worker: no trouble reaches it. Its commands may go on for ever,
    /// so that whoever awaits them has to give up by himself.
    #[must_use]
    pub fn of_worker(&self, registration: Registration) -> Self {
        Self {
            link: Arc::clone(&self.link),
            registration: Some(Arc::new(registration)),
        }
    }

    /// Replaces the connection, unless somebody did since.
    pub fn replace(&self) {
        self.replace_after(self.current().0);
    }

    fn current(&self) -> (u64, ConnectionManager) {
        self.link
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn replace_after(&self, seen: u64) {
        let mut current = self
            .link
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if current.0 == seen {
            match open(&self.link.client) {
                Ok(fresh) => *current = (seen + 1, fresh),
                Err(error) => tracing::error!(%error, "no connection to Redis could be set up"),
            }
        }
    }

    async fn attempt(&self, command: &Cmd) -> RedisResult<Value> {
        let (generation, mut connection) = self.current();
        // A server's error arrives as a value here.
        let answer = connection
            .req_packed_command(command)
            .await
            .and_then(Value::extract_error);
        if answer.as_ref().is_err_and(is_transient) {
            self.replace_after(generation);
        }
        answer
    }

    async fn persist(&self, worker: &Registration, command: &Cmd) -> RedisResult<Value> {
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.attempt(command).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match meaning(&error) {
                // The message was taken over by another worker. PostgreSQL decides who runs the
                // job, so there is nothing to do about it.
                Meaning::TakenOver => return Ok(Value::Int(0)),
                Meaning::NotRegistered => self.register(worker).await,
                Meaning::Trouble => {}
                Meaning::Final => return Err(error),
            }
            tracing::debug!(%error, "Redis did not answer as it should; trying again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn register(&self, worker: &Registration) {
        let mut command = redis::cmd("ZADD");
        command
            .arg(&worker.workers_set)
            .arg(worker.clock.now().timestamp())
            .arg(&worker.name);
        match self.attempt(&command).await {
            Ok(_) => tracing::info!(worker.name, "a worker was registered in Redis again"),
            Err(error) => tracing::debug!(%error, "a worker could not be registered again yet"),
        }
    }
}

enum Meaning {
    TakenOver,
    NotRegistered,
    Trouble,
    Final,
}

/// The scripts of apalis-redis know errors by their text alone, so that it has to be read here.
fn meaning(error: &RedisError) -> Meaning {
    let text = error.to_string();
    if text.contains("worker not registered") {
        Meaning::NotRegistered
    } else if text.contains("task not executed by worker")
        || text.contains("task not held by this worker")
        || text.contains("lease not held")
    {
        Meaning::TakenOver
    } else if is_transient(error) {
        Meaning::Trouble
    } else {
        Meaning::Final
    }
}

fn is_transient(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_connection_refusal()
        || error.is_unrecoverable_error()
        || matches!(
            error.code(),
            Some(
                "LOADING" | "MASTERDOWN" | "READONLY" | "CLUSTERDOWN" | "TRYAGAIN" | "BUSY" | "OOM"
            )
        )
}

fn open(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(RESPONSE_LIMIT))
        .set_connection_timeout(Some(CONNECT_LIMIT))
        .set_number_of_retries(0);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            match &self.registration {
                Some(worker) => self.persist(worker, command).await,
                None => self.attempt(command).await,
            }
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        // apalis-redis sends no pipelines: these are our own, and each caller deals with errors.
        Box::pin(async move {
            let (generation, mut connection) = self.current();
            let answers = connection
                .req_packed_commands(pipeline, offset, count)
                .await;
            if answers.as_ref().is_err_and(is_transient) {
                self.replace_after(generation);
            }
            answers
        })
    }

    fn get_db(&self) -> i64 {
        self.current().1.get_db()
    }
}
