//! The SQL of messages and of the history. No decisions.

use crate::tickets::{mentions, store::EventRow};
use chrono::{DateTime, Utc};
use domain::{
    ids::{MessageId, TicketId},
    json::Json,
    paging::Direction,
    tickets::{EventActor, Message, TicketEvent, access::Viewer},
};
use platform::work::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

/// Adds events to the history of a ticket, in this order.
///
/// # Errors
/// The database failed.
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

/// Adds a message, its search words and its mentions.
///
/// # Errors
/// The database failed.
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

/// Writes a redacted message, and deletes its search words and its mentions. The message is written first: a
/// transaction that reads it for mentions at this moment has finished then, or waits.
///
/// # Errors
/// The database failed.
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

/// The only column list of messages.
macro_rules! select_messages {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Message,
            "select id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at, redacted_at, redacted_by
         from messages where " + $tail
            $(, $argument)*
        )
    };
}

/// A message of this ticket; `None` when the ticket has no such message.
///
/// # Errors
/// The database failed.
pub async fn message(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    message: MessageId,
) -> sqlx::Result<Option<Message>> {
    select_messages!("id = $1 and ticket_id = $2", message.0, ticket.0)
        .fetch_optional(db)
        .await
}

/// The position of an entry in a thread or a history, by which a cursor goes on.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The instant of the entry.
    pub at: DateTime<Utc>,
    /// The order among entries of one instant, from 1.
    pub position: i64,
}

/// The part of a thread or a history that a query reads.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The entry before the first one; `None` begins at the start.
    pub after: Option<Place>,
    /// How many entries are skipped after that.
    pub offset: i64,
    /// How many entries are read at most.
    pub limit: i64,
}

/// The place of a message; `None` when the ticket has no such message or the reader may not see it.
///
/// # Errors
/// The database failed.
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
    Ok(found.map(|row| Place {
        at: row.created_at,
        position: row.position,
    }))
}

/// A part of a thread. Both orders read the same index, forwards or backwards.
///
/// # Errors
/// The database failed.
pub async fn messages(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    order: Direction,
    section: Section,
) -> sqlx::Result<Vec<Message>> {
    let (at, position) = after(section);
    let is_staff = reader == Viewer::Staff;
    let (offset, limit) = (section.offset, section.limit);
    match order {
        Direction::Ascending => select_messages!(
            "ticket_id = $1 and (not is_internal or $2)
             and (created_at, position) > (coalesce($3, timestamptz '-infinity'), coalesce($4::bigint, 0))
         order by created_at, position offset $5 limit $6",
            ticket.0,
            is_staff,
            at,
            position,
            offset,
            limit,
        )
        .fetch_all(db)
        .await,
        Direction::Descending => select_messages!(
            "ticket_id = $1 and (not is_internal or $2)
             and (created_at, position) < (coalesce($3, timestamptz 'infinity'), coalesce($4::bigint, 0))
         order by created_at desc, position desc offset $5 limit $6",
            ticket.0,
            is_staff,
            at,
            position,
            offset,
            limit,
        )
        .fetch_all(db)
        .await,
    }
}

/// The place where a section begins, as two parameters.
fn after(section: Section) -> (Option<DateTime<Utc>>, Option<i64>) {
    let place = section.after.map(|place| (place.at, place.position));
    place.unzip()
}

/// The number of messages in a thread that the reader may see.
///
/// # Errors
/// The database failed.
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

/// The only column list of the history, in the order of [`EventRow`].
macro_rules! select_events {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            EventRow,
            "select id, ticket_id, at, actor_id, actor_role, what from ticket_events
         where " + $tail
            $(, $argument)*
        )
    };
}

/// The place of an event; `None` when the ticket has no such event or the reader may not see it.
///
/// # Errors
/// The database failed.
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
    Ok(found.map(|row| Place {
        at: row.at,
        position: row.position,
    }))
}

/// A part of a history, oldest first.
///
/// # Errors
/// The database failed.
pub async fn events(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    reader: Viewer,
    section: Section,
) -> sqlx::Result<Vec<TicketEvent>> {
    let (at, position) = after(section);
    let rows = select_events!(
        "ticket_id = $1 and (is_public or $2)
             and (at, position) > (coalesce($3, timestamptz '-infinity'), coalesce($4::bigint, 0))
         order by at, position offset $5 limit $6",
        ticket.0,
        reader == Viewer::Staff,
        at,
        position,
        section.offset,
        section.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The number of entries in a history that the reader may see.
///
/// # Errors
/// The database failed.
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
///
/// # Errors
/// The database failed.
pub async fn escalations(
    db: impl PgExecutor<'_>,
    tickets: &[uuid::Uuid],
) -> sqlx::Result<Vec<TicketEvent>> {
    let rows = select_events!(
        "ticket_id = any($1) and what ->> 'type' = 'escalated' order by at, position",
        tickets,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
