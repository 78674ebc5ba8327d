//! Puts a mail together: text and HTML, and the headers by which mail programs know what it is.

use super::{MailError, MailSetupError, Rendered, view::mailbox};
use chrono::{DateTime, Utc};
use lettre::{
    Message,
    address::AddressError,
    message::{
        Mailbox, MessageBuilder, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use shared::{
    ids::NotificationId,
    notifications::{
        account::AccountContent,
        content::{Content, Recipient},
    },
};

/// Who sends.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

impl Sender {
    /// The sender that `MAIL_FROM` names.
    ///
    /// # Errors
    /// It is no address.
    pub fn parse(from: &str) -> Result<Self, MailSetupError> {
        let mailbox: Mailbox = from.parse().map_err(MailSetupError::From)?;
        if mailbox.email.domain().is_ascii() {
            Ok(Self(mailbox))
        } else {
            // Its host is part of every Message-ID, where RFC 5322 wants ASCII.
            Err(MailSetupError::From(AddressError::InvalidDomain))
        }
    }

    /// The name of something within our mails: the same for ever for the same thing.
    fn id(&self, thing: impl std::fmt::Display) -> String {
        let host = self.0.email.domain().trim_matches(['[', ']']);
        format!("<{thing}@{host}>")
    }
}

/// Puts a mail together. Its Message-ID is the notification's and so the same at each attempt;
/// all mails of a ticket answer one that was never sent, which makes them one thread (RFC 5322,
/// section 3.6.4).
///
/// # Errors
/// The recipient's address is none.
pub fn compose(
    content: &Content,
    rendered: Rendered,
    from: &Sender,
    now: DateTime<Utc>,
) -> Result<Message, MailError> {
    let thread = from.id(content.ticket.id);
    let envelope = envelope(from, &content.person, content.id, now)?
        .in_reply_to(thread.clone())
        .references(thread);
    finish(envelope, rendered)
}

/// Puts a mail about an account together, which is of no thread.
///
/// # Errors
/// The recipient's address is none.
pub fn compose_for_account(
    content: &AccountContent,
    rendered: Rendered,
    from: &Sender,
    now: DateTime<Utc>,
) -> Result<Message, MailError> {
    let envelope = envelope(from, &content.person, content.id, now)?;
    finish(envelope, rendered)
}

fn envelope(
    from: &Sender,
    to: &Recipient,
    id: NotificationId,
    now: DateTime<Utc>,
) -> Result<MessageBuilder, MailError> {
    Ok(Message::builder()
        .from(from.0.clone())
        .to(mailbox(to).map_err(MailError::Address)?)
        .date(now.into())
        .message_id(Some(from.id(id))))
}

fn finish(envelope: MessageBuilder, rendered: Rendered) -> Result<Message, MailError> {
    envelope
        .subject(rendered.subject)
        // Nobody's out-of-office note is to answer us: RFC 3834, section 5, and what Exchange heeds.
        .raw_header(plain("Auto-Submitted", "auto-generated"))
        .raw_header(plain("X-Auto-Response-Suppress", "All"))
        .multipart(MultiPart::alternative_plain_html(
            rendered.text,
            rendered.html,
        ))
        .map_err(MailError::Compose)
}

fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
