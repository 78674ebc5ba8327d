//! Sends mails through a server, over connections that are kept for the next mail.
//!
//! A mail has two parts here: first a conversation with the server, which fails for reasons that have
//! nothing to do with the mail, then the mail. lettre's own pool tells the two not apart, has no time
//! limit, and keeps a connection whose sending was cut short in the middle of the conversation: the
//! next mail would take the late answer to this one for its own. So a connection is lent to one mail
//! at a time, and is kept only when the conversation came to an end.

use super::{
    MailError, MailSetupError,
    server::{Connection, Server},
};
use lettre::Message;
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long the server may take until a mail can begin.
const GREETING_LIMIT: Duration = Duration::from_secs(10);
/// For how long a connection is kept for the next mail.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// A server, and the connections to it that are free.
pub(super) struct Smtp {
    server: Server,
    free: Mutex<Vec<(Connection, Instant)>>,
    limit: Duration,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

impl Smtp {
    pub fn new(url: &SecretString, limit: Duration) -> Result<Self, MailSetupError> {
        Ok(Self {
            server: Server::parse(url.expose_secret())?,
            free: Mutex::default(),
            limit,
        })
    }

    pub async fn send(&self, mail: Message) -> Result<(), MailError> {
        let begun = Instant::now();
        let greeting = (self.limit / 2).min(GREETING_LIMIT);
        let mut connection = tokio::time::timeout(greeting, self.connection())
            .await
            .map_err(|_| MailError::NoGreeting)?
            .map_err(MailError::before_the_mail)?;
        let raw = mail.formatted();
        let rest = self.limit.saturating_sub(begun.elapsed());
        let answer = tokio::time::timeout(rest, connection.send(mail.envelope(), &raw))
            .await
            .map_err(|_| MailError::TimedOut)?;
        if !connection.has_broken() {
            self.keep(connection);
        }
        answer?;
        Ok(())
    }

    /// A connection that was kept and still answers, or a new one.
    async fn connection(&self) -> Result<Connection, lettre::transport::smtp::Error> {
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
