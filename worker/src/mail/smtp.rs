//! Sends mails by SMTP, over connections that are kept for the next mail.
//!
//! A mail has two parts here: first the connection to the server, which fails for reasons that do
//! not concern the mail, then the mail. lettre's own pool does not tell the two apart, has no time
//! limit, and keeps a connection whose sending was cut short in the middle of the conversation: the
//! next mail would read the late response to this one as its own. So a connection serves one mail
//! at a time, and is kept only when that mail was accepted. lettre also does not tell when a server
//! has the text, after which it needs more time: so this module issues the mail's commands itself.

use super::{
    MailError, MailSetupError, SmtpTimeouts,
    server::{Connection, Server},
};
use lettre::{
    Message,
    address::Envelope,
    transport::smtp::{
        Error,
        commands::{Data, Mail, Rcpt},
        extension::{Extension, MailBodyParameter, MailParameter},
    },
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The time limit until a mail can begin.
const GREETING_LIMIT: Duration = Duration::from_secs(10);
/// The time limit of QUIT.
const QUIT_LIMIT: Duration = Duration::from_secs(1);
/// How long a connection is kept for the next mail.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// A server, and the free connections to it.
pub(super) struct Smtp {
    server: Server,
    free: Mutex<Vec<(Connection, Instant)>>,
    timeouts: SmtpTimeouts,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

impl Smtp {
    /// A transport through the server at a URL. Nothing is connected yet.
    ///
    /// # Errors
    /// The URL is invalid.
    pub fn new(url: &SecretString, timeouts: SmtpTimeouts) -> Result<Self, MailSetupError> {
        Ok(Self {
            server: Server::parse(url.expose_secret())?,
            free: Mutex::default(),
            timeouts,
        })
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// The server is unreachable, rejected the mail, or stopped responding.
    pub async fn send(&self, mail: Message) -> Result<(), MailError> {
        let begun = Instant::now();
        let limit = self.timeouts.until_the_text;
        let mut connection = within(
            (limit / 2).min(GREETING_LIMIT),
            MailError::NoGreeting,
            self.connection(),
        )
        .await?
        .map_err(MailError::before_the_mail)?;
        let rest = limit.saturating_sub(begun.elapsed());
        let sent = self.converse(&mut connection, &mail, rest).await;
        match &sent {
            Ok(()) => self.keep(connection),
            Err(MailError::Refused { .. } | MailError::Unsuited) => quit(connection).await,
            Err(_) => {}
        }
        sent
    }

    /// Connects as for a mail, and sends none.
    ///
    /// # Errors
    /// The server is unreachable, does not greet in time, or rejects the connection or the login.
    pub async fn check(&self) -> Result<(), MailError> {
        let connecting = self.server.connect(GREETING_LIMIT);
        let connected = within(GREETING_LIMIT, MailError::NoGreeting, connecting).await?;
        quit(connected.map_err(MailError::before_the_mail)?).await;
        Ok(())
    }

    async fn converse(
        &self,
        connection: &mut Connection,
        mail: &Message,
        until_the_text: Duration,
    ) -> Result<(), MailError> {
        let raw = mail.formatted();
        let options = options(connection, mail.envelope(), &raw)?;
        let beginning = begin_mail(connection, mail.envelope(), options);
        within(until_the_text, MailError::TimedOut, beginning).await??;
        let limit = self.timeouts.for_the_text;
        within(limit, MailError::TimedOut, connection.message(&raw)).await??;
        Ok(())
    }

    /// A kept connection that still responds, or a new one.
    async fn connection(&self) -> Result<Connection, Error> {
        while let Some(mut connection) = self.kept() {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.server.connect(GREETING_LIMIT).await
    }

    fn kept(&self) -> Option<Connection> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.retain(|(_, since)| since.elapsed() < KEPT_FOR);
        free.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: Connection) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push((connection, Instant::now()));
    }
}

/// The MAIL parameters of a mail that is not pure ASCII.
fn options(
    connection: &Connection,
    envelope: &Envelope,
    raw: &[u8],
) -> Result<Vec<MailParameter>, MailError> {
    let mut addresses = envelope.to().iter().chain(envelope.from());
    let mut options = Vec::new();
    for (is_needed, extension, option) in [
        (
            !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()),
            Extension::SmtpUtfEight,
            MailParameter::SmtpUtfEight,
        ),
        (
            !raw.is_ascii(),
            Extension::EightBitMime,
            MailParameter::Body(MailBodyParameter::EightBitMime),
        ),
    ] {
        if is_needed {
            if !connection.server_info().supports_feature(extension) {
                return Err(MailError::Unsuited);
            }
            options.push(option);
        }
    }
    Ok(options)
}

/// Sends the commands up to the point where the server asks for the text.
async fn begin_mail(
    connection: &mut Connection,
    envelope: &Envelope,
    options: Vec<MailParameter>,
) -> Result<(), MailError> {
    let from = envelope.from().cloned();
    connection.command(Mail::new(from, options)).await?;
    for to in envelope.to() {
        let asked = connection.command(Rcpt::new(to.clone(), vec![])).await;
        asked.map_err(MailError::of_recipient)?;
    }
    connection.command(Data).await?;
    Ok(())
}

/// Sends QUIT.
async fn quit(mut connection: Connection) {
    if tokio::time::timeout(QUIT_LIMIT, connection.abort())
        .await
        .is_err()
    {
        tracing::debug!("QUIT to the mail server failed");
    }
}

async fn within<T>(
    limit: Duration,
    late: MailError,
    part: impl Future<Output = T>,
) -> Result<T, MailError> {
    tokio::time::timeout(limit, part).await.map_err(|_| late)
}
