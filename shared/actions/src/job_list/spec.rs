//! The row of a job: everything that is fixed about it, with defaults for most jobs. Pure.

use crate::job_list::Delivery;
use chrono::TimeDelta;
use domain::{ids::TicketId, queue::Queue};
use jobs::{policy::Policy, retry::Backoff};
use std::time::Duration;

/// The row of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobSpec {
    /// The name in the database, in logs and in metrics: the serde tag.
    pub name: &'static str,
    /// The queue.
    pub queue: Queue,
    /// Only one job with this key waits at a time; `None` for any number.
    pub unique_key: Option<&'static str>,
    /// The job with the higher number goes first: 0, or 10 when urgent.
    pub priority: i16,
    /// Attempts, delays between them, and the longest time of a run.
    pub policy: Policy,
    /// The ticket in the payload, which logs show.
    pub ticket: Option<TicketId>,
    /// The delivery, if the job is one. Its failure is recorded when the job becomes a dead letter.
    pub delivers: Option<Delivery>,
}

/// The row of a job that is neither urgent nor unique.
pub(super) const fn job(name: &'static str, queue: Queue, policy: Policy) -> JobSpec {
    JobSpec {
        name,
        queue,
        unique_key: None,
        priority: 0,
        policy,
        ticket: None,
        delivers: None,
    }
}

impl JobSpec {
    /// Urgent: before the other jobs of its queue.
    pub(super) const fn urgent(mut self) -> Self {
        self.priority = 10;
        self
    }

    /// Unique: only one waits at a time. For sweeps, which find their work by state.
    ///
    /// Only the scheduler enqueues such jobs: two transactions that insert the same key wait for each other,
    /// which a request must not do.
    pub(super) const fn unique(mut self) -> Self {
        self.unique_key = Some(self.name);
        self
    }

    /// With the ticket of the payload.
    pub(super) const fn about(mut self, ticket: TicketId) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// With the delivery of the payload.
    pub(super) const fn delivering(mut self, delivery: Delivery) -> Self {
        self.delivers = Some(delivery);
        self
    }
}

/// The policy of a job: the number of attempts, the delays between them, the longest time of a run.
pub(super) const fn tried(attempts: i32, delays: Delays, limit: Duration) -> Policy {
    Policy {
        attempts,
        backoff: Backoff {
            first: TimeDelta::seconds(delays.first),
            longest: TimeDelta::seconds(delays.longest),
        },
        limit,
    }
}

/// The delays between the attempts of a job, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delays {
    /// After the first failure; it doubles after each further one.
    pub first: i64,
    /// The limit of the doubling.
    pub longest: i64,
}

/// Delays of so many seconds.
pub(super) const fn seconds(first: i64, longest: i64) -> Delays {
    Delays { first, longest }
}
