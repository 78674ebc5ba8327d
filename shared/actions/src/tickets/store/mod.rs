//! Tickets in SQL; what was said and what happened on them is in `thread.rs`, what waits in `queue.rs`. No decisions.

mod queue;
mod thread;

pub use queue::{find_waiting, first_waiting, try_lock_first, waiting};
pub use thread::{
    Cut, Place, count_events, count_messages, escalations, events, insert_events, insert_message,
    latest_messages, message, messages, place_of_event, place_of_message, redact_message,
};

use chrono::{DateTime, Utc};
use domain::ids::{TicketId, UserId};
pub use domain::tickets::TicketKey;
use domain::tickets::{Ticket, TicketChange, TicketNumber};
use platform::work::Tx;
use sqlx::PgExecutor;

/// The one column list of tickets.
macro_rules! select_tickets {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Ticket,
            "select id, number, customer_id, assigned_to, subject, description, category, priority, status,
                    department, language, tags, attachments, related_booking, related_transaction,
                    related_conversation, policy, escalation_level, resolution, resolved_for, rating,
                    rating_feedback, rated_at, rated_for, rated_cycle, reopened_count, waiting_since, reminded_at, handed_back_by,
                    version, created_at, updated_at, assigned_at, first_response_at, resolved_at, closed_at
             from tickets " + $tail
            $(, $argument)*
        )
    };
}

/// # Errors
/// The database failed.
pub async fn find(db: impl PgExecutor<'_>, key: &TicketKey) -> sqlx::Result<Option<Ticket>> {
    match key {
        TicketKey::Id(id) => {
            select_tickets!("where id = $1", id.0)
                .fetch_optional(db)
                .await
        }
        TicketKey::Number(number) => {
            select_tickets!("where number = $1", number.as_str())
                .fetch_optional(db)
                .await
        }
    }
}

/// These tickets, in no order.
///
/// # Errors
/// The database failed.
pub async fn find_all(db: impl PgExecutor<'_>, ids: &[uuid::Uuid]) -> sqlx::Result<Vec<Ticket>> {
    select_tickets!("where id = any($1)", ids)
        .fetch_all(db)
        .await
}

/// Waits for whoever changes the ticket now, and keeps others waiting until the transaction ends.
///
/// # Errors
/// The database failed.
pub async fn lock(db: impl PgExecutor<'_>, key: &TicketKey) -> sqlx::Result<Option<Ticket>> {
    match key {
        TicketKey::Id(id) => {
            select_tickets!("where id = $1 for update", id.0)
                .fetch_optional(db)
                .await
        }
        TicketKey::Number(number) => {
            select_tickets!("where number = $1 for update", number.as_str())
                .fetch_optional(db)
                .await
        }
    }
}

