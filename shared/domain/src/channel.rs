//! The channels of notifications, each with its delivery job. This file imports only the names of queues, so that
//! configuration and metrics can use it. Pure.

use crate::{queue::Queue, text_enum};

text_enum! {
    /// A channel on which a person is notified.
    pub enum Channel {
        /// E-mail to the address of the account.
        Email = "email",
        /// A message to each device that the person subscribed.
        Push = "push",
        /// A text message to the telephone of the account.
        Sms = "sms",
    }
}

/// The delivery job of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelSpec {
    /// The name under which the job is stored; it never changes.
    pub job: &'static str,
    /// The queue of the job. Each provider has its own queue, since a failing provider must not delay the others.
    pub queue: Queue,
}

impl Channel {
    /// The delivery job of this channel.
    #[must_use]
    pub const fn spec(self) -> ChannelSpec {
        match self {
            Self::Email => ChannelSpec {
                job: "deliver_email",
                queue: Queue::Email,
            },
            Self::Push => ChannelSpec {
                job: "deliver_push",
                queue: Queue::Push,
            },
            Self::Sms => ChannelSpec {
                job: "deliver_sms",
                queue: Queue::Sms,
            },
        }
    }
}
