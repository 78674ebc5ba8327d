//! What was said and what happened on tickets, in SQL.

use crate::tickets::mentions;
use chrono::{DateTime, Utc};
use domain::{
    ids::{EventId, MessageId, TicketId, UserId},
    json::Json,
    people::Role,
    tickets::{EventActor, Message, TicketEvent, TicketEventKind, access::Viewer},
};
use platform::work::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

/// Adds what happened to a ticket, in its order.
pub async fn insert_events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
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
        "insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
         select id, $1, at, actor, role, what, public
         from unnest($2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::jsonb[], $7::boolean[])
             with ordinality as fresh (id, at, actor, role, what, public, position)
         order by position",
        ticket.0,
        &ids,
        &instants,
        &actors as _,
        &roles as _,
        &whats as _,
        &public,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Adds a message, with what searches find it by and whom it mentions.
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
    mentions::keep(tx, message).await?;
    crate::tickets::search::store::add_message(tx, message).await
}

/// Writes that a message is redacted, and forgets what searches found it by and whom it mentioned.
/// The message comes first: whoever reads it for mentions at this moment has done so, or waits.
pub async fn redact_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    sqlx::query!(
        "update messages set body = $2, attachments = $3, redacted_at = $4, redacted_by = $5 where id = $1",
        message.id.0,
        message.body,
        &message.attachments as _,
        message.redacted_at,
        message.redacted_by.map(|person| person.0),
    )
    .execute(&mut **tx)
    .await?;
    mentions::forget(&mut **tx, message.id).await?;
    crate::tickets::search::store::forget_message(tx, message).await
}

/// A message of a ticket.
pub async fn message(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    message: MessageId,
) -> sqlx::Result<Option<Message>> {
    sqlx::query_as!(
        Message,
        "select id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at, redacted_at, redacted_by
         from messages where id = $1 and ticket_id = $2",
        message.0,
        ticket.0,
    )
    .fetch_optional(db)
    .await
}

/// A place in a thread or a history: the instant of an entry, and which of that instant's it is.
pub type Place = (DateTime<Utc>, i64);

/// How many entries are passed over, from a place on or from the beginning, and how many are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub after: Option<Place>,
    pub offset: i64,
    pub limit: i64,
}

/// The place of a message, if the ticket has it and the reader may see it.
pub async fn place_of_message(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    message: Uuid,
) -> sqlx::Result<Option<Place>> {
    let row = sqlx::query!(
        "select created_at, position from messages where id = $1 and ticket_id = $2 and (not is_internal or $3)",
        message,
        ticket.0,
        reader == Viewer::Staff,
    );
    let found = row.fetch_optional(db).await?;
    Ok(found.map(|row| (row.created_at, row.position)))
}

/// A part of a thread, oldest first.
pub async fn messages(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    cut: Cut,
) -> sqlx::Result<Vec<Message>> {
    sqlx::query_as!(
        Message,
        "select id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at, redacted_at, redacted_by
         from messages where ticket_id = $1 and (not is_internal or $2)
             and (created_at, position) > (coalesce($3, timestamptz '-infinity'), coalesce($4::bigint, 0))
         order by created_at, position offset $5 limit $6",
        ticket.0,
        reader == Viewer::Staff,
        cut.after.map(|place| place.0),
        cut.after.map(|place| place.1),
        cut.offset,
        cut.limit,
    )
    .fetch_all(db)
    .await
}

/// A part of a thread, newest first: the same index read backwards.
pub async fn latest_messages(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    cut: Cut,
) -> sqlx::Result<Vec<Message>> {
    sqlx::query_as!(
        Message,
        "select id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at, redacted_at, redacted_by
         from messages where ticket_id = $1 and (not is_internal or $2)
             and (created_at, position) < (coalesce($3, timestamptz 'infinity'), coalesce($4::bigint, 0))
         order by created_at desc, position desc offset $5 limit $6",
        ticket.0,
        reader == Viewer::Staff,
        cut.after.map(|place| place.0),
        cut.after.map(|place| place.1),
        cut.offset,
        cut.limit,
    )
    .fetch_all(db)
    .await
}

pub async fn count_messages(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from messages where ticket_id = $1 and (not is_internal or $2)"#,
        ticket.0,
        reader == Viewer::Staff,
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
    what: Json<TicketEventKind>,
}

impl From<EventRow> for TicketEvent {
    fn from(row: EventRow) -> Self {
        let by = match (row.actor_id, row.actor_role) {
            (Some(person), Some(role)) => EventActor::Person(person, role),
            (None, _) | (_, None) => EventActor::System,
        };
        Self {
            id: row.id,
            ticket: row.ticket_id,
            at: row.at,
            by,
            kind: row.what.0,
        }
    }
}

/// The place of an event, if it is of the ticket and the reader may see it.
pub async fn place_of_event(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    event: Uuid,
) -> sqlx::Result<Option<Place>> {
    let row = sqlx::query!(
        "select at, position from ticket_events where id = $1 and ticket_id = $2 and (is_public or $3)",
        event,
        ticket.0,
        reader == Viewer::Staff,
    );
    let found = row.fetch_optional(db).await?;
    Ok(found.map(|row| (row.at, row.position)))
}

/// A part of a history, oldest first.
pub async fn events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    cut: Cut,
) -> sqlx::Result<Vec<TicketEvent>> {
    let rows = sqlx::query_as!(
        EventRow,
        "select id, ticket_id, at, actor_id, actor_role, what from ticket_events
         where ticket_id = $1 and (is_public or $2)
             and (at, position) > (coalesce($3, timestamptz '-infinity'), coalesce($4::bigint, 0))
         order by at, position offset $5 limit $6",
        ticket.0,
        reader == Viewer::Staff,
        cut.after.map(|place| place.0),
        cut.after.map(|place| place.1),
        cut.offset,
        cut.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub async fn count_events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from ticket_events where ticket_id = $1 and (is_public or $2)"#,
        ticket.0,
        reader == Viewer::Staff,
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
