//! Errors of mails, and whether a retry may succeed. Their log texts (`Display` and the sources)
//! contain neither addresses nor responses of the server, which may contain addresses.

use chrono::{DateTime, Utc};
use jobs::circuit::ProviderFailure;
use lettre::{
    address::AddressError,
    transport::smtp::{
        self,
        response::{Category, Code, Severity},
    },
};
use platform::error_chain::Chain;
use std::error::Error;

/// The longest stored error, in characters.
const LONGEST_RECORD: usize = 500;

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The recipient's address is invalid.
    #[error("the recipient's address cannot be used")]
    Address(#[source] AddressError),
    /// A template failed.
    #[error("the mail could not be rendered")]
    Render(#[source] minijinja::Error),
    /// The parts do not form a valid mail.
    #[error("the mail could not be composed")]
    Compose(#[source] lettre::error::Error),
    /// The server rejected the mail, for now or permanently.
    #[error("the mail server answered {code}")]
    Refused {
        /// The response code.
        code: Code,
        /// What was refused.
        about: About,
        /// Whether the rejection is permanent.
        verdict: Verdict,
        /// The response text, which may name the recipient.
        answer: String,
    },
    /// The server is down, or the connection failed.
    #[error("the mail server cannot be reached")]
    Unreachable(#[source] smtp::Error),
    /// The server did not greet in time.
    #[error("the mail server did not greet in time")]
    NoGreeting,
    /// The server rejected the connection or the login.
    #[error("the mail server turned us away with {code}")]
    TurnedAway {
        /// The response code.
        code: Code,
        /// The response text.
        answer: String,
    },
    /// The server lacks the extension for an address or a text beyond ASCII.
    #[error("the mail server cannot take such a mail: it is not ASCII alone")]
    Unsuited,
    /// The server aborted the conversation.
    #[error("the mail server broke off the conversation")]
    BrokeOff(#[source] smtp::Error),
    /// The server stopped responding with the mail half sent.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// The folder for mails is not writable.
    #[error("the mail could not be written to its folder")]
    File(#[source] std::io::Error),
}

/// What a server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The mail, or its sender.
    Mail,
    /// The address of the recipient.
    Recipient,
}

/// Whether a rejected mail may be accepted later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A retry may succeed.
    Temporary,
    /// A retry will not succeed.
    Permanent,
    /// No retry before this instant. The attempt does not count.
    HeldUntil(DateTime<Utc>),
}

impl MailError {
    /// The error of a connection that failed before any mail: it says nothing about the mail.
    pub(super) fn before_the_mail(error: smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self::TurnedAway {
                code,
                answer: response_text(&error),
            },
            None => Self::Unreachable(error),
        }
    }

    /// Whether a retry may succeed.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Address(_) | Self::Render(_) | Self::Compose(_) => Verdict::Permanent,
            Self::Refused { verdict, .. } => *verdict,
            Self::Unreachable(_)
            | Self::NoGreeting
            | Self::TurnedAway { .. }
            | Self::Unsuited
            | Self::BrokeOff(_)
            | Self::TimedOut
            | Self::File(_) => Verdict::Temporary,
        }
    }

    /// The provider failure, if the error says something about the server rather than the mail.
    #[must_use]
    pub fn trouble(&self) -> Option<ProviderFailure> {
        match self {
            Self::Unreachable(_) | Self::NoGreeting => Some(ProviderFailure::Unreachable),
            Self::TurnedAway { code, answer } | Self::Refused { code, answer, .. }
                if throttles(*code, answer) =>
            {
                Some(ProviderFailure::SlowDown)
            }
            Self::TurnedAway { .. } => Some(ProviderFailure::Unreachable),
            Self::BrokeOff(_) | Self::TimedOut => Some(ProviderFailure::BrokeOff),
            Self::Address(_)
            | Self::Render(_)
            | Self::Compose(_)
            | Self::Refused { .. }
            | Self::Unsuited
            | Self::File(_) => None,
        }
    }

    /// Whether the server responded and rejected this mail for its own sake.
    #[must_use]
    pub fn was_judged(&self) -> bool {
        matches!(self, Self::Refused { .. }) && self.trouble().is_none()
    }

    /// The error of a command that names the recipient.
    pub(super) fn of_recipient(error: smtp::Error) -> Self {
        match Self::from(error) {
            Self::Refused {
                code,
                verdict,
                answer,
                ..
            } => Self::Refused {
                code,
                about: About::Recipient,
                verdict,
                answer,
            },
            other => other,
        }
    }

    /// Whether the server says that there is no such mailbox, or that it takes no mails. A refusal for other reasons, such
    /// as our reputation, says nothing of the address (RFC 3463, sections 3.2 and 3.3).
    #[must_use]
    pub fn refuses_the_address(&self) -> bool {
        let Self::Refused {
            about: About::Recipient,
            verdict: Verdict::Permanent,
            answer,
            ..
        } = self
        else {
            return false;
        };
        let status = answer.split_whitespace().next().unwrap_or_default();
        let has_status = status.starts_with("5.") && status.split('.').count() == 3;
        !has_status || status.starts_with("5.1.") || status == "5.2.1"
    }

    /// The error with the server's response on one line, to be stored with the notification.
    #[must_use]
    pub fn for_record(&self) -> String {
        let mut record = Chain(self).to_string();
        if let Self::Refused { answer, .. } | Self::TurnedAway { answer, .. } = self {
            record = format!("{record}: {answer}");
        }
        super::view::one_line(&record)
            .chars()
            .take(LONGEST_RECORD)
            .collect()
    }
}

