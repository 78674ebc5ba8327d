//! The SQL of mentions. No decisions.

use domain::ids::{MessageId, TicketId, UserId};
use sqlx::PgExecutor;

/// Whether a note of the ticket mentions this person.
///
/// # Errors
/// The database failed.
pub(super) async fn is_mentioned(
    db: impl PgExecutor<'_>,
    person: UserId,
    ticket: TicketId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from note_mentions where user_id = $1 and ticket_id = $2) as "is!""#,
        person.0,
        ticket.0,
    )
    .fetch_one(db)
    .await
}

/// The people whom notes of these tickets mention, each with the ticket.
///
/// # Errors
/// The database failed.
pub(crate) async fn of_tickets(
    db: impl PgExecutor<'_>,
    tickets: &[uuid::Uuid],
) -> sqlx::Result<Vec<(TicketId, UserId)>> {
    let rows = sqlx::query!(
        "select distinct m.ticket_id, m.user_id from note_mentions m where m.ticket_id = any($1)",
        tickets,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.ticket_id, row.user_id))
        .collect())
}

/// The stored mentions of a note, by id.
///
/// # Errors
/// The database failed.
pub(super) async fn of_note(db: impl PgExecutor<'_>, note: MessageId) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        "select user_id from note_mentions where message_id = $1 order by user_id",
        note.0,
    )
    .fetch_all(db)
    .await
}

/// The text of a note and its author.
pub(super) struct NoteText {
    pub sender_id: Option<UserId>,
    pub body: String,
}

/// A note that is not redacted. A redaction waits until this transaction ends.
///
/// # Errors
/// The database failed.
pub(super) async fn unredacted(
    db: impl PgExecutor<'_>,
    note: MessageId,
) -> sqlx::Result<Option<NoteText>> {
    sqlx::query_as!(
        NoteText,
        "select sender_id, body from messages where id = $1 and is_internal and redacted_at is null for share",
        note.0,
    )
    .fetch_optional(db)
    .await
}

/// The staff with these employee ids (in lower case), at most 1 000: id and person.
///
/// # Errors
/// The database failed.
pub(super) async fn employees(
    db: impl PgExecutor<'_>,
    ids: &[String],
) -> sqlx::Result<Vec<(String, UserId)>> {
    let rows = sqlx::query!(
        r#"select lower(a.employee_id) as "employee_id!", a.user_id
        from agents a join users u on u.id = a.user_id
        where lower(a.employee_id) = any($1) and u.role in ('support', 'admin')
        order by a.user_id limit 1000"#,
        ids,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.employee_id, row.user_id))
        .collect())
}

/// Stores that a note mentions these people.
///
/// # Errors
/// The database failed.
pub(super) async fn insert(
    db: impl PgExecutor<'_>,
    note: MessageId,
    people: &[UserId],
) -> sqlx::Result<()> {
    let people: Vec<_> = people.iter().map(|person| person.0).collect();
    sqlx::query!(
        "insert into note_mentions (message_id, user_id, ticket_id)
         select m.id, person, m.ticket_id from messages m, unnest($2::uuid[]) as person
         where m.id = $1
         on conflict do nothing",
        note.0,
        &people,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Deletes the mentions of a note; returns the people whom it mentioned.
///
/// # Errors
/// The database failed.
pub(in crate::tickets) async fn forget(
    db: impl PgExecutor<'_>,
    note: MessageId,
) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        "delete from note_mentions where message_id = $1 returning user_id",
        note.0,
    )
    .fetch_all(db)
    .await
}
