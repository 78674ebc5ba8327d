//! The channels on which people are told, each with the job that delivers on it. Of ours only the names of queues are
//! imported here. Pure.

use crate::{queue::Queue, text_enum};

text_enum! {
    /// A way to reach a person.
    pub enum Channel {
        /// To the address of the account.
        Email = "email",
    }
}

/// The job that delivers on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelSpec {
    /// Its name, under which it is stored: never changed.
    pub job: &'static str,
    /// Where it waits. Each provider has a queue of its own, or the trouble of one would hold the others.
    pub queue: Queue,
}

impl Channel {
    /// The row of a channel.
    #[must_use]
    pub const fn spec(self) -> ChannelSpec {
        match self {
            Self::Email => ChannelSpec {
                job: "deliver_email",
                queue: Queue::Email,
            },
        }
    }
}
