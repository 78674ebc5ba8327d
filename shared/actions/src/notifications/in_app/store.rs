//! The SQL of what people are told in the app. Who may read an entry is asked each time: of a ticket that passed out of
//! sight nothing is listed or counted.

use crate::notifications::in_app::{Entry, Filter, Reader, Sees};
use chrono::{DateTime, Utc};
use domain::{
    ids::{EventId, NotificationId, TicketId, UserId},
    notifications::{Planned, Template},
    tickets::{TicketEvent, TicketNumber},
};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;
use uuid::Uuid;

/// The most entries that are counted; of more the count is one higher.
pub const MOST_COUNTED: i64 = 10_000;

/// Inserts what people are told of events, and adds each new entry to the event feed.
///
/// # Errors
/// The database failed.
pub(in crate::notifications) async fn insert(
    work: &mut UnitOfWork<'_>,
    shown: &[(&TicketEvent, &Planned)],
) -> sqlx::Result<()> {
    if shown.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<_> = shown.iter().map(|_| work.cx.ids.uuid(work.now())).collect();
    // Ids of one instant are random: in ascending order they tell the order of the events.
    ids.sort_unstable();
    let events: Vec<_> = shown.iter().map(|(event, _)| event.id.0).collect();
    let tickets: Vec<_> = shown.iter().map(|(event, _)| event.ticket.0).collect();
    let people: Vec<_> = shown.iter().map(|(_, one)| one.to.0).collect();
    let templates: Vec<_> = shown
        .iter()
        .map(|(_, one)| one.template.to_string())
        .collect();
    let told = sqlx::query!(
        "with told as (
            insert into in_app_notifications (id, event_id, ticket_id, user_id, template, created_at)
            select n.id, n.event_id, n.ticket_id, n.user_id, n.template, $6
            from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) as n (id, event_id, ticket_id, user_id, template)
            on conflict (event_id, user_id) do nothing
            returning id, user_id)
        insert into feed_pending (kind, event_id, subject_id, at)
        select 'notification', id, user_id, $6 from told order by id",
        &ids,
        &events,
        &tickets,
        &people,
        &templates,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    if told.rows_affected() > 0 {
        work.grow_feed();
    }
    Ok(())
}

/// A row, with the present number and subject of the ticket.
struct Row {
    id: NotificationId,
    event_id: EventId,
    template: Template,
    ticket_id: TicketId,
    number: TicketNumber,
    subject: String,
    actor: Option<String>,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            event: row.event_id,
            kind: row.template,
            ticket: row.ticket_id,
            number: row.number,
            subject: row.subject,
            actor: row.actor,
            created_at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// The entries that a reader may see: of tickets that they see at this moment.
macro_rules! select_entries {
    ($tail:literal, $reader:expr $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select i.id, i.event_id, i.template, i.ticket_id, t.number, t.subject, i.created_at, i.read_at,
                actor.first_name as "actor?"
            from in_app_notifications i
            join tickets t on t.id = i.ticket_id
            join ticket_events e on e.id = i.event_id
            left join users actor on actor.id = e.actor_id
            where i.user_id = $1 and i.template = any($2)
                and ($3 or $4 and t.customer_id = $1
                    or not $4 and (t.assigned_to is null or t.assigned_to = $1 or exists (
                        select from note_mentions m where m.ticket_id = t.id and m.user_id = $1))) "# + $tail,
            $reader.person.0,
            &$reader.kinds,
            $reader.sees == Sees::All,
            $reader.sees == Sees::Own
            $(, $argument)*
        )
    };
}

