//! Whom tickets concern now, for what is told of them and is not in the feed.

use super::store;
use crate::tickets::mentions;
use domain::{
    feed::Concerned,
    ids::{TicketId, UserId},
    tickets::access::Mention,
};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};

/// Whom some tickets concern.
#[derive(Debug, Default)]
pub struct ConcernedPeople {
    /// The customer and the assignee.
    tickets: HashMap<TicketId, (UserId, Option<UserId>)>,
    mentions: HashSet<(TicketId, UserId)>,
}

impl ConcernedPeople {
    /// Whom a ticket concerns, as `person` may see it; `None` when there is no such ticket.
    #[must_use]
    pub fn of(&self, ticket: TicketId, person: UserId) -> Option<Concerned> {
        let (customer, assigned_to) = *self.tickets.get(&ticket)?;
        let mention = if self.mentions.contains(&(ticket, person)) {
            Mention::Mentioned
        } else {
            Mention::NotMentioned
        };
        Some(Concerned {
            customer,
            assigned_to,
            mention,
        })
    }
}

/// Reads whom these tickets concern.
///
/// # Errors
/// The database failed.
pub async fn concerned(
    db: &mut PgConnection,
    tickets: &[TicketId],
) -> sqlx::Result<ConcernedPeople> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.0).collect();
    let found = store::concerned(&mut *db, &ids).await?;
    let mentions = mentions::of_tickets(db, &ids).await?;
    Ok(ConcernedPeople {
        tickets: found
            .into_iter()
            .map(|row| (row.ticket, (row.customer, row.assigned_to)))
            .collect(),
        mentions: mentions.into_iter().collect(),
    })
}
