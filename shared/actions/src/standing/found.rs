//! How the system stands, as anybody finds it in the database. Pure.

use crate::standing::{
    labels::OfRole,
    queues::{QueueStanding, Queues},
};
use chrono::{DateTime, Utc};
use domain::queue::QueueName;
use platform::presence::{Present, Role};
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use std::sync::atomic::AtomicU64;

pub(super) type Seconds = Gauge<f64, AtomicU64>;

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
        let queues = Queues::default();
        for standing in &self.queues {
            let workers = match &standing.queue {
                QueueName::Known(queue) => self.present.serving(*queue),
                // Those of the release that has it are told by its own processes.
                QueueName::Unknown(_) => 0,
            };
            queues.take_in(standing, count(workers), now);
        }
        queues.tell(registry);
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

/// Seconds since then; 0 where there is nothing, or it is still to come.
pub(super) fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    let age = since.and_then(|since| (now - since).to_std().ok());
    age.unwrap_or_default().as_secs_f64()
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
