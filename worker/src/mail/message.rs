//! Composes a mail: text, HTML, and the headers that mail programs need.

use super::{MailError, MailSetupError, Rendered, view::mailbox};
use actions::notifications::account::AccountContent;
use chrono::{DateTime, Utc};
use domain::{
    ids::NotificationId,
    notifications::content::{Content, Recipient},
};
use lettre::{
    Message,
    address::AddressError,
    message::{
        Mailbox, MessageBuilder, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

/// The sender of all mails.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

impl Sender {
    /// The sender that `MAIL_FROM` names.
    ///
    /// # Errors
    /// The text is no address, or its domain is not ASCII.
    pub fn parse(from: &str) -> Result<Self, MailSetupError> {
        let mailbox: Mailbox = from.parse().map_err(MailSetupError::From)?;
        if mailbox.email.domain().is_ascii() {
            Ok(Self(mailbox))
        } else {
            // The domain is part of every Message-ID, where RFC 5322 requires ASCII.
            Err(MailSetupError::From(AddressError::InvalidDomain))
        }
    }

    /// A Message-ID for a thing, always the same for the same thing.
    fn id(&self, thing: impl std::fmt::Display) -> String {
        let host = self.0.email.domain().trim_matches(['[', ']']);
        format!("<{thing}@{host}>")
    }
}

/// The author of a mail's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// The system.
    System,
    /// A person, whose message the mail relays.
    Person,
}

/// Composes a mail about a ticket. Its Message-ID is derived from the notification, and so the same
/// at each attempt. All mails of a ticket reply to one Message-ID that was never sent, which makes
/// them one thread (RFC 5322, section 3.6.4).
///
/// # Errors
/// The recipient's address is invalid.
pub fn compose(
    content: &Content,
    rendered: Rendered,
    from: &Sender,
    now: DateTime<Utc>,
) -> Result<Message, MailError> {
    let thread = from.id(content.ticket.id);
    let speaker = if content.template.relays_a_message() && content.actor.is_some() {
        Speaker::Person
    } else {
        Speaker::System
    };
    let envelope = envelope(from, &content.person, content.id, now)?
        .in_reply_to(thread.clone())
        .references(thread);
    finish(envelope, rendered, speaker)
}

/// Composes a mail about an account, which belongs to no thread.
///
/// # Errors
/// The recipient's address is invalid.
pub fn compose_for_account(
    content: &AccountContent,
    rendered: Rendered,
    from: &Sender,
    now: DateTime<Utc>,
) -> Result<Message, MailError> {
    let envelope = envelope(from, &content.person, content.id, now)?;
    finish(envelope, rendered, Speaker::System)
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

fn finish(
    envelope: MessageBuilder,
    rendered: Rendered,
    speaker: Speaker,
) -> Result<Message, MailError> {
    let envelope = match speaker {
        // RFC 3834, section 5. Other help desks hide mails with this header, so a person's message
        // is sent without it.
        Speaker::System => envelope.raw_header(plain("Auto-Submitted", "auto-generated")),
        Speaker::Person => envelope,
    };
    subject(envelope, rendered.subject)
        // Suppresses out-of-office replies to us, as Exchange understands it.
        .raw_header(plain("X-Auto-Response-Suppress", "All"))
        .multipart(MultiPart::alternative_plain_html(
            rendered.text,
            rendered.html,
        ))
        .map_err(MailError::Compose)
}

/// Adds the subject. A text that contains `=?` is encoded as a whole: mail programs would otherwise
/// decode it as an encoded word.
fn subject(envelope: MessageBuilder, text: String) -> MessageBuilder {
    if !text.contains("=?") {
        return envelope.subject(text);
    }
    let encoded = encoded_words(&text);
    envelope.raw_header(HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str("Subject"),
        text,
        encoded,
    ))
}

/// Encodes a text as encoded words of UTF-8, one on each line (RFC 2047, sections 2 and 4.2): 75
/// characters at most, without splitting a character.
fn encoded_words(text: &str) -> String {
    const LONGEST: usize = 75 - "=?utf-8?q?".len() - "?=".len();
    let mut words = vec![String::new()];
    for letter in text.chars() {
        let mut bytes = [0; 4];
        let letter = letter.encode_utf8(&mut bytes);
        let encoded: String = letter.bytes().map(q_encoded).collect();
        // The first line begins with the header's name.
        let room = if words.len() == 1 {
            LONGEST - 10
        } else {
            LONGEST
        };
        match words.last_mut() {
            Some(word) if word.len() + encoded.len() <= room => word.push_str(&encoded),
            _ => words.push(encoded),
        }
    }
    let words = words.iter().map(|word| format!("=?utf-8?q?{word}?="));
    words.collect::<Vec<_>>().join("\r\n ")
}

fn q_encoded(byte: u8) -> String {
    match byte {
        b' ' => "_".to_owned(),
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        other => format!("={other:02X}"),
    }
}

fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
