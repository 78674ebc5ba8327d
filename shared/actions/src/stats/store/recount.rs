//! The SQL of the comparison of all rows with the tickets. No decisions.

use domain::tickets::TicketNumber;
use platform::db;
use sqlx::PgPool;

/// Tickets that are named, of those whose rows are wrong.
const NAMED: i64 = 20;

/// The result of a comparison.
#[derive(Debug)]
pub struct Verified {
    /// The tickets that were compared.
    pub compared: i64,
    /// The tickets that have changed since the last roll-up, which were left out.
    pub pending: i64,
    /// The number of rows that are wrong, missing or too many.
    pub differing: i64,
    /// The number of counts for lists that do not agree with the rows.
    pub miscounted: i64,
    /// Some of their tickets.
    pub tickets: Vec<TicketNumber>,
}

/// Compares all rows with the tickets, in one snapshot. Tickets that changed since the last roll-up are left out.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn compare(pool: &PgPool) -> sqlx::Result<Verified> {
    // A recount of a million tickets takes longer than any request may.
    let mut tx = db::begin_unlimited(pool).await?;
    let row = sqlx::query!(
        r#"with pending as materialized (
            select subject_id as ticket_id from feed
            where kind = 'ticket' and position > (select position from stats_cursor)
            union
            select subject_id from feed_pending where kind = 'ticket'
        ), compared as (
            select ticket_id, (recount.*) is distinct from (known.*) as differs
            from stats_recount recount full join stats_tickets known using (ticket_id)
            where ticket_id not in (select ticket_id from pending)
        ), differing as materialized (
            select ticket_id, number from compared left join tickets on id = ticket_id where differs
        )
        select
            (select count(*) from tickets) as "all!",
            (select count(*) from pending) as "pending!",
            (select count(*) from differing) as "differing!",
            (select count(*) from
                (select status, priority, category, department, count(*) as tickets from stats_tickets group by 1, 2, 3, 4) as counted
                full join ticket_counts as known using (status, priority, category, department)
             where coalesce(counted.tickets, 0) <> coalesce(known.tickets, 0)) as "miscounted!",
            coalesce(
                (select array_agg(number) from (select number from differing where number is not null order by number limit $1) as first),
                '{}'
            ) as "tickets!: Vec<TicketNumber>""#,
        NAMED
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(Verified {
        compared: row.all - row.pending,
        pending: row.pending,
        differing: row.differing,
        miscounted: row.miscounted,
        tickets: row.tickets,
    })
}
