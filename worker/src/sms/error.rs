//! Why a text message was not sent, or nobody knows whether it was. The texts name no number and repeat nothing that a
//! provider wrote, which may name one: only statuses and codes.

use crate::mail::Verdict;
use chrono::TimeDelta;
use jobs::circuit::ProviderFailure;
use platform::outbound::CallError;

/// Why a text message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// The provider got nothing of the message.
    #[error("the provider of text messages cannot be reached")]
    Unreachable(#[source] CallError),
    /// The provider rejects what is the same for all messages: its settings have to be corrected.
    #[error("the provider of text messages turned us away: {0}")]
    TurnedAway(Complaint),
    /// The provider throttles us. It processed nothing.
    #[error("the provider of text messages asked us to slow down")]
    SlowDown {
        /// The pause that it asked for.
        pause: Option<TimeDelta>,
    },
    /// The provider rejects the number for good.
    #[error("the provider of text messages refused the number, with the code {0}")]
    Number(i64),
    /// The provider rejects our sender for this recipient, such as a name that the country does not allow.
    #[error("the provider of text messages refused the sender for this number, with the code {0}")]
    Sender(i64),
    /// The provider rejects this message for good.
    #[error("the provider of text messages refused the message, with the code {0}")]
    Refused(i64),
    /// The provider failed, and said that it did not send the message.
    #[error("the provider of text messages could not send the message, with the code {0}")]
    Failed(i64),
    /// The message went out, and nobody knows whether the provider accepted it.
    #[error("nobody knows whether the provider of text messages accepted the message")]
    Unknown(#[source] Doubt),
    /// The folder for text messages is not writable.
    #[error("the text message could not be written to its folder")]
    File(#[source] std::io::Error),
}

/// What a provider rejects of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// The account, its key or its state.
    #[error("it does not accept the account or its key")]
    Account,
    /// The sender, for every recipient.
    #[error("it does not know the sender")]
    Sender,
    /// The account has no money left.
    #[error("the account has no balance left")]
    Balance,
    /// The address of the API leads elsewhere.
    #[error("the address of its API is wrong, or redirects")]
    Address,
}

/// Why nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum Doubt {
    /// There was no complete response.
    #[error("there was no complete response")]
    NoResponse(#[source] CallError),
    /// It failed, and may have sent the message before.
    #[error("it responded with the status {0}")]
    Status(u16),
    /// Its response is none of those that its documents name.
    #[error("its response, with the status {0}, could not be understood")]
    Unreadable(u16),
}

impl SmsError {
    /// Whether another attempt may succeed.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Number(_) | Self::Sender(_) | Self::Refused(_) | Self::Unknown(_) => {
                Verdict::Permanent
            }
            Self::Unreachable(_)
            | Self::TurnedAway(_)
            | Self::SlowDown { .. }
            | Self::Failed(_)
            | Self::File(_) => Verdict::Temporary,
        }
    }

    /// The provider failure, if the error says something about the provider rather than the message.
    #[must_use]
    pub const fn failure(&self) -> Option<ProviderFailure> {
        match self {
            Self::Unreachable(_) | Self::TurnedAway(_) => Some(ProviderFailure::Unreachable),
            Self::SlowDown { .. } => Some(ProviderFailure::SlowDown),
            Self::Unknown(_) => Some(ProviderFailure::BrokeOff),
            Self::Number(_)
            | Self::Sender(_)
            | Self::Refused(_)
            | Self::Failed(_)
            | Self::File(_) => None,
        }
    }

    /// Whether the provider responded and judged this message for its own sake.
    #[must_use]
    pub const fn was_judged(&self) -> bool {
        matches!(
            self,
            Self::Number(_) | Self::Sender(_) | Self::Refused(_) | Self::Failed(_)
        )
    }

    /// The pause that the provider asked for.
    #[must_use]
    pub const fn pause(&self) -> Option<TimeDelta> {
        match self {
            Self::SlowDown { pause } => *pause,
            Self::Unreachable(_)
            | Self::TurnedAway(_)
            | Self::Number(_)
            | Self::Sender(_)
            | Self::Refused(_)
            | Self::Failed(_)
            | Self::Unknown(_)
            | Self::File(_) => None,
        }
    }
}
