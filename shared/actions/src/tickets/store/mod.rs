//! The SQL of tickets. Messages are in `messages.rs`, the history in `events.rs`, unassigned tickets in `queue.rs`. No decisions.

mod events;
mod messages;
mod queue;
mod section;
mod shown;

pub(crate) use events::{EventRow, select_events};
pub use events::{events, insert_events};
pub use messages::{insert_message, message, messages, messages_of, redact_message};
pub use queue::{find_unassigned, first_unassigned, try_lock_first, unassigned};
pub use section::{List, Listing, Section};
pub(in crate::tickets) use shown::{opened, shown};

use chrono::{DateTime, Utc};
use domain::ids::{TicketId, UserId};
use domain::tickets::{Ticket, TicketChange, TicketKey, TicketNumber};
use platform::work::Tx;
use sqlx::PgExecutor;

/// `next_due_at` of a ticket without a running deadline: 9999-12-31, so that it sorts after every deadline and
/// the column needs no null.
const NO_DEADLINE: DateTime<Utc> = match DateTime::from_timestamp(253_402_214_400, 0) {
    Some(instant) => instant,
    None => DateTime::<Utc>::MAX_UTC,
};

/// The only column list of tickets, between the beginning and the rest of a statement.
macro_rules! query_tickets {
    ($row:ty, $head:literal, $($tail:literal)+; $($argument:expr),*) => {
        sqlx::query_as!(
            $row,
            $head + "id, number, customer_id, assigned_to, subject, description, category, priority, status,
                    department, language, tags, attachments, related_booking, related_transaction,
                    related_conversation, policy, escalation_level, resolution, resolved_for, rating,
                    rating_feedback, rated_at, rated_for, rated_cycle, reopened_count, waiting_since, reminded_at,
                    handed_back_by as returned_by,
                    version, created_at, updated_at, assigned_at, first_response_at, resolved_at, closed_at
             from tickets " $(+ $tail)+
            $(, $argument)*
        )
    };
}

macro_rules! select_tickets {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        query_tickets!(Ticket, "select ", $tail; $($argument),*)
    };
}

pub(in crate::tickets::store) use query_tickets;

/// The ticket with this id or number; `None` when there is none.
///
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

/// The tickets with these ids, in no order. Unknown ids are left out.
///
/// # Errors
/// The database failed.
pub async fn find_all(db: impl PgExecutor<'_>, ids: &[uuid::Uuid]) -> sqlx::Result<Vec<Ticket>> {
    select_tickets!("where id = any($1)", ids)
        .fetch_all(db)
        .await
}

/// Locks a ticket until the transaction ends; waits for a transaction that has locked it. `None` when there is no
/// such ticket, or it is not this customer's: strangers neither lock a ticket nor wait for it.
///
/// # Errors
/// The database failed.
pub async fn lock(
    db: impl PgExecutor<'_>,
    key: &TicketKey,
    customer: Option<UserId>,
) -> sqlx::Result<Option<Ticket>> {
    let customer = customer.map(|customer| customer.0);
    match key {
        TicketKey::Id(id) => {
            let sql = select_tickets!(
                "where id = $1 and ($2::uuid is null or customer_id = $2) for update",
                id.0,
                customer
            );
            sql.fetch_optional(db).await
        }
        TicketKey::Number(number) => {
            let sql = select_tickets!(
                "where number = $1 and ($2::uuid is null or customer_id = $2) for update",
                number.as_str(),
                customer
            );
            sql.fetch_optional(db).await
        }
    }
}

/// The next ticket number, with the year of `at`. A number that is not used leaves a gap.
///
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
             $19)",
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
        due.unwrap_or(NO_DEADLINE),
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Writes every column that may change. `read_version` proves that the row is the one that was read.
async fn update(
    db: impl PgExecutor<'_>,
    ticket: &Ticket,
    read_version: i64,
    due: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let done = sqlx::query!(
        "update tickets set assigned_to = $3, priority = $4, status = $5, policy = $6, escalation_level = $7,
             resolution = $8, resolved_for = $9, rating = $10, rating_feedback = $11, rated_at = $12,
             rated_for = $13, rated_cycle = $14, reopened_count = $15, waiting_since = $16, reminded_at = $17,
             handed_back_by = $18, version = $19, updated_at = $20, assigned_at = $21, first_response_at = $22,
             resolved_at = $23, closed_at = $24, next_due_at = $25,
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
        ticket.rated_for.map(|agent| agent.0),
        ticket.rated_cycle,
        ticket.reopened_count,
        ticket.waiting_since,
        ticket.reminded_at,
        ticket.returned_by.map(|agent| agent.0),
        ticket.version,
        ticket.updated_at,
        ticket.assigned_at,
        ticket.first_response_at,
        ticket.resolved_at,
        ticket.closed_at,
        due.unwrap_or(NO_DEADLINE),
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
    // The row has been locked since it was read: another version here is a bug.
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound)
    }
}

/// At most `limit` tickets that were resolved at or before `before` and are resolved still, oldest resolution
/// first.
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

/// At most `limit` tickets that wait for their customer: since `resolve_before` or earlier, or since
/// `remind_before` or earlier without a reminder. The longest wait is first.
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

/// Writes the ticket of a change, its search words and its clocks. `read_version` is the version that was
/// loaded; `None` inserts a new ticket.
///
/// # Errors
/// The database failed; [`sqlx::Error::RowNotFound`] when the row has another version, which is a bug.
pub async fn write(
    tx: &mut Tx,
    change: &TicketChange,
    read_version: Option<i64>,
) -> sqlx::Result<()> {
    let (ticket, clocks) = (change.ticket(), change.clocks());
    let due = clocks.next_deadline();
    if let Some(version) = read_version {
        update(&mut **tx, ticket, version, due).await?;
        if change.has_changed_words() {
            crate::tickets::search::store::change_ticket(tx, ticket).await?;
        }
    } else {
        insert(&mut **tx, ticket, due).await?;
        crate::tickets::search::store::add_ticket(tx, ticket).await?;
    }
    if change.has_changed_clocks() {
        crate::sla::store::save(tx, ticket.id, clocks).await?;
    }
    Ok(())
}

/// At most `limit` active tickets of an agent, in the order of their ids.
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
