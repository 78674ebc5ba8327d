//! The labels of the series. Their values are words of the program, never texts of people. Pure.

use domain::queue::QueueName;
use platform::metrics::labels::word;
use prometheus_client::encoding::EncodeLabelSet;
use std::borrow::Cow;

/// A queue and a state of its jobs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct QueueStateLabel {
    queue: Cow<'static, str>,
    state: &'static str,
}

impl QueueStateLabel {
    pub fn new(queue: &QueueName, state: &'static str) -> Self {
        let queue = word(queue);
        Self { queue, state }
    }
}

/// A department and a class of age.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct BacklogLabel {
    pub department: &'static str,
    pub age: &'static str,
}

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct DepartmentLabel {
    pub department: &'static str,
}

/// The role of a process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RoleLabel {
    pub role: &'static str,
}

/// The state of a connection or a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct StateLabel {
    pub state: &'static str,
}

/// The version of the program.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct BuildLabel {
    pub version: &'static str,
}
