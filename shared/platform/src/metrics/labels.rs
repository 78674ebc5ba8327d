//! What series are told apart by. Every label has few values, which some release has written down: names
//! of routes, jobs, queues, channels and events, never paths, addresses or ids. Pure.

use domain::queue::{Queue, QueueName};
use prometheus_client::encoding::EncodeLabelSet;
use std::borrow::Cow;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// The route's pattern, `unmatched` where there is none.
    pub route: String,
    pub method: &'static str,
    /// `2xx`, `4xx` …
    pub status: &'static str,
}

/// A run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct JobRun {
    pub job: &'static str,
    pub outcome: &'static str,
}

/// Something of a queue.
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

/// The word of a queue, as a label.
pub fn word(queue: &QueueName) -> Cow<'static, str> {
    match queue {
        QueueName::Known(queue) => queue.as_str().into(),
        QueueName::Unknown(name) => name.clone().into(),
    }
}

/// An attempt to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Delivery {
    pub channel: &'static str,
    pub outcome: &'static str,
}

/// Something that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Event {
    pub event: &'static str,
}

/// Any method that is none of HTTP's usual ones is `other`: callers can make up as many as they like.
pub fn method(method: &str) -> &'static str {
    const USUAL: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    USUAL
        .into_iter()
        .find(|usual| *usual == method)
        .unwrap_or("other")
}

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
