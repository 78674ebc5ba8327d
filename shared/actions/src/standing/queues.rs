//! The state of the queues, as series for Prometheus. Pure.

use crate::standing::{
    age::{Seconds, age},
    labels::QueueStateLabel,
};
use chrono::{DateTime, Utc};
use domain::queue::QueueName;
use platform::metrics::labels::OfQueue;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// The state of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueStanding {
    pub queue: QueueName,
    pub paused: bool,
    /// The circuit breaker is open or half-open: no job is handed out, or one probe.
    pub held: bool,
    /// Jobs that are due.
    pub due: i64,
    /// Jobs that are due later.
    pub later: i64,
    /// Jobs that are handed out and not running yet.
    pub sent: i64,
    pub running: i64,
    /// Dead letters.
    pub dead: i64,
    /// The due time of the oldest due job.
    pub due_since: Option<DateTime<Utc>>,
    /// The due time of the oldest job that is handed out or running.
    pub handed_out_since: Option<DateTime<Utc>>,
}

/// The series of all queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    jobs: Family<QueueStateLabel, Gauge>,
    oldest: Family<QueueStateLabel, Seconds>,
    lag: Seconds,
    dead: Family<OfQueue, Gauge>,
    paused: Family<OfQueue, Gauge>,
    held: Family<OfQueue, Gauge>,
    workers: Family<OfQueue, Gauge>,
}

impl Queues {
    /// Adds a queue and the number of processes that serve it.
    pub fn add(&self, standing: &QueueStanding, workers: i64, now: DateTime<Utc>) {
        for (state, count) in [
            ("ready", standing.due),
            ("delayed", standing.later),
            ("sent", standing.sent),
            ("running", standing.running),
        ] {
            let label = QueueStateLabel::new(&standing.queue, state);
            self.jobs.get_or_create(&label).set(count);
        }
        // No worker of this release serves an unknown queue, so that an alert on its age would not help.
        if let QueueName::Known(_) = &standing.queue {
            self.add_ages(standing, now);
        }
        for (family, value) in [
            (&self.dead, standing.dead),
            (&self.paused, i64::from(standing.paused)),
            (&self.held, i64::from(standing.held)),
            (&self.workers, workers),
        ] {
            let label = OfQueue::from(&standing.queue);
            family.get_or_create(&label).set(value);
        }
    }

    fn add_ages(&self, standing: &QueueStanding, now: DateTime<Utc>) {
        let ready = age(standing.due_since, now);
        let sent = age(standing.handed_out_since, now);
        for (state, age) in [("ready", ready), ("sent", sent)] {
            let label = QueueStateLabel::new(&standing.queue, state);
            self.oldest.get_or_create(&label).set(age);
        }
        // A paused queue waits for an operator, a held one for a provider: neither waits for the relay.
        if !standing.paused && !standing.held {
            self.lag.set(self.lag.get().max(ready));
        }
    }

    /// Registers the series.
    pub fn register(self, registry: &mut Registry) {
        registry.register(
            "queue_jobs",
            "Jobs of each queue: ready (due), delayed (due later), sent (handed out), running (deliveries)",
            self.jobs,
        );
        registry.register(
            "queue_oldest_seconds",
            "How long the oldest job of a queue has been due: ready (not handed out) and sent (handed out or running)",
            self.oldest,
        );
        registry.register(
            "relay_lag_seconds",
            "How long the oldest job of all queues that are neither paused nor held has waited to be handed out",
            self.lag,
        );
        registry.register("dead_jobs", "Dead letters, by queue", self.dead);
        registry.register("queue_paused", "Whether a queue is paused", self.paused);
        registry.register(
            "queue_held",
            "Whether the circuit breaker of a queue is open or half-open",
            self.held,
        );
        registry.register(
            "queue_workers",
            "Worker processes that serve a queue",
            self.workers,
        );
    }
}
