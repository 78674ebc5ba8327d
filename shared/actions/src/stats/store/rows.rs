//! The SQL of the rows: the cursor, and the rows of changed tickets. No decisions.

use chrono::{DateTime, Utc};
use domain::feed::FeedPosition;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// How far the rows are complete.
#[derive(Debug, Clone, Copy)]
pub(in crate::stats) struct Cursor {
    /// The changes of the feed until here are counted.
    pub position: FeedPosition,
    /// While all rows are computed anew: the greatest id of a ticket that was done.
    pub refilled_to: Option<Uuid>,
}

/// Locks the cursor until the transaction ends; `None` when another process has it.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn lock(connection: &mut PgConnection) -> sqlx::Result<Option<Cursor>> {
    sqlx::query_as!(
        Cursor,
        r#"select position as "position: FeedPosition", refilled_to from stats_cursor for update skip locked"#
    )
    .fetch_optional(connection)
    .await
}

/// Moves the cursor, which [`lock`] has locked.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn move_to(
    connection: &mut PgConnection,
    cursor: Cursor,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update stats_cursor set position = $1, refilled_to = $2",
        cursor.position.0,
        cursor.refilled_to,
    )
    .execute(connection)
    .await
    .map(|_| ())
}

/// Records that every change up to an instant is counted. The record never goes back: where the clocks of two
/// processes differ, the later instant was correct already.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn set_as_of(
    connection: &mut PgConnection,
    as_of: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update stats_cursor set as_of = $1 where as_of is null or as_of < $1",
        as_of
    )
    .execute(connection)
    .await
    .map(|_| ())
}

/// Orders all rows to be computed anew.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn begin_refill(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("update stats_cursor set refilled_to = $1", Uuid::nil())
        .execute(db)
        .await
        .map(|_| ())
}

/// Whether rows are still to be computed anew.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn is_refilling(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select refilled_to is not null as "refilling!" from stats_cursor"#)
        .fetch_one(db)
        .await
}

/// A change of the feed, with its ticket if it is one of a ticket.
pub(in crate::stats) struct Change {
    pub position: FeedPosition,
    pub ticket: Option<Uuid>,
}

/// At most `limit` changes after a position.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn changes_after(
    connection: &mut PgConnection,
    position: FeedPosition,
    limit: i64,
) -> sqlx::Result<Vec<Change>> {
    sqlx::query_as!(
        Change,
        r#"select position as "position: FeedPosition", case when kind = 'ticket' then subject_id end as ticket
           from feed where position > $1 order by position limit $2"#,
        position.0,
        limit,
    )
    .fetch_all(connection)
    .await
}

/// At most `limit` tickets in the order of their ids, after one of them.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn tickets_after(
    connection: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select id as "id: Uuid" from tickets where id > $1 order by id limit $2"#,
        after,
        limit
    )
    .fetch_all(connection)
    .await
}

/// Computes the rows of tickets anew, and returns how many of them changed.
///
/// A change is committed before the feed shows it. This must therefore be a later statement than [`changes_after`], at
/// `read committed`: its snapshot then has every change that was read.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn compute(
    connection: &mut PgConnection,
    tickets: &[Uuid],
) -> sqlx::Result<u64> {
    let computed = sqlx::query!(
        "insert into stats_tickets as known (
             ticket_id, created_at, agent_id, status, priority, category, department, response_millis, resolution_millis,
             response_clock, resolution_clock, rating, rated_for, transfers, escalations, reopenings, is_one_touch, active,
             active_until)
         select
             ticket_id, created_at, agent_id, status, priority, category, department, response_millis, resolution_millis,
             response_clock, resolution_clock, rating, rated_for, transfers, escalations, reopenings, is_one_touch, active,
             active_until
         from stats_recount where ticket_id = any($1)
         on conflict (ticket_id) do update set
             created_at = excluded.created_at, agent_id = excluded.agent_id, status = excluded.status,
             priority = excluded.priority, category = excluded.category, department = excluded.department,
             response_millis = excluded.response_millis, resolution_millis = excluded.resolution_millis,
             response_clock = excluded.response_clock, resolution_clock = excluded.resolution_clock,
             rating = excluded.rating, rated_for = excluded.rated_for, transfers = excluded.transfers,
             escalations = excluded.escalations, reopenings = excluded.reopenings,
             is_one_touch = excluded.is_one_touch, active = excluded.active, active_until = excluded.active_until
         where (known.*) is distinct from (excluded.*)",
        tickets
    )
    .execute(connection)
    .await?;
    Ok(computed.rows_affected())
}

/// Deletes the rows between two ids whose tickets do not exist; there are none unless somebody wrote them by hand.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn delete_strays(
    connection: &mut PgConnection,
    after: Uuid,
    until: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from stats_tickets where ticket_id > $1 and ticket_id <= $2
             and not exists (select from tickets where id = ticket_id)",
        after,
        until
    )
    .execute(connection)
    .await
    .map(|_| ())
}

/// Counts the rows again for the totals of lists, which otherwise follow each change of a row by a trigger.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn count_again(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("delete from ticket_counts")
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into ticket_counts (status, priority, category, department, tickets)
         select status, priority, category, department, count(*) from stats_tickets group by 1, 2, 3, 4"
    )
    .execute(connection)
    .await
    .map(|_| ())
}

/// Marks what the release before has to count again, if it should run again: the quarters of an hour of these tickets.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn mark_for_release_before(
    connection: &mut PgConnection,
    tickets: &[Uuid],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into stats_dirty (bucket)
         select distinct date_bin('15 minutes', created_at, timestamptz 'epoch') from tickets where id = any($1)
         except select bucket from stats_dirty",
        tickets
    )
    .execute(connection)
    .await
    .map(|_| ())
}

/// The instant up to which every change is counted; `None` before the rows were complete for the first time.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn as_of(
    connection: &mut PgConnection,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select as_of from stats_cursor")
        .fetch_one(connection)
        .await
}
