//! The variables of a digest: the notifications by ticket, each ticket in the place of its first one. Pure but for the
//! renderer, which knows the title of each notification.

use super::{
    Links, MailError, Renderer, View,
    view::{Entry, one_line},
};
use chrono::{DateTime, Utc};
use domain::notifications::{Template, content::Content, unsubscribe};
use std::collections::BTreeSet;

/// The most notifications that a digest names: a mail of several megabytes would be refused.
const MOST_SHOWN: usize = 500;

impl View {
    /// The variables for the notifications of one person, as of `now`.
    ///
    /// # Errors
    /// A template uses a variable that is not set.
    pub fn of_digest(
        contents: &[Content],
        renderer: &Renderer,
        links: &Links,
        now: DateTime<Utc>,
    ) -> Result<Self, MailError> {
        let mut entries: Vec<Entry> = Vec::new();
        for content in contents.iter().take(MOST_SHOWN) {
            let view = Self::of_ticket(content, links, now);
            let title = renderer.title(content.template, &content.person.language, &view)?;
            let number = one_line(content.ticket.number.as_str());
            if let Some(entry) = entries.iter_mut().find(|entry| entry.number == number) {
                entry.news.push(title);
                continue;
            }
            entries.push(Entry {
                number,
                ticket: one_line(&content.ticket.subject),
                news: vec![title],
                link: view.ticket_link,
            });
        }
        let kinds: BTreeSet<_> = contents.iter().map(|content| content.template).collect();
        let person = contents.first().map(|content| &content.person);
        Ok(Self {
            audience: "digest",
            first_name: person.map(|person| one_line(&person.first_name)),
            count: contents.len(),
            more: contents.len().saturating_sub(MOST_SHOWN),
            entries,
            unsubscribe: person.map(|person| links.unsubscribe(person.id, &kinds)),
            ..Self::default()
        })
    }
}

impl Links {
    /// The page on which a person refuses mails.
    pub(super) fn unsubscribe(
        &self,
        person: domain::ids::UserId,
        kinds: &BTreeSet<Template>,
    ) -> String {
        let token = unsubscribe::token(&self.secret, person, kinds);
        format!(
            "{}/api/v1/notifications/unsubscribe/{token}",
            self.public_url
        )
    }
}