impl From<smtp::Error> for MailError {
    fn from(error: smtp::Error) -> Self {
        let Some(code) = error.status() else {
            return Self::BrokeOff(error);
        };
        // x3z concerns the login (RFC 4954, section 6): our password, not this mail.
        let verdict = if error.is_permanent() && code.category != Category::Unspecified3 {
            Verdict::Permanent
        } else {
            Verdict::Temporary
        };
        Self::Refused {
            code,
            about: About::Mail,
            verdict,
            answer: response_text(&error),
        }
    }
}

fn response_text(error: &smtp::Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

/// Whether the server throttles us. 421 concerns the server (RFC 5321, section 3.8), and a
/// temporary rejection with the status X.7.x its policy (RFC 3463, section 3.8): providers use both
/// to report too many mails.
fn throttles(code: Code, answer: &str) -> bool {
    let temporary = code.severity == Severity::TransientNegativeCompletion;
    temporary && (u16::from(code) == 421 || answer.trim_start().starts_with("4.7."))
}

/// A configuration with which no mail can be sent. Passwords are not repeated.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// `MAIL_FROM` is invalid.
    #[error("MAIL_FROM must be an address, or a name and an <address>")]
    From(#[source] AddressError),
    /// `SMTP_URL` is invalid.
    #[error(
        "SMTP_URL must be smtp://host:port, with user:password@ before and ?tls=required or ?tls=opportunistic behind, or smtps://: {0}"
    )]
    Url(String),
    /// The key of the signatures cannot be read.
    #[error(
        "DKIM_KEY_FILE must be a readable file with an RSA key in PKCS#1 (`openssl genrsa -traditional 2048`)"
    )]
    Dkim(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A template is invalid.
    #[error("the mail templates cannot be read")]
    Templates(#[source] minijinja::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_is_told_from_the_rejection_of_a_mail() {
        for (code, answer, throttled) in [
            ("421", "4.7.0 try again later", true),
            ("421", "closing", true),
            ("450", "4.7.28 unusual rate of mail", true),
            ("451", "4.7.500 server busy", true),
            ("450", "4.2.0 greylisted", false),
            ("452", "4.2.2 mailbox full", false),
            ("550", "5.7.1 not allowed", false),
        ] {
            let digits: Vec<u8> = code.bytes().map(|digit| digit - b'0').collect();
            let severity = match digits[0] {
                4 => Severity::TransientNegativeCompletion,
                _ => Severity::PermanentNegativeCompletion,
            };
            let category = match digits[1] {
                2 => Category::Connections,
                _ => Category::MailSystem,
            };
            let detail = match digits[2] {
                0 => lettre::transport::smtp::response::Detail::Zero,
                1 => lettre::transport::smtp::response::Detail::One,
                _ => lettre::transport::smtp::response::Detail::Two,
            };
            let code = Code::new(severity, category, detail);
            assert_eq!(throttles(code, answer), throttled, "{code} {answer}");
        }
    }
}