/// At most `limit` entries of a reader after an entry, newest first.
///
/// # Errors
/// The database failed.
pub(super) async fn list(
    db: impl PgExecutor<'_>,
    reader: &Reader,
    filter: Filter,
    (after, offset, limit): (Option<NotificationId>, i64, i64),
) -> sqlx::Result<Vec<Entry>> {
    // Two statements, so that unread entries are found by their own index.
    let after = after.map(|after| after.0);
    let rows = match filter {
        Filter::All => {
            let page = select_entries!(
                "and ($5::uuid is null or i.position < (
                    select position from in_app_notifications last where last.id = $5 and last.user_id = $1))
                order by i.position desc offset $6 limit $7",
                reader,
                after,
                offset,
                limit,
            );
            page.fetch_all(db).await?
        }
        Filter::Unread => {
            let page = select_entries!(
                "and i.read_at is null and ($5::uuid is null or i.position < (
                    select position from in_app_notifications last where last.id = $5 and last.user_id = $1))
                order by i.position desc offset $6 limit $7",
                reader,
                after,
                offset,
                limit,
            );
            page.fetch_all(db).await?
        }
    };
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// One entry of a reader.
///
/// # Errors
/// The database failed.
pub(super) async fn find(
    db: impl PgExecutor<'_>,
    reader: &Reader,
    id: NotificationId,
) -> sqlx::Result<Option<Entry>> {
    let row = select_entries!("and i.id = $5", reader, id.0)
        .fetch_optional(db)
        .await?;
    Ok(row.map(Entry::from))
}

/// The number of entries of a reader, up to one more than [`MOST_COUNTED`].
macro_rules! count_entries {
    ($db:expr, $reader:expr, $condition:literal) => {
        sqlx::query_scalar!(
            r#"select count(*) as "count!" from (
                select from in_app_notifications i join tickets t on t.id = i.ticket_id
                where i.user_id = $1 and i.template = any($2)
                    and ($3 or $4 and t.customer_id = $1
                        or not $4 and (t.assigned_to is null or t.assigned_to = $1 or exists (
                            select from note_mentions m where m.ticket_id = t.id and m.user_id = $1))) "#
                + $condition
                + " limit $5) counted",
            $reader.person.0,
            &$reader.kinds,
            $reader.sees == Sees::All,
            $reader.sees == Sees::Own,
            MOST_COUNTED + 1,
        )
        .fetch_one($db)
        .await
    };
}

/// The number of entries of a reader, up to one more than [`MOST_COUNTED`].
///
/// # Errors
/// The database failed.
pub(super) async fn count(
    db: impl PgExecutor<'_>,
    reader: &Reader,
    filter: Filter,
) -> sqlx::Result<i64> {
    match filter {
        Filter::All => count_entries!(db, reader, ""),
        Filter::Unread => count_entries!(db, reader, "and i.read_at is null"),
    }
}

/// Marks an entry of a person as read, and returns whether it was not. One that was read keeps its time.
///
/// # Errors
/// The database failed.
pub(super) async fn mark_read(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    id: NotificationId,
) -> sqlx::Result<bool> {
    let marked = sqlx::query!(
        "update in_app_notifications set read_at = $3 where id = $2 and user_id = $1 and read_at is null",
        person.0,
        id.0,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(marked.rows_affected() > 0)
}

/// Marks all entries that a reader sees as read, and returns how many were not.
///
/// # Errors
/// The database failed.
pub(super) async fn mark_all_read(work: &mut UnitOfWork<'_>, reader: &Reader) -> sqlx::Result<u64> {
    let marked = sqlx::query!(
        "update in_app_notifications i set read_at = $5 from tickets t
        where i.user_id = $1 and i.read_at is null and i.template = any($2) and t.id = i.ticket_id
            and ($3 or $4 and t.customer_id = $1
                or not $4 and (t.assigned_to is null or t.assigned_to = $1 or exists (
                    select from note_mentions m where m.ticket_id = t.id and m.user_id = $1)))",
        reader.person.0,
        &reader.kinds,
        reader.sees == Sees::All,
        reader.sees == Sees::Own,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(marked.rows_affected())
}

/// Deletes at most `limit` of the oldest entries, if their ids are smaller; returns how many.
///
/// # Errors
/// The database failed.
pub async fn prune(db: impl PgExecutor<'_>, before: Uuid, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from in_app_notifications where id in (
            select id from in_app_notifications where id < $1 order by id limit $2)",
        before,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
