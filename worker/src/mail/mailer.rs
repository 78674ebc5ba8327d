//! Sends mails: by SMTP, or into a folder.

use super::{MailError, MailSetupError, TextEncoding, files::Files, smtp::Smtp};
use chrono::{DateTime, Utc};
use lettre::Message;
use platform::config::MailTransport;
use std::time::Duration;
use uuid::Uuid;

/// Metadata of a mail, for file names.
#[derive(Debug, Clone, Copy)]
pub struct MailMeta {
    /// The instant of the event.
    pub at: DateTime<Utc>,
    /// What the mail tells.
    pub name: &'static str,
    /// The notification or the digest.
    pub id: Uuid,
}

/// Time limits for a mail server.
#[derive(Debug, Clone, Copy)]
pub struct SmtpTimeouts {
    /// From the connection until the server asks for the text.
    pub until_the_text: Duration,
    /// From sending the text until the server confirms it.
    pub for_the_text: Duration,
}

impl SmtpTimeouts {
    /// The limits in production: a server that hangs is given up soon, but not after it was sent
    /// the text. A client that disconnects then does not know whether the mail is sent, and sends
    /// it again. RFC 5321 asks for ten minutes (section 4.5.3.2.6).
    pub const USUAL: Self = Self {
        until_the_text: Duration::from_secs(20),
        for_the_text: Duration::from_mins(10),
    };
}

/// The transport of mails: SMTP or files.
#[derive(Debug)]
pub struct Mailer(Transport);

#[derive(Debug)]
enum Transport {
    Smtp(Box<Smtp>),
    Files(Files),
}

impl Mailer {
    /// The configured transport, with these time limits. Nothing is connected or written yet.
    ///
    /// # Errors
    /// `SMTP_URL` cannot be used.
    pub fn new(transport: &MailTransport, timeouts: SmtpTimeouts) -> Result<Self, MailSetupError> {
        let transport = match transport {
            MailTransport::Smtp(url) => Transport::Smtp(Box::new(Smtp::new(url, timeouts)?)),
            MailTransport::Files(folder) => Transport::Files(Files::new(folder.clone())),
        };
        Ok(Self(transport))
    }

    /// How the texts of its mails are encoded. Servers need not accept more than ASCII; people read the
    /// files.
    #[must_use]
    pub const fn encoding(&self) -> TextEncoding {
        match self.0 {
            Transport::Smtp(_) => TextEncoding::Ascii,
            Transport::Files(_) => TextEncoding::AsIs,
        }
    }

    /// Checks that mails can be sent, without sending one: connects, encrypts and logs in; or writes
    /// into the folder.
    ///
    /// # Errors
    /// The server is unreachable or rejects the login; the folder is not writable.
    pub async fn check(&self) -> Result<(), MailError> {
        match &self.0 {
            Transport::Smtp(server) => server.check().await,
            Transport::Files(folder) => folder.check(),
        }
    }

    /// Sends a mail. After an error it may still have arrived.
    ///
    /// # Errors
    /// The server rejected it, or nobody knows whether it was accepted.
    pub async fn send(&self, meta: &MailMeta, mail: Message) -> Result<(), MailError> {
        match &self.0 {
            Transport::Smtp(server) => server.send(mail).await,
            Transport::Files(folder) => folder.write(meta, &mail).await,
        }
    }
}
