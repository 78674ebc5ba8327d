//! The SQL of clocks and policies. No decisions.

use chrono::{DateTime, Utc};
use domain::sla::{Clocks, PolicyRule, SlaClock};
use domain::{ids::TicketId, json::Json};
use platform::work::Tx;
use sqlx::PgExecutor;
use std::collections::HashMap;

/// The clocks of these tickets. A ticket without clocks is left out.
///
/// # Errors
/// The database failed.
pub async fn load(
    db: impl PgExecutor<'_>,
    tickets: &[uuid::Uuid],
) -> sqlx::Result<HashMap<TicketId, Clocks>> {
    let rows = sqlx::query!(
        "select ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, further_warnings,
                paused_at, paused_micros, pauses, warn_at, due_at, stopped_at, used_micros, warned_at,
                further_warned, breached_at
         from sla_clocks where ticket_id = any($1) order by ticket_id, metric, cycle",
        tickets,
    )
    .fetch_all(db)
    .await?;
    let mut clocks: HashMap<TicketId, Vec<SlaClock>> = HashMap::new();
    for row in rows {
        clocks.entry(row.ticket_id).or_default().push(SlaClock {
            metric: row.metric,
            cycle: row.cycle,
            started_at: row.started_at,
            target_minutes: row.target_minutes,
            at_risk_percent: row.at_risk_percent,
            further_warnings: row.further_warnings.0,
            paused_at: row.paused_at,
            paused_micros: row.paused_micros,
            pauses: row.pauses.0,
            warn_at: row.warn_at,
            due_at: row.due_at,
            stopped_at: row.stopped_at,
            used_micros: row.used_micros,
            warned_at: row.warned_at,
            further_warned: row.further_warned,
            breached_at: row.breached_at,
        });
    }
    Ok(clocks
        .into_iter()
        .map(|(ticket, clocks)| (ticket, Clocks(clocks)))
        .collect())
}

/// A clock as it is written, with the instant at which the sweep has to check it.
#[derive(serde::Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    clock: &'a SlaClock,
    next_at: Option<DateTime<Utc>>,
}

/// Inserts or updates the clocks of a ticket. Unchanged rows are not written.
///
/// # Errors
/// The database failed.
pub async fn save(tx: &mut Tx, ticket: TicketId, clocks: &Clocks) -> sqlx::Result<()> {
    let written: Vec<_> = clocks
        .0
        .iter()
        .map(|clock| Written {
            clock,
            next_at: clock.next_at(),
        })
        .collect();
    sqlx::query!(
        "insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent,
             further_warnings, paused_at, paused_micros, pauses, warn_at, due_at, stopped_at, used_micros,
             warned_at, further_warned, breached_at, next_at)
         select $1, clock.* from jsonb_to_recordset($2) as clock (
             metric text, cycle integer, started_at timestamptz, target_minutes integer,
             at_risk_percent smallint, further_warnings jsonb, paused_at timestamptz, paused_micros bigint,
             pauses jsonb, warn_at timestamptz, due_at timestamptz, stopped_at timestamptz,
             used_micros bigint, warned_at timestamptz, further_warned integer, breached_at timestamptz,
             next_at timestamptz)
         on conflict (ticket_id, metric, cycle) do update set
             target_minutes = excluded.target_minutes, at_risk_percent = excluded.at_risk_percent,
             further_warnings = excluded.further_warnings, paused_at = excluded.paused_at,
             paused_micros = excluded.paused_micros, pauses = excluded.pauses, warn_at = excluded.warn_at,
             due_at = excluded.due_at, stopped_at = excluded.stopped_at, used_micros = excluded.used_micros,
             warned_at = excluded.warned_at, further_warned = excluded.further_warned,
             breached_at = excluded.breached_at, next_at = excluded.next_at
         where sla_clocks is distinct from excluded",
        ticket.0,
        Json(written) as _,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// A clock with a warning or a deadline that is due.
#[derive(Debug, Clone, Copy)]
pub struct DueClock {
    /// The instant of the warning or the deadline.
    pub next_at: DateTime<Utc>,
    /// The ticket.
    pub ticket_id: TicketId,
}

/// At most `limit` clocks whose next warning or deadline is at or before `now`, earliest first, each with its
/// instant and its ticket. `after` is the last entry of the previous batch. Only the index entries that are
/// returned are read, however many clocks run.
///
/// # Errors
/// The database failed.
pub async fn due(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    after: Option<DueClock>,
    limit: i64,
) -> sqlx::Result<Vec<DueClock>> {
    sqlx::query_as!(
        DueClock,
        r#"select next_at as "next_at!", ticket_id from sla_clocks
         where next_at <= $1 and next_at >= coalesce($2, timestamptz '-infinity')
             and ($2 is null or (next_at, ticket_id) > ($2, $3))
         order by next_at, ticket_id limit $4"#,
        now,
        after.map(|clock| clock.next_at),
        after.map(|clock| clock.ticket_id.0),
        limit,
    )
    .fetch_all(db)
    .await
}

/// Limits each wait for a lock in this transaction to one second.
///
/// # Errors
/// The database failed.
pub async fn wait_briefly(tx: &mut Tx) -> sqlx::Result<()> {
    sqlx::query!("select set_config('lock_timeout', '1s', true)")
        .fetch_one(&mut **tx)
        .await
        .map(|_| ())
}

/// The earliest next warning or deadline of all clocks; `None` when no clock runs.
///
/// # Errors
/// The database failed.
pub async fn next_due(db: impl PgExecutor<'_>) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select min(next_at) from sla_clocks where next_at is not null")
        .fetch_one(db)
        .await
}

/// The stored rules, in the order in which they are matched. Empty when the defaults are in force.
///
/// # Errors
/// The database failed.
pub async fn policies(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<PolicyRule>> {
    let rows = sqlx::query_scalar!(
        r#"select policy as "policy: Json<PolicyRule>" from sla_policies order by position"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|rule| rule.0).collect())
}

/// Replaces the stored rules.
///
/// # Errors
/// The database failed.
pub async fn replace_policies(tx: &mut Tx, rules: &[PolicyRule]) -> sqlx::Result<()> {
    sqlx::query!("delete from sla_policies")
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "insert into sla_policies (position, policy)
         select position, rule from jsonb_array_elements($1) with ordinality as rules (rule, position)",
        Json(rules) as _,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}
