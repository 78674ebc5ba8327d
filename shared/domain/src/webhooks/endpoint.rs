//! An endpoint as admins write it. Pure.

use super::WebhookType;
use crate::{
    field_error::Constraint,
    people::Patch,
    reader::{Meanings, ObjectReader},
};

/// The most characters of a URL.
const LONGEST_URL: usize = 2_000;
/// The most characters of a description.
const LONGEST_DESCRIPTION: usize = 200;
/// The most entries of a filter: each type once.
const MOST_EVENTS: usize = WebhookType::ALL.len();

const MEANINGS: Meanings = &[
    (
        "url",
        "Where events are sent: `https`, port 443, without a user name. An operator can allow other addresses.",
    ),
    (
        "description",
        "What the endpoint is for, in your own words.",
    ),
    (
        "events",
        "The types that are sent. An empty list, which is the default, stands for all of them.",
    ),
    (
        "enabled",
        "Whether events are sent. What happens while it is false is never sent.",
    ),
];

/// Checks a URL: the error is the end of a sentence that begins with the field.
pub type UrlCheck<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// A new endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// The address.
    pub url: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The types that are sent; empty for all.
    pub events: Vec<WebhookType>,
}

impl NewWebhook {
    /// Reads a new endpoint.
    pub fn read(body: &mut ObjectReader, check: UrlCheck) -> Option<Self> {
        body.named("NewWebhook", "A new endpoint for events.");
        body.mean(MEANINGS);
        body.need("url");
        let url = url(body, check);
        let description = body.optional("description", 0..=LONGEST_DESCRIPTION);
        let events = events(body);
        Some(Self {
            url: url?,
            description: description.unwrap_or_default(),
            events: events.unwrap_or_default(),
        })
    }
}

/// A change of an endpoint: absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookChange {
    /// The address.
    pub url: Option<String>,
    /// What it is for.
    pub description: Patch<String>,
    /// The types that are sent.
    pub events: Option<Vec<WebhookType>>,
    /// Whether events are sent.
    pub enabled: Option<bool>,
}

impl WebhookChange {
    /// Reads a change; its errors are noted in the reader.
    pub fn read(body: &mut ObjectReader, check: UrlCheck) -> Self {
        body.named(
            "WebhookUpdate",
            "A change of an endpoint: absent fields stay as they are.",
        );
        body.mean(MEANINGS);
        let url = url(body, check);
        let description = if body.clears("description") {
            Patch::Cleared
        } else {
            let text = body.optional("description", 0..=LONGEST_DESCRIPTION);
            text.map_or(Patch::Stays, Patch::To)
        };
        Self {
            url,
            description,
            events: events(body),
            enabled: body.flag("enabled"),
        }
    }
}

fn url(body: &mut ObjectReader, check: UrlCheck) -> Option<String> {
    body.errors().ask("url", Constraint::Format("uri"));
    let url = body.optional("url", 1..=LONGEST_URL)?;
    if let Err(message) = check(&url) {
        body.errors().add("url", "unfit_url", message);
        return None;
    }
    Some(url)
}

fn events(body: &mut ObjectReader) -> Option<Vec<WebhookType>> {
    let words = body.texts("events")?;
    body.errors().entries("events", words.len(), MOST_EVENTS);
    let entries = words.into_iter().enumerate().filter_map(|(at, word)| {
        let field = format!("events[{at}]");
        body.errors().word::<WebhookType>(&field, Some(&word?))
    });
    let mut events: Vec<_> = entries.collect();
    events.sort_unstable();
    events.dedup();
    Some(events)
}
