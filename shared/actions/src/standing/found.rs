//! The state of the system, as series for Prometheus. Pure.

use crate::standing::{
    age::{Seconds, age},
    labels::{RoleLabel, StateLabel},
    queues::{QueueStanding, Queues},
};
use chrono::{DateTime, Utc};
use domain::queue::QueueName;
use platform::presence::{Present, Role};
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// The state of the deadlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deadlines {
    /// Warnings and breaches that are due and not recorded yet.
    pub due: i64,
    /// The earliest of them.
    pub due_since: Option<DateTime<Utc>>,
    /// Running clocks past their warning threshold.
    pub at_risk: i64,
}

/// The state of webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Webhooks {
    /// Endpoints that get events.
    pub enabled: i64,
    /// Those of them whose circuit is open or half-open.
    pub held: i64,
    /// Endpoints that get nothing.
    pub disabled: i64,
    /// Since when the oldest event could have been sent to an enabled endpoint.
    pub due_since: Option<DateTime<Utc>>,
}

/// The state of queues, deadlines and processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub queues: Vec<QueueStanding>,
    pub deadlines: Deadlines,
    /// Push services that are left alone because they fail.
    pub push_services_held: i64,
    pub webhooks: Webhooks,
    pub present: Present,
}

impl Standing {
    /// Registers the series.
    pub fn register(&self, registry: &mut Registry, now: DateTime<Utc>) {
        self.register_queues(registry, now);
        self.register_deadlines(registry, now);
        let held = Gauge::<i64>::default();
        held.set(self.push_services_held);
        registry.register(
            "push_services_held",
            "Push services whose circuit is open or half-open, since they fail",
            held,
        );
        self.register_webhooks(registry, now);
        let processes = Family::<RoleLabel, Gauge>::default();
        for role in Role::ALL {
            let role_label = RoleLabel {
                role: role.as_str(),
            };
            let running = processes.get_or_create(&role_label);
            running.set(count(self.present.running(*role)));
        }
        registry.register("processes", "Processes that are there, by role", processes);
    }

    fn register_queues(&self, registry: &mut Registry, now: DateTime<Utc>) {
        let queues = Queues::default();
        for standing in &self.queues {
            let workers = match &standing.queue {
                QueueName::Known(queue) => self.present.serving(*queue),
                // Processes of the release that has this queue report its workers.
                QueueName::Unknown(_) => 0,
            };
            queues.add(standing, count(workers), now);
        }
        queues.register(registry);
    }

    fn register_webhooks(&self, registry: &mut Registry, now: DateTime<Utc>) {
        let endpoints = Family::<StateLabel, Gauge>::default();
        for (state, count) in [
            ("enabled", self.webhooks.enabled),
            ("held", self.webhooks.held),
            ("disabled", self.webhooks.disabled),
        ] {
            endpoints.get_or_create(&StateLabel { state }).set(count);
        }
        registry.register(
            "webhooks",
            "Webhooks: enabled, held (those of them whose circuit is open or half-open, since they fail), and disabled",
            endpoints,
        );
        let oldest = Seconds::default();
        oldest.set(age(self.webhooks.due_since, now));
        registry.register(
            "webhook_oldest_seconds",
            "How long the oldest event for an enabled webhook has waited since it could have been sent",
            oldest,
        );
    }

    fn register_deadlines(&self, registry: &mut Registry, now: DateTime<Utc>) {
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

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