/// # Errors
/// The database failed.
pub async fn next_number(db: impl PgExecutor<'_>, at: DateTime<Utc>) -> sqlx::Result<TicketNumber> {
    let sequence = sqlx::query_scalar!(r#"select nextval('ticket_sequence') as "sequence!""#)
        .fetch_one(db)
        .await?;
    Ok(TicketNumber::new(at, sequence))
}

async fn insert(
    db: impl PgExecutor<'_>,
    ticket: &Ticket,
    due: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into tickets (id, number, customer_id, subject, description, category, priority, status,
             department, language, tags, attachments, related_booking, related_transaction,
             related_conversation, policy, escalation_level, reopened_count, version, created_at, updated_at, next_due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, $17, $18, $18,
             coalesce($19, timestamptz '9999-12-31 00:00:00+00'))",
        ticket.id.0,
        ticket.number.as_str(),
        ticket.customer_id.0,
        ticket.subject,
        ticket.description,
        ticket.category.as_str(),
        ticket.priority.as_str(),
        ticket.status.as_str(),
        ticket.department.as_str(),
        ticket.language,
        &ticket.tags,
        &ticket.attachments as _,
        ticket.related_booking,
        ticket.related_transaction,
        ticket.related_conversation,
        &ticket.policy as _,
        ticket.version,
        ticket.created_at,
        due,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Writes what may change of a ticket. The version is the caller's proof that the row is the one
/// that was read.
async fn update(
    db: impl PgExecutor<'_>,
    ticket: &Ticket,
    read_version: i64,
    due: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let done = sqlx::query!(
        "update tickets set assigned_to = $3, priority = $4, status = $5, policy = $6, escalation_level = $7,
             resolution = $8, resolved_for = $9, rating = $10, rating_feedback = $11, rated_at = $12,
             reopened_count = $13, waiting_since = $14, reminded_at = $15, handed_back_by = $16,
             version = $17, updated_at = $18, assigned_at = $19, first_response_at = $20,
             resolved_at = $21, closed_at = $22, rated_for = $24, rated_cycle = $25, next_due_at = coalesce($23, timestamptz '9999-12-31 00:00:00+00'),
             subject = $26, description = $27, category = $28, department = $29, language = $30, tags = $31,
             related_booking = $32, related_transaction = $33, related_conversation = $34
         where id = $1 and version = $2",
        ticket.id.0,
        read_version,
        ticket.assigned_to.map(|agent| agent.0),
        ticket.priority.as_str(),
        ticket.status.as_str(),
        &ticket.policy as _,
        ticket.escalation_level,
        &ticket.resolution as _,
        ticket.resolved_for.map(|agent| agent.0),
        ticket.rating,
        ticket.rating_feedback,
        ticket.rated_at,
        ticket.reopened_count,
        ticket.waiting_since,
        ticket.reminded_at,
        ticket.handed_back_by.map(|agent| agent.0),
        ticket.version,
        ticket.updated_at,
        ticket.assigned_at,
        ticket.first_response_at,
        ticket.resolved_at,
        ticket.closed_at,
        due,
        ticket.rated_for.map(|agent| agent.0),
        ticket.rated_cycle,
        ticket.subject,
        ticket.description,
        ticket.category.as_str(),
        ticket.department.as_str(),
        ticket.language,
        &ticket.tags,
        ticket.related_booking,
        ticket.related_transaction,
        ticket.related_conversation,
    )
    .execute(db)
    .await?;
    // The row is locked from the read on, so that this cannot happen but by a mistake of ours.
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound)
    }
}

/// Resolved tickets that nobody has touched since `before`.
///
/// # Errors
/// The database failed.
pub async fn resolved_before(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        "select id from tickets where status = 'resolved' and resolved_at <= $1 order by resolved_at, id limit $2",
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Tickets that have waited for their customer since before `resolve_before`, or since before
/// `remind_before` without a reminder.
///
/// # Errors
/// The database failed.
pub async fn waiting_for_customer(
    db: impl PgExecutor<'_>,
    remind_before: DateTime<Utc>,
    resolve_before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        "select id from tickets where status = 'waiting_customer'
             and (waiting_since <= $2 or (waiting_since <= $1 and reminded_at is null))
         order by waiting_since, id limit $3",
        remind_before,
        resolve_before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Writes a case: the ticket, what changed of its clocks, what happened. `read_version` is
/// the version that was loaded; none for a new one.
///
/// # Errors
/// The database failed.
pub async fn write(
    tx: &mut Tx,
    case: &TicketChange,
    read_version: Option<i64>,
) -> sqlx::Result<()> {
    let (ticket, clocks) = (case.ticket(), case.clocks());
    let due = clocks.next_deadline();
    if let Some(version) = read_version {
        update(&mut **tx, ticket, version, due).await?;
        if case.has_changed_words() {
            crate::tickets::search::store::change_ticket(tx, ticket).await?;
        }
    } else {
        insert(&mut **tx, ticket, due).await?;
        crate::tickets::search::store::add_ticket(tx, ticket).await?;
    }
    crate::sla::store::save(tx, ticket.id, clocks).await
}

/// The active tickets that an agent has.
///
/// # Errors
/// The database failed.
pub async fn active_of(
    db: impl PgExecutor<'_>,
    agent: UserId,
    limit: i64,
) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        "select id from tickets
         where assigned_to = $1 and status not in ('resolved', 'closed') order by id limit $2",
        agent.0,
        limit,
    )
    .fetch_all(db)
    .await
}
