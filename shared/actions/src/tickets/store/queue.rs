//! The SQL of unassigned tickets: most urgent first, then oldest. No decisions. A ticket that waits for its
//! customer is left out, since nothing is to be done before the answer.

use domain::{
    ids::TicketId,
    people::Department,
    tickets::{Priority, UnassignedTicket},
};
use sqlx::PgExecutor;

/// The ticket, if it is active and unassigned.
///
/// # Errors
/// The database failed.
pub async fn find_unassigned(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
) -> sqlx::Result<Option<UnassignedTicket>> {
    sqlx::query_as!(
        UnassignedTicket,
        "select id, category, department, language, priority, status, escalation_level, handed_back_by as returned_by, created_at
         from tickets where id = $1 and assigned_to is null and status not in ('resolved', 'closed')
             and status <> 'waiting_customer'",
        ticket.0,
    )
    .fetch_optional(db)
    .await
}

/// At most `limit` unassigned tickets of these departments, in the order in which they are assigned. `after` is
/// the last ticket of the previous batch.
///
/// # Errors
/// The database failed.
pub async fn unassigned(
    db: impl PgExecutor<'_>,
    departments: &[Department],
    after: Option<&UnassignedTicket>,
    limit: i64,
) -> sqlx::Result<Vec<UnassignedTicket>> {
    sqlx::query_as!(
        UnassignedTicket,
        "select id, category, department, language, priority, status, escalation_level, handed_back_by as returned_by, created_at
         from tickets
         where department = any($1) and assigned_to is null and status not in ('resolved', 'closed')
             and status <> 'waiting_customer'
             and ($2::smallint is null or priority_rank < $2
                  or (priority_rank = $2 and (created_at, id) > ($3, $4)))
         order by priority_rank desc, created_at, id limit $5",
        &words(departments),
        after.map(|after| rank(after.priority)),
        after.map(|after| after.created_at),
        after.map(|after| after.id.0),
        limit,
    )
    .fetch_all(db)
    .await
}

/// The first `limit` of them. At most `limit` rows of each department are read, so that the cost does not grow
/// with the queue.
///
/// # Errors
/// The database failed.
pub async fn first_unassigned(
    db: impl PgExecutor<'_>,
    departments: &[Department],
    limit: i64,
) -> sqlx::Result<Vec<UnassignedTicket>> {
    sqlx::query_as!(
        UnassignedTicket,
        "select t.id, t.category, t.department, t.language, t.priority, t.status, t.escalation_level, t.handed_back_by as returned_by, t.created_at
         from unnest($1::text[]) as of_all (department) cross join lateral (
             select * from tickets
             where department = of_all.department and assigned_to is null and status not in ('resolved', 'closed')
             and status <> 'waiting_customer'
             order by priority_rank desc, created_at, id limit $2
         ) t
         order by t.priority_rank desc, t.created_at, t.id limit $2",
        &words(departments),
        limit,
    )
    .fetch_all(db)
    .await
}

/// Locks the first of these tickets that is still unassigned and that no other transaction has locked; does not
/// wait.
///
/// # Errors
/// The database failed.
pub async fn try_lock_first(
    db: impl PgExecutor<'_>,
    tickets: &[uuid::Uuid],
) -> sqlx::Result<Option<TicketId>> {
    sqlx::query_scalar!(
        "select id from tickets
         where id = any($1) and assigned_to is null and status not in ('resolved', 'closed')
             and status <> 'waiting_customer'
         order by priority_rank desc, created_at, id limit 1 for update skip locked",
        tickets,
    )
    .fetch_optional(db)
    .await
}

/// `priority_rank`, a column that the database computes from the priority: 0 (low) to 3 (urgent).
const fn rank(priority: Priority) -> i16 {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

fn words(departments: &[Department]) -> Vec<String> {
    departments.iter().map(ToString::to_string).collect()
}
