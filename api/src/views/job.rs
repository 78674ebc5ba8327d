//! Jobs and queues in responses.

use crate::respond::Time;
use chrono::{DateTime, Utc};
use domain::queue::QueueName;
use jobs::{
    JobId, State,
    operate::{JobRecord, QueueState},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// A job: one piece of work in the background.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Job")]
pub struct JobView<'a> {
    /// The number of the job.
    #[schemars(with = "i64", range(min = 1))]
    id: JobId,
    /// The name of the job: what it does.
    name: &'a str,
    /// The name of the queue. It may be a queue of another release that runs at the same time.
    queue: &'a QueueName,
    /// The state of the job.
    state: State,
    /// The name of the job, and the ids that it works on.
    #[schemars(with = "JobPayload")]
    payload: &'a Value,
    /// The priority within the queue: the job with the highest priority runs first.
    #[schemars(with = "i32", range(min = -32_768, max = 32_767))]
    priority: i16,
    /// The number of finished attempts.
    #[schemars(range(min = 0))]
    attempts: i32,
    /// The number of attempts before the job becomes a dead letter.
    #[schemars(range(min = 1))]
    max_attempts: i32,
    /// The instant at which the job is or was due.
    run_at: Time,
    /// The end of the lease, after which a job without an outcome is requeued. It may be null.
    lease_until: Option<Time>,
    /// How often the job was handed out to a worker since its last outcome.
    #[schemars(range(min = 0))]
    dispatches: i32,
    /// The number of consecutive runs without an outcome. A job that kills its process shows here. A delivery
    /// that is under way is counted.
    #[schemars(range(min = 0))]
    interruptions: i32,
    /// The last error. It may be null.
    last_error: Option<&'a str>,
    /// The trace of the job (W3C Trace Context). It is null if the request or job that enqueued it had none.
    traceparent: Option<&'a str>,
    /// When the job was enqueued.
    created_at: Time,
    /// When the job was done, moved to the dead letters or cancelled. It is null for an unfinished job.
    finished_at: Option<Time>,
}

/// The name of a job, and the ids that it works on.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used: the payload is JSON in the database"
)]
struct JobPayload {
    /// The name of the job.
    job: String,
    /// The ids that the job works on.
    #[schemars(flatten)]
    ids: HashMap<String, Value>,
}

impl<'a> From<&'a JobRecord> for JobView<'a> {
    fn from(entry: &'a JobRecord) -> Self {
        Self {
            id: entry.id,
            name: entry.name(),
            queue: &entry.queue,
            state: entry.state,
            payload: &entry.payload,
            priority: entry.priority,
            attempts: entry.attempt,
            max_attempts: entry.max_attempts,
            run_at: Time(entry.run_at),
            lease_until: entry.lease_until.map(Time),
            dispatches: entry.dispatches,
            interruptions: entry.interruptions,
            last_error: entry.last_error.as_deref(),
            traceparent: entry.traceparent.as_deref(),
            created_at: Time(entry.created_at),
            finished_at: entry.finished_at.map(Time),
        }
    }
}

/// The state of a queue of jobs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueueStatus")]
pub struct QueueView {
    /// The name of the queue. It may be a queue of another release that runs at the same time.
    queue: QueueName,
    /// Whether the queue is paused, so that no job is handed out.
    paused: bool,
    /// The number of jobs that wait for their time or for a worker.
    #[schemars(range(min = 0))]
    ready: i64,
    /// The number of jobs that were handed out.
    #[schemars(range(min = 0))]
    sent: i64,
    /// The number of deliveries under way.
    #[schemars(range(min = 0))]
    running: i64,
    /// The number of dead letters.
    #[schemars(range(min = 0))]
    dead: i64,
    /// The seconds for which the oldest due job has waited. It is null if no job is due.
    #[schemars(range(min = 0))]
    oldest_seconds: Option<i64>,
    /// Why no job of the queue is handed out while the circuit breaker is open. It is null while jobs are handed out.
    held: Option<HeldView>,
}

/// The open circuit breaker of a queue.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OpenCircuit")]
pub struct HeldView {
    /// The instant of the next probe.
    until: Time,
    /// The failure of the provider.
    because: String,
    /// The number of consecutive failures.
    #[schemars(range(min = 0))]
    times: i32,
}

impl QueueView {
    /// The state of a queue at `now`.
    #[must_use]
    pub fn of(state: &QueueState, now: DateTime<Utc>) -> Self {
        Self {
            queue: state.queue.clone(),
            paused: state.paused,
            ready: state.ready,
            sent: state.sent,
            running: state.running,
            dead: state.dead,
            oldest_seconds: state.oldest_due.map(|due| (now - due).num_seconds().max(0)),
            held: state.circuit.as_ref().map(|held| HeldView {
                until: Time(held.until),
                because: held.because.clone(),
                times: held.times,
            }),
        }
    }
}
