//! How mails leave: through a server, or into a folder.

use super::{MailError, MailSetupError, files::Files, smtp::Smtp};
use chrono::{DateTime, Utc};
use lettre::Message;
use shared::{config::MailTransport, ids::NotificationId, notifications::Template};
use std::time::Duration;

/// What a mail is known by in the house.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// When that happened of which it tells.
    pub at: DateTime<Utc>,
    /// What it tells.
    pub template: Template,
    /// The notification.
    pub id: NotificationId,
}

/// The way out.
#[derive(Debug)]
pub struct Mailer(Way);

#[derive(Debug)]
enum Way {
    Smtp(Box<Smtp>),
    Files(Files),
}

impl Mailer {
    /// How long a server may take for a mail, from being reached to its last answer: less than the grace after
    /// a lease (`shared::jobs::ledger::grace`), unless leases are set to be short.
    pub const LIMIT: Duration = Duration::from_secs(20);

    /// The configured way, on which a mail may take so long. Nothing is connected or written yet.
    ///
    /// # Errors
    /// `SMTP_URL` cannot be used.
    pub fn new(transport: &MailTransport, limit: Duration) -> Result<Self, MailSetupError> {
        let way = match transport {
            MailTransport::Smtp(url) => Way::Smtp(Box::new(Smtp::new(url, limit)?)),
            MailTransport::Files(folder) => Way::Files(Files::new(folder.clone())),
        };
        Ok(Self(way))
    }

    /// Sends a mail. It may have arrived although this fails.
    ///
    /// # Errors
    /// It was refused, or nobody knows whether it was taken.
    pub async fn send(&self, label: &Label, mail: Message) -> Result<(), MailError> {
        match &self.0 {
            Way::Smtp(server) => server.send(mail).await,
            Way::Files(folder) => folder.write(label, &mail).await,
        }
    }
}
