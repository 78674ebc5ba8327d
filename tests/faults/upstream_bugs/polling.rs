//! Bugs with polling.

use super::{Handled, config, connection, handle};
use crate::harness::within;
use apalis::prelude::{BackendExt, IntervalStrategy, PollSnapshot, PollStrategy, WorkerBuilder};
use apalis_redis::RedisStorage;
use redis::{
    Cmd, Pipeline, RedisFuture, Value,
    aio::{ConnectionLike, ConnectionManager},
};
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::Interval};

/// A strategy that looks at each beat, however long a look takes.
pub(super) struct Often(Interval);

impl Often {
    pub fn every(period: Duration) -> Self {
        Self(tokio::time::interval(period))
    }
}

impl PollStrategy for Often {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut look = Poll::Pending;
        while Pin::new(&mut self.0).poll_tick(cx).is_ready() {
            look = Poll::Ready(Some(()));
        }
        look
    }
}

/// A connection that takes its time, and remembers when it was last used.
#[derive(Clone)]
struct Slow(ConnectionManager, Arc<Mutex<Instant>>);

const TAKES: Duration = Duration::from_millis(30);

impl ConnectionLike for Slow {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            *self.1.lock().unwrap() = Instant::now();
            let answer = self.0.req_packed_command(command).await;
            // Only then: what the worker hears last is to come later than its next beat.
            tokio::time::sleep(TAKES).await;
            answer
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.0.req_packed_commands(pipeline, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

#[tokio::test]
async fn a_look_that_takes_longer_than_the_interval_is_the_last_for_half_a_minute() {
    let used = Arc::new(Mutex::new(Instant::now()));
    let slow = Slow(connection().await, Arc::clone(&used));
    let storage = RedisStorage::<super::JobRef, Slow>::new(slow).with_config(config());
    let strategy = IntervalStrategy::new(Duration::from_millis(5));
    let worker = WorkerBuilder::new("sleeper")
        .backend(storage.poll_with_strategy(strategy))
        .data(Handled::at_once())
        .build(handle);
    // In a task of its own, which nobody else wakes.
    let mut task = JoinSet::new();
    task.spawn(worker.run());
    within(
        super::LIMIT,
        "the bug is there (when not: poll_with_interval does for worker/src/wake.rs)",
        async || used.lock().unwrap().elapsed() > 20 * TAKES,
    )
    .await;
    assert!(task.try_join_next().is_none(), "the worker ended");
}
