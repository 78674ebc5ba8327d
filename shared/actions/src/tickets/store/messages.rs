//! The SQL of messages. No decisions.

use crate::tickets::{
    mentions,
    store::{Listing, Section},
};
use domain::{
    ids::{MessageId, TicketId, UserId},
    paging::Direction,
    tickets::{Message, Ticket},
};
use platform::work::Tx;
use sqlx::PgExecutor;

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

/// Writes a redacted message, and deletes its search words and its mentions; returns the people whom it mentioned. The
/// message is written first: a transaction that reads it for mentions at this moment has finished then, or waits.
///
/// # Errors
/// The database failed.
pub async fn redact_message(
    tx: &mut Tx,
    ticket: &Ticket,
    message: &Message,
) -> sqlx::Result<Vec<UserId>> {
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
    let mentioned = mentions::forget(&mut **tx, message.id).await?;
    crate::tickets::search::store::forget_message(tx, ticket, message.id).await?;
    Ok(mentioned)
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

/// The messages with these ids, in no order. Unknown ids are left out.
///
/// # Errors
/// The database failed.
pub async fn messages_of(
    db: impl PgExecutor<'_>,
    ids: &[uuid::Uuid],
) -> sqlx::Result<Vec<Message>> {
    select_messages!("id = any($1)", ids).fetch_all(db).await
}

/// A part of a thread. Both orders read the same index, forwards or backwards.
///
/// # Errors
/// The database failed.
pub async fn messages(
    db: impl PgExecutor<'_>,
    of: Listing,
    order: Direction,
    section: Section,
) -> sqlx::Result<Vec<Message>> {
    let (at, position) = section.begin();
    let (ticket, is_staff) = (of.ticket.0, of.is_staff());
    let (offset, limit) = (section.offset, section.limit);
    match order {
        Direction::Ascending => select_messages!(
            "ticket_id = $1 and (not is_internal or $2)
             and (created_at, position) > (coalesce($3, timestamptz '-infinity'), coalesce($4::bigint, 0))
         order by created_at, position offset $5 limit $6",
            ticket,
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
            ticket,
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
