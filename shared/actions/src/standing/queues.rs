//! How the queues of jobs stand, as series. Pure.

use crate::standing::{
    found::{Seconds, age},
    labels::OfQueueInState,
};
use chrono::{DateTime, Utc};
use domain::queue::QueueName;
use platform::metrics::labels::OfQueue;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// How a queue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueStanding {
    pub queue: QueueName,
    pub paused: bool,
    /// Its other side is in trouble: nothing is handed out, or one job, to see.
    pub held: bool,
    /// Could be handed out.
    pub due: i64,
    /// Put off to a later time.
    pub later: i64,
    pub sent: i64,
    pub running: i64,
    pub dead: i64,
    pub due_since: Option<DateTime<Utc>>,
    pub handed_out_since: Option<DateTime<Utc>>,
}

/// The series of all queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    jobs: Family<OfQueueInState, Gauge>,
    oldest: Family<OfQueueInState, Seconds>,
    lag: Seconds,
    dead: Family<OfQueue, Gauge>,
    paused: Family<OfQueue, Gauge>,
    held: Family<OfQueue, Gauge>,
    workers: Family<OfQueue, Gauge>,
}

impl Queues {
    /// Takes in a queue that so many workers serve.
    pub fn take_in(&self, standing: &QueueStanding, workers: i64, now: DateTime<Utc>) {
        for (state, count) in [
            ("ready", standing.due),
            ("delayed", standing.later),
            ("sent", standing.sent),
            ("running", standing.running),
        ] {
            let label = OfQueueInState::of(&standing.queue, state);
            self.jobs.get_or_create(&label).set(count);
        }
        // The age of one that is not ours would call for workers, and none of this release would serve it.
        if let QueueName::Known(_) = &standing.queue {
            self.take_in_ages(standing, now);
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

    fn take_in_ages(&self, standing: &QueueStanding, now: DateTime<Utc>) {
        let ready = age(standing.due_since, now);
        let sent = age(standing.handed_out_since, now);
        for (state, age) in [("ready", ready), ("sent", sent)] {
            let label = OfQueueInState::of(&standing.queue, state);
            self.oldest.get_or_create(&label).set(age);
        }
        // What is stopped waits for somebody's word, what is held for somebody else's server: not for a relay.
        if !standing.paused && !standing.held {
            self.lag.set(self.lag.get().max(ready));
        }
    }

    /// Puts them among what is told.
    pub fn tell(self, registry: &mut Registry) {
        registry.register(
            "queue_jobs",
            "Jobs of each queue: ready (due), delayed (put off), sent (handed out), running (deliveries)",
            self.jobs,
        );
        registry.register(
            "queue_oldest_seconds",
            "For how long the oldest job of a queue has been due: ready (nobody has it) and sent (handed out or running)",
            self.oldest,
        );
        registry.register(
            "relay_lag_seconds",
            "For how long the oldest job of all queues that are neither paused nor held has waited to be handed out",
            self.lag,
        );
        registry.register("dead_jobs", "Dead letters, by queue", self.dead);
        registry.register("queue_paused", "Whether a queue is stopped", self.paused);
        registry.register(
            "queue_held",
            "Whether a queue is held, or on trial, as its other side is in trouble",
            self.held,
        );
        registry.register(
            "queue_workers",
            "Worker processes that serve a queue",
            self.workers,
        );
    }
}
