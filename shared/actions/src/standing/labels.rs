//! What the series of the standing are told apart by: words of ours alone. Pure.

use domain::queue::QueueName;
use platform::metrics::labels::word;
use prometheus_client::encoding::EncodeLabelSet;
use std::borrow::Cow;

/// Something of a queue in a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfQueueInState {
    queue: Cow<'static, str>,
    state: &'static str,
}

impl OfQueueInState {
    pub fn of(queue: &QueueName, state: &'static str) -> Self {
        let queue = word(queue);
        Self { queue, state }
    }
}

/// Processes of a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfRole {
    pub role: &'static str,
}

/// Connections in a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct InState {
    pub state: &'static str,
}

/// The build.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Build {
    pub version: &'static str,
}
