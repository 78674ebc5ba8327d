//! A row of `ticket_events`, for every query that reads the history.

use chrono::{DateTime, Utc};
use domain::{
    ids::{EventId, TicketId, UserId},
    json::Json,
    people::Role,
    tickets::{EventActor, TicketEvent, TicketEventKind},
};

/// A row of `ticket_events`. Both `actor_id` and `actor_role` are null where the system was the actor.
pub(crate) struct EventRow {
    pub id: EventId,
    pub ticket_id: TicketId,
    pub at: DateTime<Utc>,
    pub actor_id: Option<UserId>,
    pub actor_role: Option<Role>,
    pub what: Json<TicketEventKind>,
}

impl From<EventRow> for TicketEvent {
    fn from(row: EventRow) -> Self {
        let person = row.actor_id.zip(row.actor_role);
        Self {
            id: row.id,
            ticket: row.ticket_id,
            at: row.at,
            by: person.map_or(EventActor::System, |(actor, role)| {
                EventActor::Person(actor, role)
            }),
            kind: row.what.0,
        }
    }
}
