//! How mails leave: through a server, or into a folder.

use super::{MailError, MailSetupError, files::Files, smtp::Smtp};
use chrono::{DateTime, Utc};
use domain::{ids::NotificationId, notifications::Template};
use lettre::Message;
use platform::config::MailTransport;
use std::time::Duration;

/// What a mail is known by in the house.
#[derive(Debug, Clone, Copy)]
pub struct MailMeta {
    /// When that happened of which it tells.
    pub at: DateTime<Utc>,
    /// What it tells.
    pub template: Template,
    /// The notification.
    pub id: NotificationId,
}

/// How long a server may take.
#[derive(Debug, Clone, Copy)]
pub struct SmtpTimeouts {
    /// From being reached until it asks for the text.
    pub until_the_text: Duration,
    /// To take the text and say that it did.
    pub for_the_text: Duration,
}

impl SmtpTimeouts {
    /// A server that hangs is given up soon, but not once it has the text: whoever goes then does not know
    /// whether the mail is sent, and sends it again. Ten minutes are what RFC 5321 asks for (section 4.5.3.2.6).
    pub const USUAL: Self = Self {
        until_the_text: Duration::from_secs(20),
        for_the_text: Duration::from_mins(10),
    };
}

/// The way out.
#[derive(Debug)]
pub struct Mailer(Transport);

#[derive(Debug)]
enum Transport {
    Smtp(Box<Smtp>),
    Files(Files),
}

impl Mailer {
    /// The configured way, with so much patience. Nothing is connected or written yet.
    ///
    /// # Errors
    /// `SMTP_URL` cannot be used.
    pub fn new(transport: &MailTransport, patience: SmtpTimeouts) -> Result<Self, MailSetupError> {
        let way = match transport {
            MailTransport::Smtp(url) => Transport::Smtp(Box::new(Smtp::new(url, patience)?)),
            MailTransport::Files(folder) => Transport::Files(Files::new(folder.clone())),
        };
        Ok(Self(way))
    }

    /// Sends a mail. It may have arrived although this fails.
    ///
    /// # Errors
    /// It was refused, or nobody knows whether it was taken.
    pub async fn send(&self, label: &MailMeta, mail: Message) -> Result<(), MailError> {
        match &self.0 {
            Transport::Smtp(server) => server.send(mail).await,
            Transport::Files(folder) => folder.write(label, &mail).await,
        }
    }
}
