//! Tells people by e-mail: renders what a notification tells, and sends it.

use super::{Delivered, DeliveryChannel, Told, Undelivered};
use crate::mail::{
    AccountView, Links, MailError, MailMeta, MailSetupError, Mailer, Renderer, Sender,
    SmtpTimeouts, View, compose, compose_for_account,
};
use actions::notifications::{account::AccountContent, allowance};
use chrono::{DateTime, Utc};
use domain::notifications::content::Content;
use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};
use platform::{config::Config, context::Context};

/// E-mail.
#[derive(Debug)]
pub struct Email {
    mailer: Mailer,
    renderer: Renderer,
    from: Sender,
    links: Links,
}

impl Email {
    /// E-mail as configured. Nothing is connected yet.
    ///
    /// # Errors
    /// `SMTP_URL` or `MAIL_FROM` cannot be used.
    pub fn new(config: &Config) -> Result<Self, MailSetupError> {
        Self::by(
            Mailer::new(&config.mail.transport, SmtpTimeouts::USUAL)?,
            config,
        )
    }

    /// E-mail as configured, but by this way out.
    ///
    /// # Errors
    /// `MAIL_FROM` cannot be used.
    pub fn by(mailer: Mailer, config: &Config) -> Result<Self, MailSetupError> {
        Ok(Self {
            mailer,
            renderer: Renderer::new()?,
            from: Sender::parse(&config.mail.from)?,
            links: Links {
                public_url: config.http.public_url.clone(),
                secret: config.auth.jwt_secret.clone(),
            },
        })
    }

    /// Sends a notification, unless there is nothing to tell any more or the address is not confirmed
    /// yet. Sent twice, it is the same mail twice, with one Message-ID.
    ///
    /// # Errors
    /// It did not leave, or nobody knows whether it did.
    pub async fn deliver(
        &self,
        content: &Content,
        now: DateTime<Utc>,
    ) -> Result<Delivered, MailError> {
        if !content.is_due(now) {
            return Ok(Delivered::NothingToTell);
        }
        if !content.person.confirmed {
            return Ok(Delivered::Held);
        }
        let view = View::of(content, &self.links);
        let rendered = self
            .renderer
            .render(content.template, &content.person.language, &view)?;
        let mail = compose(content, rendered, &self.from, now)?;
        let label = MailMeta {
            at: content.at,
            template: content.template,
            id: content.id,
        };
        self.mailer.send(&label, mail).await?;
        Ok(Delivered::Sent)
    }

    /// Sends a mail about an account, in the same way.
    ///
    /// # Errors
    /// As there.
    pub async fn deliver_for_account(
        &self,
        content: &AccountContent,
        now: DateTime<Utc>,
    ) -> Result<Delivered, MailError> {
        if !content.is_due(now) {
            return Ok(Delivered::NothingToTell);
        }
        let view = AccountView::of(content, &self.links);
        let template = content.kind.template();
        let language = &content.person.language;
        let rendered = self
            .renderer
            .render_for_account(template, language, &view)?;
        let mail = compose_for_account(content, rendered, &self.from, now)?;
        let label = MailMeta {
            at: content.at,
            template,
            id: content.id,
        };
        self.mailer.send(&label, mail).await?;
        Ok(Delivered::Sent)
    }
}

impl DeliveryChannel for Email {
    /// An address that is not confirmed gets so many mails about its account a day. One about a ticket is held
    /// until it is confirmed, and counts for nothing.
    fn admits<'d>(
        &'d self,
        cx: &'d Context,
        told: &'d Told,
    ) -> BoxFuture<'d, Result<bool, sqlx::Error>> {
        match told {
            Told::Ticket(_) => ready(Ok(true)).boxed(),
            Told::Account(content) => allowance::admit(cx, content.id).boxed(),
        }
    }

    fn send<'d>(
        &'d self,
        told: &'d Told,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, Undelivered>> {
        async move {
            let sent = match told {
                Told::Ticket(content) => self.deliver(content, now).await,
                Told::Account(content) => self.deliver_for_account(content, now).await,
            };
            sent.map_err(Undelivered::from)
        }
        .boxed()
    }
}

impl From<MailError> for Undelivered {
    fn from(error: MailError) -> Self {
        Self {
            trouble: error.trouble(),
            verdict: error.verdict(),
            was_judged: error.was_judged(),
            record: error.for_record(),
            source: error.into(),
        }
    }
}
