//! The SQL of the participants of an event: who may be notified of it.

use crate::tickets::store::select_events;
use chrono::{DateTime, Utc};
use domain::{
    assignment::on_shift,
    ids::{EventId, TicketId, UserId},
    json::Json,
    notifications::ResolutionTold,
    people::{Availability, Department, Level, Shift},
    tickets::{Priority, TicketEvent},
};
use platform::work::Tx;
use std::collections::{BTreeSet, HashMap};

/// Maximum of people in one group of recipients.
const MOST_PEOPLE: i64 = 100;
/// Maximum of agents of a department among whom those on duty are looked for.
const MOST_AGENTS: i64 = 1_000;
/// Maximum of changes of the assignee that are loaded for one event.
const MOST_CHANGES: i64 = 200;

/// Those of these events that exist.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn events(
    tx: &mut Tx,
    events: &[EventId],
) -> Result<HashMap<EventId, TicketEvent>, sqlx::Error> {
    let ids: Vec<_> = events.iter().map(|event| event.0).collect();
    let rows = select_events!("id = any($1)", &ids)
        .fetch_all(&mut **tx)
        .await?;
    let events = rows.into_iter().map(TicketEvent::from);
    Ok(events.map(|event| (event.id, event)).collect())
}

/// The event that created a ticket, if the ticket is unassigned and active; `None` otherwise.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn creation_of_waiting(
    tx: &mut Tx,
    ticket: TicketId,
) -> Result<Option<TicketEvent>, sqlx::Error> {
    let row = select_events!(
        "ticket_id = $1 and what->>'type' = 'created' and exists (
            select from tickets t where t.id = $1 and t.status = 'open' and t.assigned_to is null)
        order by position limit 1",
        ticket.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(TicketEvent::from))
}

/// The fields of a ticket that decide who is notified, and how.
pub(in crate::notifications) struct Around {
    pub id: TicketId,
    pub customer_id: UserId,
    pub assigned_to: Option<UserId>,
    pub department: Department,
    pub priority: Priority,
    pub escalation_level: i32,
}

/// Loads the people around tickets. The locks come first, as in every change of a ticket: what is planned refers to them.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn around(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Around>, sqlx::Error> {
    let tickets: Vec<_> = tickets.iter().map(|ticket| ticket.0).collect();
    let rows = sqlx::query_as!(
        Around,
        "select id, customer_id, assigned_to, department, priority, escalation_level from tickets
        where id = any($1) order by id for key share",
        &tickets,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Loads the changes of a ticket's assignee after an event. They are in the order in which they were recorded,
/// not of their dates: the clocks of two processes may differ by more than the time between two events.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn changes_of_hands(
    tx: &mut Tx,
    event: &TicketEvent,
) -> Result<Vec<TicketEvent>, sqlx::Error> {
    let rows = select_events!(
        "ticket_id = $1 and position > (select position from ticket_events where id = $2)
            and what->>'type' in ('assigned', 'unassigned', 'escalated')
        order by position limit $3",
        event.ticket.0,
        event.id.0,
        MOST_CHANGES,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(TicketEvent::from).collect())
}

/// Loads the agents from whom a ticket was escalated, up to an instant.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn escalated_from(
    tx: &mut Tx,
    ticket: TicketId,
    until: DateTime<Utc>,
) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select distinct (what->>'from')::uuid as "from!: UserId" from ticket_events
        where ticket_id = $1 and at <= $2 and what->>'type' = 'escalated' and what->>'from' is not null
        order by 1 limit $3"#,
        ticket.0,
        until,
        MOST_PEOPLE,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Loads by which event people were told of the last resolution, up to an instant.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn resolution_told(
    tx: &mut Tx,
    ticket: TicketId,
    until: DateTime<Utc>,
) -> Result<ResolutionTold, sqlx::Error> {
    let by_closing = sqlx::query_scalar!(
        r#"select (what->>'byClosing')::boolean as "by_closing!" from ticket_events
        where ticket_id = $1 and at <= $2 and what->>'type' = 'resolved'
        order by at desc, id desc limit 1"#,
        ticket.0,
        until,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(if by_closing.unwrap_or(true) {
        ResolutionTold::WhenClosed
    } else {
        ResolutionTold::WhenResolved
    })
}

/// Loads the active agents of a department on a level.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn agents_on(
    tx: &mut Tx,
    department: Department,
    level: Level,
) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        "select a.user_id from agents a join users u on u.id = a.user_id
        where a.department = $1 and a.level = $2 and u.active and u.role = 'support'
        order by a.user_id limit $3",
        department.as_str(),
        level.0,
        MOST_PEOPLE,
    )
    .fetch_all(&mut **tx)
    .await
}

/// An agent of a department.
pub(in crate::notifications) struct DepartmentAgent {
    pub id: UserId,
    timezone: String,
    shifts: Json<Vec<Shift>>,
    availability: Availability,
}

impl DepartmentAgent {
    /// Whether the agent works now: on shift, and not offline.
    pub fn is_on_duty(&self, now: DateTime<Utc>) -> bool {
        let timezone = self.timezone.parse().unwrap_or_default();
        self.availability != Availability::Offline && on_shift(&self.shifts.0, timezone, now)
    }
}

/// Loads the active agents of a department.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn agents_of(
    tx: &mut Tx,
    department: Department,
) -> Result<Vec<DepartmentAgent>, sqlx::Error> {
    sqlx::query_as!(
        DepartmentAgent,
        r#"select u.id, u.timezone, a.shift_schedule as "shifts: Json<Vec<Shift>>",
            a.availability
        from agents a join users u on u.id = a.user_id
        where a.department = $1 and u.active and u.role = 'support'
        order by u.id limit $2"#,
        department.as_str(),
        MOST_AGENTS,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Loads the active admins.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn admins(tx: &mut Tx) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from users where role = 'admin' and active order by id limit $1",
        MOST_PEOPLE,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Loads which of these people have an open account.
///
/// # Errors
/// A failure of the database.
pub(in crate::notifications) async fn active(
    tx: &mut Tx,
    people: &[UserId],
) -> Result<BTreeSet<UserId>, sqlx::Error> {
    let ids: Vec<_> = people.iter().map(|person| person.0).collect();
    let active = sqlx::query_scalar!("select id from users where id = any($1) and active", &ids)
        .fetch_all(&mut **tx)
        .await?;
    Ok(active.into_iter().collect())
}
