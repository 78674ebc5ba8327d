//! The counters and histograms of this process. They contain nothing about a ticket or a person.
//!
//! Work of this process is counted here as it happens; of the rest of the program only the names of
//! queues and channels are known. The state of the queues, the deadlines and the other processes is
//! read from the database at a scrape (`actions::standing`).

pub mod labels;
pub mod machine;

use domain::{channel::Channel, queue::Queue, text_enum};
use labels::{Delivery, Event, JobRun, OfChannel, OfQueue, Request, Webhook};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// The counters of a process.
pub struct Metrics {
    registry: Registry,
    requests: Durations<Request>,
    runs: Durations<JobRun>,
    waits: Durations<OfQueue>,
    deliveries: Family<Delivery, Counter>,
    ages: Durations<OfChannel>,
    webhooks: Family<Webhook, Counter>,
    events: Family<Event, Counter>,
    begins: Histogram,
    job_connections: Gauge,
    live_clients: Gauge,
    live_behind: Counter,
    relay: Mutex<Relay>,
}

/// The state of this process's relay.
#[derive(Debug, Clone, Copy, Default)]
pub struct Relay {
    /// The instant of its last pass; `None` without a relay.
    pub passed: Option<Instant>,
    /// Whether jobs run without Redis.
    pub without_redis: bool,
}

/// The outcome of a delivery attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The provider accepted it.
    Sent,
    /// It was no longer due.
    Dropped,
    /// It waits until the address is confirmed.
    Held,
    /// Nobody knows whether the provider accepted it, and it is not sent again.
    Unknown,
    /// It failed, and is retried.
    Delayed,
    /// It failed permanently.
    Failed,
    /// It was not tried: the address refused several messages.
    Undeliverable,
}

impl Reached {
    const ALL: [Self; 7] = [
        Self::Sent,
        Self::Dropped,
        Self::Held,
        Self::Unknown,
        Self::Delayed,
        Self::Failed,
        Self::Undeliverable,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dropped => "dropped",
            Self::Held => "held",
            Self::Unknown => "unknown",
            Self::Delayed => "delayed",
            Self::Failed => "failed",
            Self::Undeliverable => "undeliverable",
        }
    }
}

