//! The SQL of the figures of tickets. No decisions.

use super::{Cell, Counted, GroupBy, durations};
use chrono::{DateTime, Utc};
use domain::stats::{Clocks, Figures};
use sqlx::PgConnection;

/// A row of the statement.
struct Row {
    key: String,
    interval: i32,
    total: i64,
    open: i64,
    closed: i64,
    compliant: i64,
    responses: i64,
    response_millis: i64,
    response_quantiles: Option<Vec<i64>>,
    resolutions: i64,
    resolution_millis: i64,
    resolution_quantiles: Option<Vec<i64>>,
    response_met: i64,
    response_breached: i64,
    response_running: i64,
    resolution_met: i64,
    resolution_breached: i64,
    resolution_running: i64,
    transfers: i64,
    escalations: i64,
    reopenings: i64,
    one_touch: i64,
}

impl From<Row> for Cell<Figures> {
    fn from(row: Row) -> Self {
        let counted = Figures {
            total: row.total,
            open: row.open,
            closed: row.closed,
            compliant: row.compliant,
            response: durations(row.responses, row.response_millis, row.response_quantiles),
            resolution: durations(
                row.resolutions,
                row.resolution_millis,
                row.resolution_quantiles,
            ),
            response_clocks: Clocks {
                met: row.response_met,
                breached: row.response_breached,
                running: row.response_running,
            },
            resolution_clocks: Clocks {
                met: row.resolution_met,
                breached: row.resolution_breached,
                running: row.resolution_running,
            },
            transfers: row.transfers,
            escalations: row.escalations,
            reopenings: row.reopenings,
            one_touch: row.one_touch,
        };
        Self {
            key: row.key,
            interval: row.interval,
            counted,
        }
    }
}

/// Whether quantiles are computed, for which all durations are sorted: half of the time of a long period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stats) enum Quantiles {
    /// They are.
    Sorted,
    /// Nobody asks for them.
    LeftOut,
}

/// Figures of tickets in groups, and within them in intervals that begin at these instants.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn figures(
    connection: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[DateTime<Utc>],
    quantiles: Quantiles,
) -> sqlx::Result<Vec<Cell<Figures>>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select
            key as "key!", interval as "interval!",
            count(*) as "total!",
            count(*) filter (where not is_resolved) as "open!",
            count(*) filter (where status = 'closed') as "closed!",
            count(*) filter (where is_resolved and response_clock = 'met' and resolution_clock = 'met') as "compliant!",
            count(response_millis) as "responses!",
            coalesce(sum(response_millis), 0)::bigint as "response_millis!",
            percentile_disc(array[0.5, 0.9]) within group (order by response_millis) filter (where $10) as "response_quantiles: Vec<i64>",
            count(resolution_millis) as "resolutions!",
            coalesce(sum(resolution_millis), 0)::bigint as "resolution_millis!",
            percentile_disc(array[0.5, 0.9]) within group (order by resolution_millis) filter (where $10) as "resolution_quantiles: Vec<i64>",
            count(*) filter (where response_clock = 'met') as "response_met!",
            count(*) filter (where response_clock = 'breached') as "response_breached!",
            count(*) filter (where response_clock = 'running') as "response_running!",
            count(*) filter (where resolution_clock = 'met') as "resolution_met!",
            count(*) filter (where resolution_clock = 'breached') as "resolution_breached!",
            count(*) filter (where resolution_clock = 'running') as "resolution_running!",
            coalesce(sum(transfers), 0)::bigint as "transfers!",
            coalesce(sum(escalations), 0)::bigint as "escalations!",
            coalesce(sum(reopenings), 0)::bigint as "reopenings!",
            count(*) filter (where is_one_touch) as "one_touch!"
        from (
            select
                *,
                status in ('resolved', 'closed') as is_resolved,
                case $8 when 'agent' then agent_id::text when 'department' then department when 'category' then category
                    when 'priority' then priority else '' end as key,
                width_bucket(created_at, $9::timestamptz[]) as interval
            from stats_tickets
        ) as counted
        where created_at >= coalesce($1, timestamptz '-infinity') and created_at < coalesce($2, timestamptz 'infinity')
            and ($3::uuid is null or agent_id = $3)
            and (not $4 or agent_id is not null)
            and (cardinality($5::text[]) = 0 or department = any($5))
            and (cardinality($6::text[]) = 0 or category = any($6))
            and (cardinality($7::text[]) = 0 or priority = any($7))
            and key is not null
        group by key, interval
        order by key, interval"#,
        of.range.from,
        of.range.until,
        of.agent(),
        of.assigned,
        &of.departments(),
        &of.categories(),
        &of.priorities(),
        by.as_str(),
        intervals,
        quantiles == Quantiles::Sorted,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Cell::from).collect())
}
