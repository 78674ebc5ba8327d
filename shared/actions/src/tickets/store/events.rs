//! The SQL of the history. No decisions.

use crate::tickets::store::{Listing, Section};
use chrono::{DateTime, Utc};
use domain::{
    ids::{EventId, TicketId, UserId},
    json::Json,
    people::Role,
    tickets::{EventActor, TicketEvent, TicketEventKind},
};
use sqlx::PgExecutor;
use uuid::Uuid;

/// A row of `ticket_events`. Both `actor_id` and `actor_role` are null where the system was the actor.
#[derive(Debug, serde::Deserialize)]
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

/// The only column list of the history, as [`EventRow`].
macro_rules! select_events {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::tickets::store::EventRow,
            "select id, ticket_id, at, actor_id, actor_role, what from ticket_events
         where " + $tail
            $(, $argument)*
        )
    };
}

pub(crate) use select_events;

/// Adds events to the history of a ticket, in this order, and to the feed: one statement, so that no event misses there.
/// `version` is that of the ticket after the change.
///
/// # Errors
/// The database failed.
pub async fn insert_events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    version: i64,
    now: DateTime<Utc>,
    events: &[TicketEvent],
) -> sqlx::Result<()> {
    let actor = |event: &TicketEvent| match event.by {
        EventActor::Person(person, role) => (Some(person.0), Some(role.to_string())),
        EventActor::System => (None, None),
    };
    let ids: Vec<Uuid> = events.iter().map(|event| event.id.0).collect();
    let instants: Vec<_> = events.iter().map(|event| event.at).collect();
    let (actors, roles): (Vec<_>, Vec<_>) = events.iter().map(actor).unzip();
    let whats: Vec<_> = events.iter().map(|event| Json(&event.kind)).collect();
    let public: Vec<_> = events.iter().map(|event| event.kind.is_public()).collect();
    sqlx::query!(
        "with written as (
             insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
             select id, $1, at, actor, role, what, public
             from unnest($2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::jsonb[], $7::boolean[])
                 with ordinality as fresh (id, at, actor, role, what, public, position)
             order by position
             returning id, position)
         insert into feed_pending (kind, event_id, subject_id, version, at)
         select 'ticket', id, $1, $8, $9 from written order by position",
        ticket.0,
        &ids,
        &instants,
        &actors as _,
        &roles as _,
        &whats as _,
        &public,
        version,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// A part of a history, oldest first.
///
/// # Errors
/// The database failed.
pub async fn events(
    db: impl PgExecutor<'_>,
    of: Listing,
    section: Section,
) -> sqlx::Result<Vec<TicketEvent>> {
    let (at, position) = section.begin();
    let rows = select_events!(
        "ticket_id = $1 and (is_public or $2)
             and (at, position) > (coalesce($3, timestamptz '-infinity'), coalesce($4::bigint, 0))
         order by at, position offset $5 limit $6",
        of.ticket.0,
        of.is_staff(),
        at,
        position,
        section.offset,
        section.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