text_enum! {
    /// The outcome of an attempt to tell a webhook of an event.
    pub enum WebhookOutcome {
        /// The endpoint accepted it.
        Delivered = "delivered",
        /// It failed, and is tried again.
        Delayed = "delayed",
        /// It failed, and is not tried again.
        Exhausted = "exhausted",
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("support"),
            requests: Family::new_with_constructor(request_buckets),
            runs: Family::new_with_constructor(job_buckets),
            waits: Family::new_with_constructor(job_buckets),
            deliveries: Family::default(),
            ages: Family::new_with_constructor(age_buckets),
            webhooks: Family::default(),
            events: Family::default(),
            begins: request_buckets(),
            job_connections: Gauge::default(),
            live_clients: Gauge::default(),
            live_behind: Counter::default(),
            relay: Mutex::default(),
        };
        // Series that begin at zero, so that their first event is visible as an increase.
        for channel in Channel::ALL {
            drop(metrics.ages.get_or_create(&OfChannel::from(*channel)));
            for reached in Reached::ALL {
                drop(
                    metrics
                        .deliveries
                        .get_or_create(&delivery(*channel, reached)),
                );
            }
        }
        for outcome in WebhookOutcome::ALL {
            drop(metrics.webhooks.get_or_create(&Webhook::from(*outcome)));
        }
        for queue in Queue::ALL {
            drop(metrics.waits.get_or_create(&OfQueue::from(*queue)));
        }
        metrics.registered()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "http_request_duration_seconds",
            "How long requests took, by route, method and class of status",
            self.requests.clone(),
        );
        registry.register(
            "job_run_duration_seconds",
            "How long runs of jobs took, by job and outcome",
            self.runs.clone(),
        );
        registry.register(
            "job_wait_seconds",
            "How long jobs had been due when their run began, by queue",
            self.waits.clone(),
        );
        registry.register(
            "deliveries",
            "Attempts to reach people, by channel and outcome",
            self.deliveries.clone(),
        );
        registry.register(
            "delivery_age_seconds",
            "How long after a delivery was first due its provider accepted it, by channel",
            self.ages.clone(),
        );
        registry.register(
            "webhook_attempts",
            "Attempts to tell webhooks of events, by outcome",
            self.webhooks.clone(),
        );
        registry.register(
            "ticket_events",
            "What happened to tickets, deadlines near (sla_at_risk) and passed (sla_breached) among it",
            self.events.clone(),
        );
        registry.register(
            "database_begin_seconds",
            "How long it took to get a connection and begin a transaction",
            self.begins.clone(),
        );
        registry.register(
            "job_connections_allowed",
            "Connections that jobs of this process may hold at a time, by the pace of the database",
            self.job_connections.clone(),
        );
        registry.register(
            "live_clients",
            "Connections of this process that follow events: sockets, streams and long polls",
            self.live_clients.clone(),
        );
        registry.register(
            "live_events_behind",
            "Events that a client was too slow to take at once, so that it caught up later",
            self.live_behind.clone(),
        );
        self
    }

    /// Counts an answered request. `route` is a pattern, never a path.
    pub fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let request = Request {
            route: route.to_owned(),
            method: labels::method(method),
            status: labels::status(status),
        };
        let requests = self.requests.get_or_create(&request);
        requests.observe(took.as_secs_f64());
    }

    /// Counts a run of a job.
    pub fn job(&self, job: &'static str, outcome: &'static str, took: Duration) {
        let runs = self.runs.get_or_create(&JobRun { job, outcome });
        runs.observe(took.as_secs_f64());
    }

    /// Records how long a job had been due when its run began.
    pub fn waited(&self, queue: Queue, due_for: Duration) {
        let waits = self.waits.get_or_create(&OfQueue::from(queue));
        waits.observe(due_for.as_secs_f64());
    }

    /// Counts a delivery attempt.
    pub fn delivery(&self, channel: Channel, reached: Reached) {
        self.deliveries
            .get_or_create(&delivery(channel, reached))
            .inc();
    }

    /// Records how long after a delivery was first due its provider accepted it.
    pub fn delivered(&self, channel: Channel, age: Duration) {
        let ages = self.ages.get_or_create(&OfChannel::from(channel));
        ages.observe(age.as_secs_f64());
    }

    /// Counts an attempt to tell a webhook of an event.
    pub fn webhook(&self, outcome: WebhookOutcome) {
        self.webhooks.get_or_create(&Webhook::from(outcome)).inc();
    }

    /// Counts a committed ticket event.
    pub fn event(&self, event: &'static str) {
        self.events.get_or_create(&Event { event }).inc();
    }

    /// Counts a client that follows events, until it leaves.
    pub fn live_client_joined(&self) {
        self.live_clients.inc();
    }

    /// A client that followed events has left.
    pub fn live_client_left(&self) {
        self.live_clients.dec();
    }

    /// Counts an event that a client could not take in time, so that it has to catch up.
    pub fn live_event_behind(&self) {
        self.live_behind.inc();
    }

    /// Records how long a transaction took to begin.
    pub fn began(&self, took: Duration) {
        self.begins.observe(took.as_secs_f64());
    }

    /// Sets how many connections jobs of this process may hold.
    pub fn job_connections_allowed(&self, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.job_connections.set(count);
    }

    /// Records a pass of this process's relay.
    pub fn relay_passed(&self, without_redis: bool) {
        *self.relay.lock().unwrap_or_else(PoisonError::into_inner) = Relay {
            passed: Some(Instant::now()),
            without_redis,
        };
    }

    /// The registry of all counters, for a scrape.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The state of the relay at its last pass.
    pub fn relay(&self) -> Relay {
        *self.relay.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn delivery(channel: Channel, reached: Reached) -> Delivery {
    Delivery {
        channel: channel.as_str(),
        outcome: reached.as_str(),
    }
}

/// Buckets from 5 ms to the 30 s limit of a request.
fn request_buckets() -> Histogram {
    Histogram::new([
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ])
}

/// Buckets from 5 ms to an hour.
fn job_buckets() -> Histogram {
    Histogram::new([
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0,
    ])
}

/// Buckets from a tenth of a second to the day for which failed deliveries may be tried again.
fn age_buckets() -> Histogram {
    Histogram::new([
        0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0,
    ])
}
