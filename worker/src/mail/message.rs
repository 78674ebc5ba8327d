//! Puts a mail together: text and HTML, and the headers by which mail programs know what it is.

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

/// Who speaks in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// The system by itself.
    System,
    /// A person, whose message the mail hands on.
    Person,
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
        // RFC 3834, section 5. Other desks hide such mail, so that a person's words do not go so marked.
        Speaker::System => envelope.raw_header(plain("Auto-Submitted", "auto-generated")),
        Speaker::Person => envelope,
    };
    subject(envelope, rendered.subject)
        // Nobody's out-of-office note is to answer us: what Exchange heeds.
        .raw_header(plain("X-Auto-Response-Suppress", "All"))
        .multipart(MultiPart::alternative_plain_html(
            rendered.text,
            rendered.html,
        ))
        .map_err(MailError::Compose)
}

/// A text that looks like an encoded word is encoded whole: as it stands, programs would show
/// something else.
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

/// A text as encoded words of UTF-8, a line each (RFC 2047, sections 2 and 4.2): 75 characters at
/// most, each with whole letters.
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
