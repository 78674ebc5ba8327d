//! Composes a mail: text, HTML, and the headers that mail programs need.

use super::{MailError, MailSetupError, Rendered, Signature, render::LOGO, view::mailbox};
use actions::notifications::account::AccountContent;
use chrono::{DateTime, Utc};
use domain::{
    ids::DigestId,
    notifications::content::{Content, Recipient},
};
use lettre::{
    Message,
    address::{AddressError, Envelope},
    message::{
        Attachment, Body, Mailbox, MessageBuilder, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use platform::config::{BounceAddress, Logo};
use uuid::Uuid;

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

/// The longest line of a mail, in bytes (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

/// How the texts of a mail are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// In ASCII, which every mail server accepts.
    Ascii,
    /// As they are, so that a person can read the file.
    AsIs,
}

/// Composes mails.
#[derive(Debug)]
pub struct Composer {
    /// The sender.
    pub from: Sender,
    /// The logo, a part of each mail: mail programs show such images at once, and ask before they
    /// load one from an address.
    pub logo: Option<Logo>,
    /// How the texts are encoded.
    pub encoding: TextEncoding,
    /// Where bounces go: to this address with the mail's id behind a `+` in its local part. Without one they go to the
    /// sender.
    pub bounces_to: Option<BounceAddress>,
    /// The signature of each mail.
    pub signature: Option<Signature>,
}

impl Composer {
    /// Composes a mail about a ticket. Its Message-ID is derived from the notification or the digest, and so the
    /// same at each attempt. All mails of a ticket reply to one Message-ID that was never sent,
    /// which makes them one thread (RFC 5322, section 3.6.4).
    ///
    /// # Errors
    /// The recipient's address is invalid.
    pub fn about_ticket(
        &self,
        id: Uuid,
        content: &Content,
        rendered: Rendered,
        now: DateTime<Utc>,
    ) -> Result<Message, MailError> {
        let thread = self.from.id(content.ticket.id);
        let speaker = if content.template.relays_a_message() && content.actor.is_some() {
            Speaker::Person
        } else {
            Speaker::System
        };
        let envelope = self
            .envelope(&content.person, id, now)?
            .in_reply_to(thread.clone())
            .references(thread);
        let envelope = refusable(envelope, rendered.unsubscribe.as_deref());
        self.finish(envelope, rendered, speaker)
    }

    /// Composes a digest, which belongs to no thread. Its Message-ID is the same at each attempt.
    ///
    /// # Errors
    /// The recipient's address is invalid.
    pub fn about_several(
        &self,
        digest: DigestId,
        to: &Recipient,
        rendered: Rendered,
        now: DateTime<Utc>,
    ) -> Result<Message, MailError> {
        let envelope = self.envelope(to, digest, now)?;
        let envelope = refusable(envelope, rendered.unsubscribe.as_deref());
        self.finish(envelope, rendered, Speaker::System)
    }

    /// Composes a mail about an account, which belongs to no thread.
    ///
    /// # Errors
    /// The recipient's address is invalid.
    pub fn about_account(
        &self,
        content: &AccountContent,
        rendered: Rendered,
        now: DateTime<Utc>,
    ) -> Result<Message, MailError> {
        let envelope = self.envelope(&content.person, content.id, now)?;
        self.finish(envelope, rendered, Speaker::System)
    }

    fn envelope(
        &self,
        to: &Recipient,
        id: impl std::fmt::Display,
        now: DateTime<Utc>,
    ) -> Result<MessageBuilder, MailError> {
        let to = mailbox(to).map_err(MailError::Address)?;
        let mut builder = Message::builder();
        if let Some(bounces_to) = &self.bounces_to {
            let from = bounces_to.of(&id).parse().map_err(MailError::Address)?;
            let envelope = Envelope::new(Some(from), vec![to.email.clone()]);
            builder = builder.envelope(envelope.map_err(MailError::Compose)?);
        }
        Ok(builder
            .from(self.from.0.clone())
            .to(to)
            .date(now.into())
            .message_id(Some(self.from.id(id))))
    }

    fn finish(
        &self,
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
        let text =
            MultiPart::alternative().singlepart(self.text(ContentType::TEXT_PLAIN, rendered.text));
        let html = self.text(ContentType::TEXT_HTML, rendered.html);
        let parts = match self.logo_part() {
            Some(logo) => text.multipart(MultiPart::related().singlepart(html).singlepart(logo)),
            None => text.singlepart(html),
        };
        let mut mail = subject(envelope, rendered.subject)
            // Suppresses out-of-office replies to us, as Exchange understands it.
            .raw_header(plain("X-Auto-Response-Suppress", "All"))
            .multipart(parts)
            .map_err(MailError::Compose)?;
        if let Some(signature) = &self.signature {
            signature.sign(&mut mail);
        }
        Ok(mail)
    }

    /// A part of text.
    fn text(&self, content_type: ContentType, text: String) -> SinglePart {
        let body = match self.encoding {
            TextEncoding::AsIs if text.lines().all(|line| line.len() <= LONGEST_LINE) => {
                // The library allows `8bit` for lines of 76 bytes only.
                let lines: Vec<_> = text.lines().map(|line| format!("{line}\r\n")).collect();
                let bytes = lines.concat().into_bytes();
                Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::EightBit)
            }
            TextEncoding::AsIs | TextEncoding::Ascii => Body::new(text),
        };
        SinglePart::builder().header(content_type).body(body)
    }

    fn logo_part(&self) -> Option<SinglePart> {
        let logo = self.logo.as_ref()?;
        let content_type = ContentType::parse(logo.media_type).ok()?;
        let part = Attachment::new_inline(LOGO.to_owned());
        Some(part.body(logo.bytes.clone(), content_type))
    }
}

/// Adds the headers by which a reader refuses such mails with one click (RFC 2369, section 3.2, and RFC 8058). The second
/// wants an address with TLS.
fn refusable(envelope: MessageBuilder, link: Option<&str>) -> MessageBuilder {
    let Some(link) = link.filter(|link| link.starts_with("https://")) else {
        return envelope;
    };
    envelope
        .raw_header(plain("List-Unsubscribe", &format!("<{link}>")))
        .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
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
