//! What jobs and queues look like.

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
    /// What it does.
    name: &'a str,
    queue: &'a QueueName,
    state: State,
    /// Its name and the ids that it is about.
    payload: &'a Value,
    /// Which goes first in its queue: the higher.
    priority: i16,
    /// Attempts that are over.
    attempts: i32,
    /// Attempts that it has.
    max_attempts: i32,
    /// When it is to run, or was to.
    run_at: Time,
    /// Until when whoever it was handed out to may have it; then it is taken back.
    lease_until: Option<Time>,
    /// How often it was handed out since its last outcome.
    dispatches: i32,
    /// How many runs in a row began and came to no outcome: what kills its process shows here. A delivery
    /// under way is counted.
    interruptions: i32,
    /// What went wrong last.
    last_error: Option<&'a str>,
    /// The trace that it belongs to (W3C Trace Context), where the request or job before it had one.
    traceparent: Option<&'a str>,
    created_at: Time,
    /// When it was done, gave up or was decided against.
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
    /// Whether nothing of it is handed out.
    paused: bool,
    /// Jobs that wait for their time or for a worker.
    ready: i64,
    /// Jobs that were handed out.
    sent: i64,
    /// Deliveries under way.
    running: i64,
    /// Dead letters.
    dead: i64,
    /// For how many seconds the oldest job that could run has waited.
    oldest_seconds: Option<i64>,
    /// Set while it is held back, since the one on its other side is away or asks for less: when the
    /// next job goes out to see, and what happened.
    held: Option<HeldView>,
}

/// Why a queue is held back.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HeldQueue")]
pub struct HeldView {
    until: Time,
    because: String,
    /// How often in a row.
    times: i32,
}

impl QueueView {
    /// How a queue stands at `now`.
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
            held: state.trouble.as_ref().map(|held| HeldView {
                until: Time(held.until),
                because: held.because.clone(),
                times: held.times,
            }),
        }
    }
}
