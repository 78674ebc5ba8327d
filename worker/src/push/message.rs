//! What a push message says: the title of the mail's template in the person's language, and the number and the subject of
//! the ticket. No other text that a person wrote is in it: a device shows it while it is locked. Pure.

use super::titles::{of_digest, of_template};
use crate::mail::{Language, one_line, shortened};
use chrono::TimeDelta;
use domain::{
    ids::{TicketId, UserId},
    notifications::{Template, content::Content},
    tickets::{Priority, TicketNumber},
};
use platform::config::TicketUrl;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// How long a push service keeps a message for a device that is away.
const TTL: TimeDelta = TimeDelta::days(1);
/// The same of a warning, which is soon out of date.
const TTL_OF_WARNING: TimeDelta = TimeDelta::hours(1);
/// The most characters of a subject.
const LONGEST_SUBJECT: usize = 120;
/// The most bytes of a message: some services that pass messages on accept little more.
const LONGEST: usize = 2_000;
/// The most tickets that a digest names.
const MOST_NAMED: usize = 5;

/// A push message, for browsers and apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    kind: &'static str,
    title: String,
    body: String,
    url: Option<String>,
    /// What else it names, by field.
    facts: Vec<(&'static str, Value)>,
    topic: String,
    is_urgent: bool,
    ttl: TimeDelta,
}

impl Message {
    /// The message of a notification about a ticket.
    #[must_use]
    pub fn of_ticket(content: &Content, ticket_url: Option<&TicketUrl>) -> Self {
        let (ticket, template) = (&content.ticket, content.template);
        let language = Language::from_tag(&content.person.language);
        let subject = shortened(&one_line(&ticket.subject), LONGEST_SUBJECT);
        Self {
            kind: template.as_str(),
            title: of_template(template, language).to_owned(),
            body: format!("{}: {subject}", ticket.number),
            url: ticket_url.map(|url| url.of(&ticket.number)),
            facts: vec![
                ("ticketId", json!(ticket.id)),
                ("ticketNumber", json!(ticket.number.as_str())),
            ],
            topic: topic_of_ticket(ticket.id),
            is_urgent: ticket.priority == Priority::Urgent || is_pressing(template),
            ttl: if template == Template::SlaAtRisk {
                TTL_OF_WARNING
            } else {
                TTL
            },
        }
    }

    /// The message of several notifications of one person: how many there are, and the numbers of the tickets. `None`
    /// without any. A newer one replaces it at a device that is away.
    #[must_use]
    pub fn of_digest(contents: &[Content]) -> Option<Self> {
        let first = contents.first()?;
        let language = Language::from_tag(&first.person.language);
        let mut numbers: Vec<&TicketNumber> = Vec::new();
        for content in contents {
            if !numbers.contains(&&content.ticket.number) {
                numbers.push(&content.ticket.number);
            }
        }
        let named = numbers.iter().take(MOST_NAMED);
        let named: Vec<&str> = named.map(|number| number.as_str()).collect();
        let more = numbers.len() - named.len();
        let mut body = named.join(", ");
        if more > 0 {
            body = format!("{body} +{more}");
        }
        let is_urgent = |content: &Content| {
            content.ticket.priority == Priority::Urgent || is_pressing(content.template)
        };
        Some(Self {
            kind: "digest",
            title: of_digest(contents.len(), language),
            body,
            url: None,
            facts: vec![
                ("count", json!(contents.len())),
                ("ticketNumbers", json!(named)),
            ],
            topic: topic_of_digest(first.person.id),
            is_urgent: contents.iter().any(is_urgent),
            ttl: TTL,
        })
    }

    /// A test message for a person.
    #[must_use]
    pub fn of_test(brand: &str, person: UserId) -> Self {
        Self {
            kind: "test",
            title: format!("Test message of {brand}"),
            body: "There is nothing to do.".to_owned(),
            url: None,
            facts: Vec::new(),
            topic: topic(b"test", person.0.as_bytes()),
            is_urgent: false,
            ttl: TTL,
        }
    }

    /// The text for a browser: JSON, which a service worker shows.
    pub(super) fn for_browser(&self) -> String {
        let whole = self.json(self.url.as_deref());
        if whole.len() <= LONGEST {
            return whole;
        }
        // Only the address of a page may be that long.
        self.json(None)
    }

    fn json(&self, url: Option<&str>) -> String {
        let mut fields = Map::from_iter([
            ("kind".to_owned(), json!(self.kind)),
            ("title".to_owned(), json!(self.title)),
            ("body".to_owned(), json!(self.body)),
        ]);
        let facts = self.facts.iter();
        fields.extend(facts.map(|(name, value)| ((*name).to_owned(), value.clone())));
        if let Some(url) = url {
            fields.insert("url".to_owned(), json!(url));
        }
        Value::Object(fields).to_string()
    }

    /// The message for an app, by its token. Its data are texts, as Firebase wants them.
    pub(super) fn for_app(&self, token: &str) -> Value {
        let mut data = Map::from_iter([("kind".to_owned(), json!(self.kind))]);
        for (name, value) in &self.facts {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            data.insert((*name).to_owned(), Value::String(text));
        }
        if let Some(url) = self.url.as_ref().filter(|url| url.len() <= LONGEST) {
            data.insert("url".to_owned(), json!(url));
        }
        let seconds = self.ttl.num_seconds();
        let (android, apple) = if self.is_urgent {
            ("HIGH", "10")
        } else {
            ("NORMAL", "5")
        };
        json!({"message": {
            "token": token,
            "notification": {"title": self.title, "body": self.body},
            "data": data,
            "android": {
                "priority": android,
                "ttl": format!("{seconds}s"),
                "collapse_key": self.topic,
                "notification": {"tag": self.topic},
            },
            "apns": {"headers": {"apns-priority": apple, "apns-collapse-id": self.topic}},
        }})
    }

    /// 32 hexadecimal digits. A newer message of the same topic replaces one that was not delivered yet.
    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    /// The `Urgency` of RFC 8030, section 5.3.
    pub(super) const fn urgency(&self) -> &'static str {
        if self.is_urgent { "high" } else { "normal" }
    }

    /// How long a push service keeps it.
    pub(super) const fn ttl(&self) -> TimeDelta {
        self.ttl
    }
}

/// Whether a device is to be woken for it, whatever the priority of the ticket is.
const fn is_pressing(template: Template) -> bool {
    matches!(
        template,
        Template::EscalatedToYou
            | Template::EscalatedToNobody
            | Template::SlaAtRisk
            | Template::SlaBreached
    )
}

/// The hash does not tell the push service which ticket it is.
fn topic_of_ticket(ticket: TicketId) -> String {
    topic(b"ticket", ticket.0.as_bytes())
}

fn topic_of_digest(person: UserId) -> String {
    topic(b"digest", person.0.as_bytes())
}

fn topic(kind: &[u8], id: &[u8]) -> String {
    let hash = Sha256::new().chain_update(kind).chain_update(id).finalize();
    hash.iter().take(16).fold(String::new(), |mut text, byte| {
        // Two lower-case hex digits.
        text.extend(
            [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')),
        );
        text
    })
}
