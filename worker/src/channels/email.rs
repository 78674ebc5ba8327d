//! Delivers notifications by e-mail: renders and sends them.

use super::{Delivered, DeliveryChannel, DeliveryError, NotificationContent};
use crate::mail::{
    Composer, Links, MailError, MailMeta, MailSetupError, Mailer, Rendered, Renderer, Sender,
    Signature, SmtpTimeouts, View,
};
use actions::notifications::{
    account::AccountContent,
    allowance,
    undeliverable::{self, Refusal},
};
use chrono::{DateTime, Utc};
use domain::{
    channel::Channel,
    ids::DigestId,
    notifications::content::{Content, Recipient},
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};
use platform::{config::Config, context::Context};

/// The e-mail channel.
#[derive(Debug)]
pub struct Email {
    mailer: Mailer,
    renderer: Renderer,
    composer: Composer,
    links: Links,
}

impl Email {
    /// The channel as configured. Nothing is connected yet.
    ///
    /// # Errors
    /// `SMTP_URL` or `MAIL_FROM` cannot be used.
    pub fn new(config: &Config) -> Result<Self, MailSetupError> {
        Self::by(
            Mailer::new(&config.mail.transport, SmtpTimeouts::USUAL)?,
            config,
        )
    }

    /// The channel as configured, with another transport.
    ///
    /// # Errors
    /// `MAIL_FROM` cannot be used.
    pub fn by(mailer: Mailer, config: &Config) -> Result<Self, MailSetupError> {
        Ok(Self {
            renderer: Renderer::new(&config.brand)?,
            composer: Composer {
                from: Sender::parse(&config.mail.from)?,
                bounces_to: config.mail.bounces_to.clone(),
                signature: config.mail.dkim.as_ref().map(Signature::read).transpose()?,
                logo: config.brand.logo.clone(),
                encoding: mailer.encoding(),
            },
            mailer,
            links: Links {
                public_url: config.http.public_url.clone(),
                ticket_url: config.http.ticket_url.clone(),
                secret: config.auth.jwt_secret.clone(),
            },
        })
    }

    /// Sends a notification about a ticket, unless the address is not confirmed. Sent twice, it is the same mail with the same Message-ID.
    ///
    /// # Errors
    /// The mail was not accepted, or nobody knows whether it was.
    pub async fn deliver(
        &self,
        content: &Content,
        now: DateTime<Utc>,
    ) -> Result<Delivered, MailError> {
        if !content.person.confirmed {
            return Ok(Delivered::Held);
        }
        let view = View::of_ticket(content, &self.links, now);
        let rendered = self
            .renderer
            .render(content.template, &content.person.language, &view)?;
        let mail = self
            .composer
            .about_ticket(content.id.0, content, rendered, now)?;
        let meta = MailMeta {
            at: content.at,
            name: content.template.as_str(),
            id: content.id.0,
        };
        self.mailer.send(&meta, mail).await?;
        Ok(Delivered::Sent)
    }

    /// Sends the notifications of one person in one mail, in the same way.
    ///
    /// # Errors
    /// The mail was not accepted, or nobody knows whether it was.
    pub async fn deliver_digest(
        &self,
        digest: DigestId,
        contents: &[Content],
        now: DateTime<Utc>,
    ) -> Result<Delivered, MailError> {
        let Some(person) = contents.first().map(|content| &content.person) else {
            return Ok(Delivered::NothingToTell);
        };
        if !person.confirmed {
            return Ok(Delivered::Held);
        }
        let (name, mail) = if let [content] = contents {
            // One that is left alone looks as any other, under the digest's Message-ID: an attempt before may have told more.
            let view = View::of_ticket(content, &self.links, now);
            let language = &person.language;
            let rendered = self.renderer.render(content.template, language, &view)?;
            let mail = self
                .composer
                .about_ticket(digest.0, content, rendered, now)?;
            (content.template.as_str(), mail)
        } else {
            let view = View::of_digest(contents, &self.renderer, &self.links, now)?;
            let rendered = self.renderer.render_digest(&person.language, &view)?;
            let mail = self.composer.about_several(digest, person, rendered, now)?;
            ("digest", mail)
        };
        let meta = MailMeta {
            at: now,
            name,
            id: digest.0,
        };
        self.mailer.send(&meta, mail).await?;
        Ok(Delivered::Sent)
    }

    /// Sends a mail that belongs to no thread.
    pub(super) async fn send_rendered(
        &self,
        id: DigestId,
        to: &Recipient,
        rendered: Rendered,
        now: DateTime<Utc>,
    ) -> Result<(), MailError> {
        let mail = self.composer.about_several(id, to, rendered, now)?;
        let meta = MailMeta {
            at: now,
            name: "test",
            id: id.0,
        };
        self.mailer.send(&meta, mail).await
    }

    /// Sends a notification about an account, in the same way.
    ///
    /// # Errors
    /// The mail was not accepted, or nobody knows whether it was.
    pub async fn deliver_for_account(
        &self,
        content: &AccountContent,
        now: DateTime<Utc>,
    ) -> Result<Delivered, MailError> {
        let view = View::of_account(content, &self.links);
        let template = content.kind.template();
        let language = &content.person.language;
        let rendered = self.renderer.render(template, language, &view)?;
        let mail = self.composer.about_account(content, rendered, now)?;
        let meta = MailMeta {
            at: content.at,
            name: template.as_str(),
            id: content.id.0,
        };
        self.mailer.send(&meta, mail).await?;
        Ok(Delivered::Sent)
    }
}

impl DeliveryChannel for Email {
    /// Applies the daily quota of an unconfirmed address to mails about its account. A mail about a
    /// ticket is held until the address is confirmed, and does not count; it is not sent to an address
    /// that refused several.
    fn admits<'d>(
        &'d self,
        cx: &'d Context,
        content: &'d NotificationContent,
    ) -> BoxFuture<'d, sqlx::Result<bool>> {
        match content {
            NotificationContent::Ticket(content) => reaches(cx, &content.person).boxed(),
            NotificationContent::Digest(_, contents) => match contents.first() {
                Some(content) => reaches(cx, &content.person).boxed(),
                None => ready(Ok(false)).boxed(),
            },
            NotificationContent::Account(content) => allowance::admit(cx, content.id).boxed(),
        }
    }

    fn send<'d>(
        &'d self,
        content: &'d NotificationContent,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, DeliveryError>> {
        async move {
            let sent = match content {
                NotificationContent::Ticket(content) => self.deliver(content, now).await,
                NotificationContent::Account(content) => {
                    self.deliver_for_account(content, now).await
                }
                NotificationContent::Digest(id, contents) => {
                    self.deliver_digest(*id, contents, now).await
                }
            };
            sent.map_err(DeliveryError::from)
        }
        .boxed()
    }
}

/// Whether the address of a person does not refuse our mails.
async fn reaches(cx: &Context, person: &Recipient) -> sqlx::Result<bool> {
    let now = cx.clock.now();
    let refuses = undeliverable::is_undeliverable(&cx.pool, Channel::Email, person.id, now);
    Ok(!refuses.await?)
}

impl From<MailError> for DeliveryError {
    fn from(error: MailError) -> Self {
        Self {
            failure: error.trouble(),
            verdict: error.verdict(),
            was_judged: error.was_judged(),
            refusal: if error.refuses_the_address() {
                Refusal::PerhapsOfTheAddress
            } else {
                Refusal::OfTheMessage
            },
            record: error.for_record(),
            pause: None,
            source: error.into(),
        }
    }
}
