//! Bugs with a backlog in a queue.

use super::{Handled, JobRef, LIMIT, ask, config, end_of, hints, push, storage, work_on};
use crate::harness::within;
use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_redis::RedisStorage;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[tokio::test]
async fn eight_thousand_hints_that_are_due_end_every_worker() {
    let config = config();
    let mut storage = storage(&config).await;
    for _ in 0..8 {
        push(&mut storage, hints(1_000)).await;
    }
    let worker = work_on("brick", storage, Handled::at_once());
    let error = end_of(worker, "queue_control.depth may be more than 2 000").await;
    assert!(error.contains("too many results to unpack"), "{error}");
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Foreign {
    word: String,
}

#[tokio::test]
async fn a_payload_that_cannot_be_decoded_ends_the_worker() {
    let config = config();
    let connection = super::connection().await;
    let mut foreign = RedisStorage::<Foreign>::new(connection).with_config(config.clone());
    let word = "hello".to_owned();
    foreign.push(Foreign { word }).await.unwrap();
    let worker = work_on("decoder", storage(&config).await, Handled::at_once());
    let error = end_of(worker, "a payload may be more than the number of a row").await;
    assert!(error.contains("missing field"), "{error}");
}

#[tokio::test]
async fn an_idempotency_key_without_a_time_to_live_lets_everything_through() {
    let config = config();
    let mut storage = storage(&config).await;
    for job in 0..2 {
        let task = TaskBuilder::new(JobRef { job })
            .idempotency_key("same")
            .build();
        storage.push_task(task).await.unwrap();
    }
    let lie: usize = ask("ZCARD", config.scheduled_jobs_set()).await;
    assert_eq!(
        lie, 2,
        "the bug is gone: keys are kept without a time to live"
    );
}

/// No heartbeat is sent while a worker has hints in hand: others take it for dead, and its hints.
#[tokio::test]
async fn a_worker_with_a_batch_of_slow_jobs_is_taken_for_dead_and_they_run_twice() {
    let config = config()
        .batch_size(3)
        .heartbeat_interval(Duration::from_secs(1))
        .missed_heartbeats(2);
    let mut stock = storage(&config).await;
    push(&mut stock, hints(3)).await;
    let (slow, quick) = (Handled::never(), Handled::at_once());
    let first = work_on("slow", storage(&config).await, slow.clone());
    let second = async {
        within(LIMIT, "the first has them", async || slow.begun() == 1).await;
        work_on("quick", storage(&config).await, quick.clone()).await
    };
    let twice = within(
        LIMIT,
        "the bug is there (when not: batch_size(1) of worker/src/pool.rs may go)",
        async || quick.finished() == 3,
    );
    tokio::select! {
        ended = first => panic!("the first ended: {ended:?}"),
        ended = second => panic!("the second ended: {ended:?}"),
        () = twice => {}
    }
    assert_eq!(slow.begun(), 1);
}
