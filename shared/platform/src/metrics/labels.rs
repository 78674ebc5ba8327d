//! The labels of the metrics. Every label has few values: names of routes, jobs, queues, channels
//! and events, never paths, addresses or ids. Pure.

use super::WebhookOutcome;
use domain::{
    channel::Channel,
    queue::{Queue, QueueName},
};
use prometheus_client::encoding::EncodeLabelSet;
use std::borrow::Cow;

/// The labels of an answered request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// The pattern of the route; `unmatched` where there is none.
    pub route: String,
    /// The method, in capitals; `other` for an unknown one.
    pub method: &'static str,
    /// The class of the status: `2xx`, `4xx` …
    pub status: &'static str,
}

/// The labels of a job run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct JobRun {
    /// The name of the job.
    pub job: &'static str,
    /// The outcome, as in the log.
    pub outcome: &'static str,
}

/// The label of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfQueue {
    queue: Cow<'static, str>,
}

impl From<&QueueName> for OfQueue {
    fn from(queue: &QueueName) -> Self {
        Self { queue: word(queue) }
    }
}

impl From<Queue> for OfQueue {
    fn from(queue: Queue) -> Self {
        Self {
            queue: queue.as_str().into(),
        }
    }
}

/// The name of a queue, as a label.
#[must_use]
pub fn word(queue: &QueueName) -> Cow<'static, str> {
    match queue {
        QueueName::Known(queue) => queue.as_str().into(),
        QueueName::Unknown(name) => name.clone().into(),
    }
}

/// The label of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfChannel {
    channel: &'static str,
}

impl From<Channel> for OfChannel {
    fn from(channel: Channel) -> Self {
        Self {
            channel: channel.as_str(),
        }
    }
}

/// The labels of a delivery attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Delivery {
    /// The channel.
    pub channel: &'static str,
    /// The outcome of the attempt.
    pub outcome: &'static str,
}

/// The label of an attempt to tell a webhook of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Webhook {
    outcome: &'static str,
}

impl From<WebhookOutcome> for Webhook {
    fn from(outcome: WebhookOutcome) -> Self {
        Self {
            outcome: outcome.as_str(),
        }
    }
}

/// The label of a ticket event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Event {
    /// The name of the event.
    pub event: &'static str,
}

/// The label of an HTTP method; unknown methods are `other`, since clients can invent any number of
/// them.
#[must_use]
pub fn method(method: &str) -> &'static str {
    const USUAL: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    USUAL
        .into_iter()
        .find(|usual| *usual == method)
        .unwrap_or("other")
}

/// The label of an HTTP status: its class, such as `2xx`.
#[must_use]
pub const fn status(status: u16) -> &'static str {
    match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_callers_make_up_are_one() {
        assert_eq!(method("PATCH"), "PATCH");
        assert_eq!(method("patch"), "other");
        assert_eq!(method("X-1234"), "other");
        assert_eq!(status(204), "2xx");
        assert_eq!(status(503), "5xx");
    }
}
