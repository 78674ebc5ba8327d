//! The SQL of the dashboard.

use chrono::{DateTime, Utc};
use domain::{
    assignment::WorkloadRule,
    ids::{TicketId, UserId},
};
use sqlx::PgExecutor;

/// The lists of an agent's dashboard. A ticket may be in several.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The agent's active tickets, most urgent first.
    pub assigned: Vec<TicketId>,
    /// Unassigned active tickets, most urgent first, then oldest.
    pub unassigned: Vec<TicketId>,
    /// All active urgent tickets, oldest first.
    pub urgent: Vec<TicketId>,
    /// The agent's tickets past the warning threshold of a clock or past its deadline, earliest deadline first.
    pub at_risk: Vec<TicketId>,
    /// The agent's active tickets that count against the limit.
    pub workload: i64,
}

/// The most entries of each list.
const ON_DASHBOARD: i64 = 50;

/// The dashboard of an agent. Read the tickets within the same snapshot ([`platform::db::snapshot`]).
///
/// # Errors
/// The database failed.
pub async fn dashboard(
    db: impl PgExecutor<'_>,
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
    .fetch_one(db)
    .await?;
    let ids = |ids: Vec<uuid::Uuid>| ids.into_iter().map(TicketId).collect();
    Ok(Dashboard {
        assigned: ids(lists.assigned),
        unassigned: ids(lists.unassigned),
        urgent: ids(lists.urgent),
        at_risk: ids(lists.at_risk),
        workload: lists.workload,
    })
}
