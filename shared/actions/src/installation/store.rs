//! The SQL of the counts. No decisions.

use crate::installation::Census;
use sqlx::PgPool;

/// Counts everything.
///
/// # Errors
/// The database failed.
pub(super) async fn census(pool: &PgPool) -> sqlx::Result<Census> {
    sqlx::query_as!(
        Census,
        r#"select (select count(*) from users) as "people!",
                  (select count(*) from tickets) as "tickets!",
                  (select count(*) from messages) as "messages!",
                  (select count(*) from sla_clocks where breached_at is not null) as "breaches!",
                  (select count(*) from ticket_events where what ->> 'type' = 'escalated') as "escalations!",
                  (select count(*) from ticket_events where what ->> 'type' = 'reopened') as "reopenings!",
                  (select count(*) from tickets where rating is not null) as "ratings!",
                  (select count(*) from notifications where status = 'sent') as "notifications!",
                  (select count(*) from jobs where state not in ('done', 'cancelled')) as "unfinished_jobs!""#
    )
    .fetch_one(pool)
    .await
}

/// The connections with this application name, except for the one that asks.
///
/// # Errors
/// The database failed.
pub(super) async fn connections(pool: &PgPool, application: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from pg_stat_activity
           where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()"#,
        application,
    )
    .fetch_one(pool)
    .await
}
