//! The SQL of tickets as responses show them. One statement reads all of it, with the rows of other tables as JSON: a
//! statement costs more than a row. No decisions.

use crate::{
    directory::Named,
    tickets::store::{EventRow, query_tickets},
};
use domain::{
    actor::Caller,
    json::Json,
    people::Role,
    sla::SlaClock,
    tickets::{Message, Ticket, TicketKey},
};
use sqlx::PgExecutor;
use uuid::Uuid;

/// A ticket and what is shown with it.
pub(in crate::tickets) struct ShownRow {
    pub ticket: Json<Ticket>,
    pub clocks: Json<Vec<SlaClock>>,
    /// Its escalations, oldest first.
    pub escalations: Json<Vec<EventRow>>,
    /// The people named in it.
    pub people: Json<Vec<Named>>,
}

/// A ticket with its first messages, as far as the caller may read them, and what decides whether the caller may see it.
pub(in crate::tickets) struct Opened {
    pub ticket: Json<Ticket>,
    pub clocks: Json<Vec<SlaClock>>,
    pub escalations: Json<Vec<EventRow>>,
    pub people: Json<Vec<Named>>,
    /// The caller's role.
    pub role: Role,
    /// Whether a note mentions the caller.
    pub is_mentioned: bool,
    pub messages: Json<Vec<Message>>,
}

/// The columns of a ticket `t` and of what is shown with it. `thread.people` has further people.
macro_rules! query_shown {
    ($row:ty, $head:literal, $middle:literal, $tail:literal; $($argument:expr),*) => {
        query_tickets!(
            $row, $head,
            $middle r#" to_json(t) as "ticket!: Json<Ticket>",
             (select coalesce(json_agg(c order by c.metric, c.cycle), '[]') from (
                 select metric, cycle, started_at, target_minutes, at_risk_percent, further_warnings, paused_at, paused_micros,
                        pauses, warn_at, due_at, stopped_at, used_micros, warned_at, further_warned, breached_at
                 from sla_clocks where ticket_id = t.id) c) as "clocks!: Json<Vec<SlaClock>>",
             case when t.escalation_level = 0 then '[]' else (
                 select coalesce(json_agg(e order by e.at, e.position), '[]') from (
                     select id, ticket_id, at, actor_id, actor_role, what, position from ticket_events
                     where ticket_id = t.id and what ->> 'type' = 'escalated') e) end as "escalations!: Json<Vec<EventRow>>",
             (select coalesce(json_agg(p), '[]') from (
                 select id, first_name, last_name, email, role, language, timezone, active from users
                 where id = any(array[t.customer_id, t.assigned_to] || thread.people)) p) as "people!: Json<Vec<Named>>" "#
            $tail;
            $($argument),*
        )
    };
}

/// The tickets with these ids, in no order. Unknown ids are left out.
///
/// # Errors
/// The database failed.
pub(in crate::tickets) async fn shown(
    db: impl PgExecutor<'_>,
    tickets: &[Uuid],
) -> sqlx::Result<Vec<ShownRow>> {
    query_shown!(
        ShownRow,
        "with t as (select ",
        "where id = any($1)) select",
        "from t cross join (select '{}'::uuid[]) as thread (people)";
        tickets
    )
    .fetch_all(db)
    .await
}

/// A ticket as it is opened; `None` when there is no such ticket, or the caller's session is over. `staff` are the roles
/// that read internal notes, `messages` is the number of messages at most.
///
/// # Errors
/// The database failed.
pub(in crate::tickets) async fn opened(
    db: impl PgExecutor<'_>,
    caller: Caller,
    key: &TicketKey,
    staff: &[String],
    messages: i64,
) -> sqlx::Result<Option<Opened>> {
    let (id, number) = match key {
        TicketKey::Id(id) => (Some(id.0), None),
        TicketKey::Number(number) => (None, Some(number.as_str())),
    };
    query_shown!(
        Opened,
        "with caller as materialized (
             select u.id, u.role, u.role = any($5) as is_staff from users u
             where u.id = $1 and u.active and ($2::uuid is null or exists (
                 select from sessions s where s.id = $2 and s.user_id = u.id and s.revoked_at is null))),
         t as materialized (select ",
        r#"where id = coalesce($3, (select n.id from tickets n where n.number = $4)))
         select caller.role as "role!: Role",
             exists (select from note_mentions n where n.user_id = caller.id and n.ticket_id = t.id) as "is_mentioned!",
             thread.messages as "messages!: Json<Vec<Message>>","#,
        "from caller cross join t cross join lateral (
             select coalesce(json_agg(m order by m.created_at, m.position), '[]') as messages,
                 array_agg(m.sender_id) || array_agg(m.redacted_by) as people
             from (select id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at, redacted_at,
                       redacted_by, position
                   from messages where ticket_id = t.id and (not is_internal or caller.is_staff)
                   order by created_at, position limit $6) m) as thread";
        caller.person.0,
        caller.session.map(|session| session.0),
        id,
        number,
        staff,
        messages
    )
    .fetch_optional(db)
    .await
}
