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

/// `job`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Job")]
pub struct JobView<'a> {
    #[schemars(with = "i64")]
    id: JobId,
    /// The name of the job: what it does.
    name: &'a str,
    queue: &'a QueueName,
    state: State,
    /// The name of the job, and the ids that it works on.
    payload: &'a Value,
    /// The higher priority goes first within a queue.
    priority: i16,
    /// The number of finished attempts.
    attempts: i32,
    /// The number of attempts before the job becomes a dead letter.
    max_attempts: i32,
    /// The instant at which the job is or was due.
    run_at: Time,
    /// The end of the lease. After that a job without an outcome is requeued.
    lease_until: Option<Time>,
    /// How often the job was handed out to a worker since its last outcome.
    dispatches: i32,
    /// The number of consecutive runs without an outcome. A job that kills its process shows here. A delivery
    /// under way is counted.
    interruptions: i32,
    /// The last error.
    last_error: Option<&'a str>,
    /// The trace of the job (W3C Trace Context), if the request or job that enqueued it had one.
    traceparent: Option<&'a str>,
    created_at: Time,
    /// The instant at which the job was done, moved to the dead letters or cancelled.
    finished_at: Option<Time>,
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

/// `queue`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Queue")]
pub struct QueueView {
    queue: QueueName,
    /// Whether the queue is paused: no job is handed out.
    paused: bool,
    /// The number of jobs that wait for their time or for a worker.
    ready: i64,
    /// The number of jobs that were handed out.
    sent: i64,
    /// The number of deliveries under way.
    running: i64,
    /// The number of dead letters.
    dead: i64,
    /// The seconds for which the oldest due job has waited.
    oldest_seconds: Option<i64>,
    /// Set while the circuit breaker of the queue is open, since the provider fails or limits the rate.
    held: Option<HeldView>,
}

/// The open circuit breaker of a queue.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HeldQueue")]
pub struct HeldView {
    /// The instant of the next probe.
    until: Time,
    /// The failure of the provider.
    because: String,
    /// The number of consecutive failures.
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
