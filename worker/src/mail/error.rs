//! What can go wrong with a mail, and whether another attempt may help. What goes into the log
//! (`Display` and the sources) repeats neither addresses nor answers of the server, which do.

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

/// Characters of an error that are kept with a notification.
const LONGEST_RECORD: usize = 500;

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No mail can go to such an address.
    #[error("the recipient's address cannot be used")]
    Address(#[source] AddressError),
    /// A template failed.
    #[error("the mail could not be rendered")]
    Render(#[source] minijinja::Error),
    /// The parts do not make a mail.
    #[error("the mail could not be composed")]
    Compose(#[source] lettre::error::Error),
    /// The server said no, for now or for good.
    #[error("the mail server answered {code}")]
    Refused {
        /// Its code.
        code: Code,
        /// Whether it means now or for good.
        verdict: Verdict,
        /// Its words, which may name the recipient.
        answer: String,
    },
    /// No server, or none that could be talked to.
    #[error("the mail server cannot be reached")]
    Unreachable(#[source] smtp::Error),
    /// The server did not greet.
    #[error("the mail server did not greet in time")]
    NoGreeting,
    /// The server wants nothing of us: it said no to the greeting or to the login.
    #[error("the mail server turned us away with {code}")]
    TurnedAway {
        /// Its code.
        code: Code,
        /// Its words.
        answer: String,
    },
    /// The server cannot take such a mail: an address or a text beyond ASCII, without the extension.
    #[error("the mail server cannot take such a mail: it is not ASCII alone")]
    Unsuited,
    /// A conversation that broke off.
    #[error("the mail server broke off the conversation")]
    BrokeOff(#[source] smtp::Error),
    /// The server kept silent with the mail half sent.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// The folder for mails cannot be written to.
    #[error("the mail could not be written to its folder")]
    File(#[source] std::io::Error),
}

/// Whether a mail that was refused may be taken another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Temporary,
    /// It will not.
    Permanent,
}

impl MailError {
    /// Why no conversation with the server came about: nothing that has to do with any mail.
    pub(super) fn before_the_mail(error: smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self::TurnedAway {
                code,
                answer: words(&error),
            },
            None => Self::Unreachable(error),
        }
    }

    /// Whether another attempt may help.
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

    /// What it says of the server, rather than of the mail.
    #[must_use]
    pub fn trouble(&self) -> Option<ProviderFailure> {
        match self {
            Self::Unreachable(_) | Self::NoGreeting => Some(ProviderFailure::Unreachable),
            Self::TurnedAway { code, answer } | Self::Refused { code, answer, .. }
                if asks_for_less(*code, answer) =>
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

    /// Whether the server was there, and judged the mail.
    #[must_use]
    pub fn was_judged(&self) -> bool {
        matches!(self, Self::Refused { .. }) && self.trouble().is_none()
    }

    /// The whole of it on one line, to be kept with the notification.
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
        // x3z speaks of the login (RFC 4954, section 6): of our password, not of this mail.
        let verdict = if error.is_permanent() && code.category != Category::Unspecified3 {
            Verdict::Permanent
        } else {
            Verdict::Temporary
        };
        Self::Refused {
            code,
            verdict,
            answer: words(&error),
        }
    }
}

fn words(error: &smtp::Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

/// 421 speaks of the server (RFC 5321, section 3.8), and a temporary refusal with the status X.7.x of
/// its policy (RFC 3463, section 3.8): that is how providers say that there was too much.
fn asks_for_less(code: Code, answer: &str) -> bool {
    let temporary = code.severity == Severity::TransientNegativeCompletion;
    temporary && (u16::from(code) == 421 || answer.trim_start().starts_with("4.7."))
}

/// Why no mail can leave at all: a fault of the configuration. Passwords are not repeated.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// The sender.
    #[error("MAIL_FROM must be an address, or a name and an <address>")]
    From(#[source] AddressError),
    /// The server.
    #[error(
        "SMTP_URL must be smtp://host:port, with user:password@ before and ?tls=required or ?tls=opportunistic behind, or smtps://: {0}"
    )]
    Url(String),
    /// The templates.
    #[error("the mail templates cannot be read")]
    Templates(#[source] minijinja::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_less_is_told_from_what_refuses_a_mail() {
        for (code, answer, asks) in [
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
            assert_eq!(asks_for_less(code, answer), asks, "{code} {answer}");
        }
    }
}
