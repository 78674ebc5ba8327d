//! What was said and what happened on tickets, in SQL.

use crate::{
    db::Json,
    ids::{EventId, TicketId, UserId},
    people::Role,
    tickets::{ChangedBy, Happened, Message, TicketEvent, access::Reader, search},
    work::Tx,
};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

pub async fn insert_event(db: impl PgExecutor<'_>, event: &TicketEvent) -> sqlx::Result<()> {
    let (actor, role) = match event.by {
        ChangedBy::Person(person, role) => (Some(person.0), Some(role.as_str())),
        ChangedBy::System => (None, None),
    };
    sqlx::query!(
        "insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
         values ($1, $2, $3, $4, $5, $6, $7)",
        event.id.0,
        event.ticket.0,
        event.at,
        actor,
        role,
        Json(&event.what) as _,
        event.what.is_public(),
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Adds a message, with what searches find it by.
pub async fn insert_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into messages (id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        message.id.0,
        message.ticket_id.0,
        message.sender_id.map(|sender| sender.0),
        message.sender_type.as_str(),
        message.body,
        &message.attachments as _,
        message.is_internal,
        message.created_at,
    )
    .execute(&mut **tx)
    .await?;
    search::store::add_message(tx, message).await
}

/// A page of a thread, oldest first.
pub async fn messages(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Reader,
    (offset, limit): (i64, i64),
) -> sqlx::Result<Vec<Message>> {
    sqlx::query_as!(
        Message,
        "select id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at
         from messages where ticket_id = $1 and (not is_internal or $2)
         order by created_at, position offset $3 limit $4",
        ticket.0,
        reader == Reader::Staff,
        offset,
        limit,
    )
    .fetch_all(db)
    .await
}

pub async fn count_messages(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Reader,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from messages where ticket_id = $1 and (not is_internal or $2)"#,
        ticket.0,
        reader == Reader::Staff,
    )
    .fetch_one(db)
    .await
}

struct EventRow {
    id: EventId,
    ticket_id: TicketId,
    at: DateTime<Utc>,
    actor_id: Option<UserId>,
    actor_role: Option<Role>,
    what: Json<Happened>,
}

impl From<EventRow> for TicketEvent {
    fn from(row: EventRow) -> Self {
        let by = match (row.actor_id, row.actor_role) {
            (Some(person), Some(role)) => ChangedBy::Person(person, role),
            (None, _) | (_, None) => ChangedBy::System,
        };
        Self {
            id: row.id,
            ticket: row.ticket_id,
            at: row.at,
            by,
            what: row.what.0,
        }
    }
}

/// A page of a history, oldest first.
pub async fn events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Reader,
    (offset, limit): (i64, i64),
) -> sqlx::Result<Vec<TicketEvent>> {
    let rows = sqlx::query_as!(
        EventRow,
        "select id, ticket_id, at, actor_id, actor_role, what from ticket_events
         where ticket_id = $1 and (is_public or $2) order by at, position offset $3 limit $4",
        ticket.0,
        reader == Reader::Staff,
        offset,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub async fn count_events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Reader,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from ticket_events where ticket_id = $1 and (is_public or $2)"#,
        ticket.0,
        reader == Reader::Staff,
    )
    .fetch_one(db)
    .await
}

/// The escalations of these tickets, oldest first.
pub async fn escalations(
    db: impl PgExecutor<'_>,
    tickets: &[uuid::Uuid],
) -> sqlx::Result<Vec<TicketEvent>> {
    let rows = sqlx::query_as!(
        EventRow,
        "select id, ticket_id, at, actor_id, actor_role, what from ticket_events
         where ticket_id = any($1) and what ->> 'type' = 'escalated' order by at, position",
        tickets,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
