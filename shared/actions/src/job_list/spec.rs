//! The row of a job: everything that is fixed about it, with defaults for what most jobs have in common. Pure.

use crate::job_list::Delivery;
use chrono::TimeDelta;
use domain::{ids::TicketId, queue::Queue};
use jobs::{policy::Policy, retry::Backoff};
use std::time::Duration;

/// The row of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobSpec {
    /// The name under which it is stored, logged and measured: the serde tag.
    pub name: &'static str,
    /// The queue that it waits in.
    pub queue: Queue,
    /// Of jobs with an equal key only one waits at a time.
    pub unique_key: Option<&'static str>,
    /// Which of the jobs in a queue goes first: the higher.
    pub priority: i16,
    /// How often it is tried, at what pace, and how long a run may take.
    pub policy: Policy,
    /// The ticket that it is about, where the payload names one. Logs show it.
    pub ticket: Option<TicketId>,
    /// What it delivers, if it is a delivery: one that is given up is on record as failed.
    pub delivers: Option<Delivery>,
}

/// The row of a job that may wait many times over and goes after the urgent ones.
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
    /// Urgent: it goes before the others of its queue.
    pub(super) const fn urgent(mut self) -> Self {
        self.priority = 10;
        self
    }

    /// One that says what to look at rather than what to do, so that only one waits at a time.
    ///
    /// Only the scheduler enqueues such jobs: two transactions that insert the same key wait for
    /// each other, which no request may be made to do.
    pub(super) const fn unique(mut self) -> Self {
        self.unique_key = Some(self.name);
        self
    }

    /// About a ticket.
    pub(super) const fn about(mut self, ticket: TicketId) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// A delivery.
    pub(super) const fn delivering(mut self, delivery: Delivery) -> Self {
        self.delivers = Some(delivery);
        self
    }
}

/// How a job is tried: attempts; the first delay and the longest, in seconds; the limit of a run.
pub(super) const fn tried(attempts: i32, (first, longest): (i64, i64), limit: Duration) -> Policy {
    Policy {
        attempts,
        backoff: Backoff {
            first: TimeDelta::seconds(first),
            longest: TimeDelta::seconds(longest),
        },
        limit,
    }
}
