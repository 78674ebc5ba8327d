//! The SQL of the dashboard.

use crate::tickets::store::find_all;
use chrono::{DateTime, Utc};
use domain::{assignment::WorkloadRule, ids::UserId, tickets::Ticket};
use sqlx::PgConnection;
use std::collections::HashMap;

/// The lists of an agent's dashboard.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The agent's active tickets, most urgent first.
    pub assigned: Vec<Ticket>,
    /// Unassigned active tickets, most urgent first, then oldest.
    pub unassigned: Vec<Ticket>,
    /// All active urgent tickets, oldest first.
    pub urgent: Vec<Ticket>,
    /// The agent's tickets past the warning threshold of a clock or past its deadline, earliest deadline first.
    pub at_risk: Vec<Ticket>,
    /// The agent's active tickets that count against the limit.
    pub workload: i64,
}

/// The most entries of each list.
const ON_DASHBOARD: i64 = 50;

/// The dashboard of an agent. Call it within a snapshot ([`platform::db::snapshot`]), so that the lists and their
/// tickets are of the same instant.
///
/// # Errors
/// The database failed.
pub async fn dashboard(
    db: &mut PgConnection,
    agent: UserId,
    load: WorkloadRule,
    now: DateTime<Utc>,
) -> sqlx::Result<Dashboard> {
    let lists = sqlx::query!(
        r#"select
             array(select id from tickets where assigned_to = $1 and status not in ('resolved', 'closed')
                   order by priority_rank desc, created_at, id limit $3) as "assigned!: Vec<uuid::Uuid>",
             array(select id from tickets where assigned_to is null and status not in ('resolved', 'closed')
                   order by priority_rank desc, created_at, id limit $3) as "unassigned!: Vec<uuid::Uuid>",
             array(select id from tickets where priority = 'urgent' and status not in ('resolved', 'closed')
                   order by created_at, id limit $3) as "urgent!: Vec<uuid::Uuid>",
             array(select t.id from tickets t join sla_clocks c on c.ticket_id = t.id
                   where t.assigned_to = $1 and t.status not in ('resolved', 'closed')
                     and c.stopped_at is null and c.paused_at is null and c.warn_at <= $2
                   group by t.id order by min(c.due_at), t.id limit $3) as "at_risk!: Vec<uuid::Uuid>",
             (select count(*) from tickets where assigned_to = $1 and status not in ('resolved', 'closed')
                  and ($4 or status <> 'waiting_customer')) as "workload!""#,
        agent.0,
        now,
        ON_DASHBOARD,
        load.counts_waiting(),
    )
    .fetch_one(&mut *db)
    .await?;
    let mut all: Vec<_> = [
        &lists.assigned,
        &lists.unassigned,
        &lists.urgent,
        &lists.at_risk,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect();
    all.sort_unstable();
    all.dedup();
    let found: HashMap<_, _> = find_all(db, &all)
        .await?
        .into_iter()
        .map(|ticket| (ticket.id.0, ticket))
        .collect();
    let pick = |ids: Vec<uuid::Uuid>| ids.iter().filter_map(|id| found.get(id).cloned()).collect();
    Ok(Dashboard {
        assigned: pick(lists.assigned),
        unassigned: pick(lists.unassigned),
        urgent: pick(lists.urgent),
        at_risk: pick(lists.at_risk),
        workload: lists.workload,
    })
}
