//! What can go wrong with a mail, and whether another attempt may help. What goes into the log
//! (`Display` and the sources) repeats neither addresses nor answers of the server, which do.

use lettre::{
    address::AddressError,
    transport::smtp::{
        self,
        response::{Category, Code},
    },
};
use shared::error::Chain;
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
    /// No server, or a conversation that broke off.
    #[error("the mail server could not be talked to")]
    Conversation(#[source] smtp::Error),
    /// The server kept silent.
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
    /// Whether another attempt may help.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Address(_) | Self::Render(_) | Self::Compose(_) => Verdict::Permanent,
            Self::Refused { verdict, .. } => *verdict,
            Self::Conversation(_) | Self::TimedOut | Self::File(_) => Verdict::Temporary,
        }
    }

    /// The whole of it on one line, to be kept with the notification.
    #[must_use]
    pub fn for_record(&self) -> String {
        let mut record = Chain(self).to_string();
        if let Self::Refused { answer, .. } = self {
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
            return Self::Conversation(error);
        };
        // x3z speaks of the login (RFC 4954, section 6): of our password, not of this mail.
        let verdict = if error.is_permanent() && code.category != Category::Unspecified3 {
            Verdict::Permanent
        } else {
            Verdict::Temporary
        };
        let answer = error.source().map(ToString::to_string).unwrap_or_default();
        Self::Refused {
            code,
            verdict,
            answer,
        }
    }
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
