//! A part of the feed with what is needed to tell of it: who may see each change now, and how the tickets, messages and
//! agents look now. The number of queries does not grow with the number of changes.

use super::store;
use crate::{
    directory::{self, Named},
    people::store::availabilities,
    tickets::{
        mentions,
        read::{self, Showing},
        store as tickets,
    },
};
use domain::{
    actor::Actor,
    feed::{self, Concerned, FeedChange, FeedEntry, FeedPosition, Sight},
    ids::{MessageId, TicketId, UserId},
    people::AvailabilityNow,
    tickets::{EventActor, Message, Ticket, access::Mention},
};
use platform::context::Context;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A part of the feed, and whom its tickets concern now.
#[derive(Debug, Default)]
pub struct Batch {
    /// The changes, in order.
    pub entries: Vec<FeedEntry>,
    /// The position up to which the feed was read; `None` when nothing followed.
    pub last: Option<FeedPosition>,
    tickets: HashMap<TicketId, Ticket>,
    mentions: HashSet<(TicketId, UserId)>,
}

/// At most `limit` changes after a position. Call it within a snapshot ([`platform::db::snapshot`]).
///
/// # Errors
/// The database failed.
pub async fn batch(db: &mut PgConnection, after: FeedPosition, limit: i64) -> sqlx::Result<Batch> {
    let entries = store::after(&mut *db, after, limit).await?;
    let last = entries.last().map(|entry| entry.position);
    let mut ids: Vec<_> = entries
        .iter()
        .filter_map(|entry| entry.change.ticket())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<_> = ids.iter().map(|ticket| ticket.0).collect();
    if ids.is_empty() {
        return Ok(Batch {
            entries,
            last,
            ..Batch::default()
        });
    }
    let found = tickets::find_all(&mut *db, &ids).await?;
    let mentions = mentions::of_tickets(&mut *db, &ids).await?;
    Ok(Batch {
        entries,
        last,
        tickets: found
            .into_iter()
            .map(|ticket| (ticket.id, ticket))
            .collect(),
        mentions: mentions.into_iter().collect(),
    })
}

/// How everything in a part of the feed looks now.
#[derive(Debug, Default)]
pub struct Details {
    /// The tickets, with the people named in them.
    pub showing: Showing,
    /// The messages.
    pub messages: HashMap<MessageId, Message>,
    /// The agents' availability.
    pub agents: HashMap<UserId, AvailabilityNow>,
    /// The people named in changes and messages.
    pub people: HashMap<UserId, Named>,
}

impl Batch {
    /// What `actor` is told of an entry of this batch.
    #[must_use]
    pub fn sight(&self, actor: &Actor, entry: &FeedEntry) -> Sight {
        let concerned = entry
            .change
            .ticket()
            .and_then(|id| self.tickets.get(&id))
            .map(|ticket| {
                let mention = if self.mentions.contains(&(ticket.id, actor.id)) {
                    Mention::Mentioned
                } else {
                    Mention::NotMentioned
                };
                Concerned {
                    customer: ticket.customer_id,
                    assigned_to: ticket.assigned_to,
                    mention,
                }
            });
        feed::sight(actor, &entry.change, concerned)
    }

    /// The ticket of an entry, as it is now.
    #[must_use]
    pub fn ticket(&self, entry: &FeedEntry) -> Option<&Ticket> {
        self.tickets.get(&entry.change.ticket()?)
    }

    /// The customer of the ticket of an entry.
    #[must_use]
    pub fn customer(&self, entry: &FeedEntry) -> Option<UserId> {
        let ticket = entry.change.ticket()?;
        self.tickets.get(&ticket).map(|ticket| ticket.customer_id)
    }

    /// Reads what is shown of the entries for which `wanted` holds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn details(
        &mut self,
        db: &mut PgConnection,
        cx: &Context,
        wanted: impl Fn(&FeedEntry) -> bool,
    ) -> sqlx::Result<Details> {
        let mut details = Details::default();
        let (mut messages, mut agents, mut people) = (Vec::new(), Vec::new(), Vec::new());
        let mut shown = BTreeSet::new();
        for entry in self.entries.iter().filter(|entry| wanted(entry)) {
            match &entry.change {
                FeedChange::Ticket { event, .. } => {
                    if let Some(ticket) = self.tickets.get(&event.ticket) {
                        shown.insert(ticket.id);
                    }
                    messages.extend(event.kind.message());
                    if let EventActor::Person(person, _) = event.by {
                        people.push(person.0);
                    }
                }
                FeedChange::Availability { agent } => {
                    agents.push(agent.0);
                    people.push(agent.0);
                }
                FeedChange::Notification { .. } | FeedChange::NotificationsRead { .. } => {}
            }
        }
        if !messages.is_empty() {
            let ids: Vec<_> = messages.iter().map(|message| message.0).collect();
            for message in tickets::messages_of(&mut *db, &ids).await? {
                people.extend(
                    [message.sender_id, message.redacted_by]
                        .into_iter()
                        .flatten()
                        .map(|one| one.0),
                );
                details.messages.insert(message.id, message);
            }
        }
        if !agents.is_empty() {
            let load = cx.config.tickets.load;
            details.agents = availabilities(&mut *db, &agents, load).await?;
        }
        if !people.is_empty() {
            people.sort_unstable();
            people.dedup();
            details.people = directory::names(&mut *db, &people).await?;
        }
        if !shown.is_empty() {
            let shown: Vec<_> = shown.into_iter().collect();
            details.showing = read::show(&mut *db, &shown).await?;
        }
        Ok(details)
    }
}
