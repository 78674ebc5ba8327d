//! How the system stands, as anybody finds it in the database. Pure.

use super::labels::{OfQueue, OfQueueInState, OfRole};
use crate::{
    jobs::Queue,
    presence::{Present, Role},
};
use chrono::{DateTime, Utc};
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use std::sync::atomic::AtomicU64;

pub(super) type Seconds = Gauge<f64, AtomicU64>;

/// How a queue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueStanding {
    pub queue: Queue,
    pub paused: bool,
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

/// How the deadlines stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deadlines {
    /// Came near or passed, and not on record yet.
    pub due: i64,
    pub due_since: Option<DateTime<Utc>>,
    /// Clocks that run and whose deadline is near.
    pub at_risk: i64,
}

/// How everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub queues: Vec<QueueStanding>,
    pub deadlines: Deadlines,
    pub present: Present,
}

impl Standing {
    /// Puts it among what is told.
    pub fn tell(&self, registry: &mut Registry, now: DateTime<Utc>) {
        self.tell_queues(registry, now);
        self.tell_deadlines(registry, now);
        let processes = Family::<OfRole, Gauge>::default();
        for role in Role::ALL {
            let role_label = OfRole {
                role: role.as_str(),
            };
            let running = processes.get_or_create(&role_label);
            running.set(count(self.present.running(*role)));
        }
        registry.register("processes", "Processes that are there, by role", processes);
    }

    fn tell_queues(&self, registry: &mut Registry, now: DateTime<Utc>) {
        let jobs = Family::<OfQueueInState, Gauge>::default();
        let oldest = Family::<OfQueueInState, Seconds>::default();
        let (dead, paused, workers) = (by_queue(), by_queue(), by_queue());
        let lag = Seconds::default();
        for standing in &self.queues {
            let queue = standing.queue.as_str();
            for (state, count) in [
                ("ready", standing.due),
                ("delayed", standing.later),
                ("sent", standing.sent),
                ("running", standing.running),
            ] {
                jobs.get_or_create(&OfQueueInState { queue, state })
                    .set(count);
            }
            let ready = age(standing.due_since, now);
            let sent = age(standing.handed_out_since, now);
            for (state, age) in [("ready", ready), ("sent", sent)] {
                oldest
                    .get_or_create(&OfQueueInState { queue, state })
                    .set(age);
            }
            if !standing.paused {
                lag.set(lag.get().max(ready));
            }
            let label = OfQueue { queue };
            dead.get_or_create(&label).set(standing.dead);
            paused.get_or_create(&label).set(i64::from(standing.paused));
            let serving = count(self.present.serving(standing.queue));
            workers.get_or_create(&label).set(serving);
        }
        registry.register(
            "queue_jobs",
            "Jobs of each queue: ready (due), delayed (put off), sent (handed out), running (deliveries)",
            jobs,
        );
        registry.register(
            "queue_oldest_seconds",
            "For how long the oldest job of a queue has been due: ready (nobody has it) and sent (handed out or running)",
            oldest,
        );
        registry.register(
            "relay_lag_seconds",
            "For how long the oldest job of all queues that are not paused has waited to be handed out",
            lag,
        );
        registry.register("dead_jobs", "Dead letters, by queue", dead);
        registry.register("queue_paused", "Whether a queue is stopped", paused);
        registry.register(
            "queue_workers",
            "Worker processes that serve a queue",
            workers,
        );
    }

    fn tell_deadlines(&self, registry: &mut Registry, now: DateTime<Utc>) {
        let (due, at_risk, oldest) = (
            Gauge::<i64>::default(),
            Gauge::<i64>::default(),
            Seconds::default(),
        );
        due.set(self.deadlines.due);
        at_risk.set(self.deadlines.at_risk);
        oldest.set(age(self.deadlines.due_since, now));
        registry.register(
            "sla_due",
            "Deadlines that came near or passed and that no sweep has put on record yet",
            due,
        );
        registry.register(
            "sla_due_oldest_seconds",
            "How long ago the first of these came near or passed",
            oldest,
        );
        registry.register(
            "sla_at_risk",
            "Clocks that run and whose deadline is near",
            at_risk,
        );
    }
}

fn by_queue() -> Family<OfQueue, Gauge> {
    Family::default()
}

/// Seconds since then; 0 where there is nothing, or it is still to come.
fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    let age = since.and_then(|since| (now - since).to_std().ok());
    age.unwrap_or_default().as_secs_f64()
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
