//! A connection to Redis that survives failures of Redis.
//!
//! apalis and redis-rs handle three failures badly. This connection handles them so:
//! - any error that reaches apalis ends its worker: the commands of a worker are repeated until
//!   they succeed;
//! - a Redis that rejects commands (full, a replica, short of replicas, loading, a user without the
//!   right) counts as away: the worker waits, and the relay runs the jobs meanwhile;
//! - a worker whose registration vanished, with Redis' memory or after a long pause, gets an error:
//!   it is registered again.

use platform::{
    clock::Clock,
    redis_link::{RedisLink, is_broken},
};
use redis::{Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value, aio::ConnectionLike};
use std::{sync::Arc, time::Duration};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Sends commands of redis-rs on the newest connection. Clones share it.
#[derive(Clone)]
pub struct Connection {
    link: RedisLink,
    registration: Option<Arc<Registration>>,
}

/// The registration of a worker in Redis.
pub struct Registration {
    /// The set of registered workers.
    pub workers_set: String,
    /// The worker's name.
    pub name: String,
    /// The clock that registrations are stamped with.
    pub clock: Arc<dyn Clock>,
}

impl Connection {
    /// The process's connection, which returns every error.
    pub fn new(link: RedisLink) -> Self {
        Self {
            link,
            registration: None,
        }
    }

    /// The same connection for a worker: it returns no error that may pass. A command may take
    /// forever, so the caller has to set a time limit.
    #[must_use]
    pub fn for_worker(&self, registration: Registration) -> Self {
        Self {
            link: self.link.clone(),
            registration: Some(Arc::new(registration)),
        }
    }

    /// Replaces the connection.
    pub fn replace(&self) {
        self.link.replace();
    }

    async fn attempt(&self, command: &Cmd) -> RedisResult<Value> {
        let (generation, mut connection) = self.link.current()?;
        // redis-rs returns a server's error as a value here.
        let answer = connection
            .req_packed_command(command)
            .await
            .and_then(Value::extract_error);
        if answer.as_ref().is_err_and(is_broken) {
            self.link.replace_after(generation);
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
                // Another worker took the message over. PostgreSQL decides who runs the job, so
                // nothing is to be done.
                Meaning::TakenOver => return Ok(Value::Int(0)),
                Meaning::NotRegistered => self.register(worker).await,
                Meaning::Unavailable => {}
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
    Unavailable,
    Final,
}

/// Classifies an error. The scripts of apalis-redis only tell errors apart by their text, so it is
/// matched here.
fn meaning(error: &RedisError) -> Meaning {
    let text = error.to_string();
    if text.contains("worker not registered") {
        Meaning::NotRegistered
    } else if text.contains("task not executed by worker")
        || text.contains("task not held by this worker")
        || text.contains("lease not held")
    {
        Meaning::TakenOver
    } else if is_unavailable(error, &text) {
        Meaning::Unavailable
    } else {
        Meaning::Final
    }
}

/// The codes of rejections that concern every command, and pass.
const REFUSALS: [&str; 14] = [
    "LOADING",
    "MASTERDOWN",
    "READONLY",
    "NOREPLICAS",
    "MISCONF",
    "OOM",
    "BUSY",
    "UNKILLABLE",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "NOAUTH",
    "WRONGPASS",
    "NOPERM",
    "EXECABORT",
];

fn is_unavailable(error: &RedisError, text: &str) -> bool {
    let by_code = |code| REFUSALS.contains(&code);
    is_broken(error) || error.code().is_some_and(by_code) || is_refused_in_script(text)
}

/// The texts of a script's error when its user lacks a right.
const REFUSED_BY_RIGHT: [&str; 2] = [
    "The user executing the script can't run this command",
    "ACL failure in script",
];

/// Redis before 7 reports a rejection within a script as an error of the script, with the code
/// somewhere in its text: `@user_script: 3: -OOM command not allowed when used memory >
/// 'maxmemory'.` A missing right has no code of its own.
fn is_refused_in_script(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || c == ':');
    let mut codes = words.filter_map(|word| word.strip_prefix('-'));
    let by_right = || REFUSED_BY_RIGHT.iter().any(|part| text.contains(part));
    text.contains("user_script") && (codes.any(|code| REFUSALS.contains(&code)) || by_right())
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
        // apalis-redis sends no pipelines: these are our own, and each caller handles errors.
        Box::pin(async move {
            let (generation, mut connection) = self.link.current()?;
            let answers = connection
                .req_packed_commands(pipeline, offset, count)
                .await;
            if answers.as_ref().is_err_and(is_broken) {
                self.link.replace_after(generation);
            }
            answers
        })
    }

    fn get_db(&self) -> i64 {
        let current = self.link.current();
        current.map_or(0, |(_, connection)| connection.get_db())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_waited_for(answer: &str) -> bool {
        let answer = redis::parse_redis_value(format!("-{answer}\r\n").as_bytes());
        let error = answer.unwrap().extract_error().unwrap_err();
        matches!(meaning(&error), Meaning::Unavailable)
    }

    #[test]
    fn a_worker_waits_for_the_end_of_any_refusal() {
        for answer in [
            "OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:9.",
            "READONLY You can't write against a read only replica.",
            "NOREPLICAS Not enough good replicas to write.",
            "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.",
            "LOADING Redis is loading the dataset in memory",
            "NOPERM this user has no permissions to run the 'evalsha' command",
            "ERR The user executing the script can't run this command or subcommand script: 1f, on @user_script:9.",
            "ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -OOM command not allowed",
            "ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -READONLY You can't write",
        ] {
            assert!(is_waited_for(answer), "{answer}");
        }
    }

    #[test]
    fn what_a_script_or_its_caller_did_wrong_is_passed_on() {
        for answer in [
            "NOSCRIPT No matching script. Please use EVAL.",
            "ERR Error running script (call to f_1): @user_script:3: worker is still active -1",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
        ] {
            assert!(!is_waited_for(answer), "{answer}");
        }
    }
}
