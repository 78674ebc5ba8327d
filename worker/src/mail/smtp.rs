//! Sends mails through a server, over connections that are kept for the next mail.
//!
//! lettre gives its connections no time limit, and puts one whose sending was cut short back into
//! its pool in the middle of the conversation: the next mail would take the late answer to this
//! one for its own. So a transport of one connection is lent to one mail at a time, and is given
//! back only when the conversation came to an end.

use super::{MailError, MailSetupError};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    error::Error,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How long a mail may take, from connecting to the last answer.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(20);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// A server, and the connections to it that are free.
#[derive(Debug)]
pub(super) struct Smtp {
    builder: AsyncSmtpTransportBuilder,
    free: Mutex<Vec<Transport>>,
    limit: Duration,
}

impl Smtp {
    pub fn new(url: &SecretString, limit: Duration) -> Result<Self, MailSetupError> {
        let builder = Transport::from_url(url.expose_secret())
            .map_err(|error| MailSetupError::Url(reason(&error)))?
            .timeout(Some(limit))
            .pool_config(PoolConfig::new().max_size(1));
        Ok(Self {
            builder,
            free: Mutex::default(),
            limit,
        })
    }

    pub async fn send(&self, mail: Message) -> Result<(), MailError> {
        let transport = self.take();
        let answer = tokio::time::timeout(self.limit, transport.send(mail))
            .await
            .map_err(|_| MailError::TimedOut)?;
        self.give_back(transport);
        answer?;
        Ok(())
    }

    fn take(&self) -> Transport {
        let free = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        free.unwrap_or_else(|| self.builder.clone().build())
    }

    fn give_back(&self, transport: Transport) {
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(transport);
    }
}

/// Why lettre does not like a URL. It says what is missing and does not repeat the URL.
fn reason(error: &lettre::transport::smtp::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_cannot_be_used_is_explained_without_its_password() {
        for url in [
            "smtp://user:hidden@host:port",
            "smtp://user:hidden@",
            "smtp://user:hidden@host?tls=perhaps",
            "smtp://user:hidden%FF@host",
        ] {
            let problem = Smtp::new(&url.into(), TIME_LIMIT).unwrap_err();
            let problem = format!("{problem} {problem:?}");
            assert!(problem.contains("SMTP_URL"), "{problem}");
            assert!(!problem.contains("hidden"), "{problem}");
        }
    }
}
