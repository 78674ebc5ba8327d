//! The SQL of the state of queues, deadlines and open tickets: one statement for each, whose cost is bounded however
//! many jobs wait and however many tickets were ever closed. No decisions.

use crate::standing::{
    backlog::{OpenTickets, ResolvedTickets, WeekRatings},
    found::{Deadlines, Webhooks},
    queues::QueueStanding,
};
use chrono::{DateTime, Utc};
use domain::{people::Department, queue::Queue};
use sqlx::PgPool;

/// The limit of each count. An index scan of so many rows takes a few dozen milliseconds.
const COUNTED: i64 = 100_000;

/// The state of the known queues and of every other queue that has jobs (`others` finds each with one index
/// lookup). The index of the relay counts waiting jobs. The oldest job of each queue and priority is one lookup in
/// it, and therefore exact, however many jobs wait.
///
/// # Errors
/// The database failed.
pub(super) async fn queues(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<QueueStanding>> {
    let words: Vec<String> = Queue::ALL.iter().map(Queue::to_string).collect();
    sqlx::query_as!(
        QueueStanding,
        r#"with recursive handed_out as (
               select queue, count(*) filter (where state = 'sent') as sent,
                      count(*) filter (where state = 'running') as running, min(run_at) as run_at
               from (select queue, state, run_at from jobs
                     where state in ('sent', 'running') and lane = 'workers' limit $3) as counted group by queue),
           dead as (
               select queue, count(*) as dead
               from (select queue from jobs where state = 'dead' and lane = 'workers' limit $3) as counted group by queue),
           others (queue) as (
               (select queue from jobs where state = 'ready' and lane = 'workers' order by queue limit 1)
               union all
               select (select queue from jobs where state = 'ready' and lane = 'workers' and jobs.queue > others.queue
                       order by queue limit 1)
               from others where queue is not null),
           named (queue) as (
               select unnest($1::text[]) union select queue from others where queue is not null
               union select queue from handed_out union select queue from dead),
           lines (queue, priority) as (
               select queue, (select max(priority) from jobs
                              where state = 'ready' and lane = 'workers' and jobs.queue = named.queue)
               from named
               union all
               select queue, (select max(priority) from jobs
                              where state = 'ready' and lane = 'workers' and jobs.queue = lines.queue
                              and jobs.priority < lines.priority)
               from lines where priority is not null),
           firsts as (
               select queue, min((select run_at from jobs
                                  where state = 'ready' and lane = 'workers' and jobs.queue = lines.queue
                                  and jobs.priority = lines.priority order by run_at limit 1)) as run_at
               from lines group by queue)
           select firsts.queue as "queue!: String",
                  coalesce(control.paused, false) as "paused!", coalesce(control.failures > 0, false) as "held!",
                  waiting.due as "due!", waiting.later as "later!",
                  coalesce(sent, 0) as "sent!", coalesce(running, 0) as "running!", coalesce(dead, 0) as "dead!",
                  case when firsts.run_at <= $2 then firsts.run_at end as due_since,
                  handed_out.run_at as "handed_out_since?"
           from firsts
           cross join lateral (
               select count(*) filter (where run_at <= $2) as due, count(*) filter (where run_at > $2) as later
               from (select run_at from jobs
                     where state = 'ready' and lane = 'workers' and jobs.queue = firsts.queue limit $3) as counted) as waiting
           left join queue_control as control using (queue)
           left join handed_out using (queue) left join dead using (queue)
           order by 1"#,
        &words,
        now,
        COUNTED,
    )
    .fetch_all(pool)
    .await
}

/// The warnings and breaches that no sweep has recorded yet, and the running clocks past their warning threshold.
///
/// # Errors
/// The database failed.
pub(super) async fn deadlines(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Deadlines> {
    sqlx::query_as!(
        Deadlines,
        r#"select (select count(*) from (select from sla_clocks where next_at <= $1 limit $2) as due) as "due!",
                  (select min(next_at) from sla_clocks where next_at <= $1) as due_since,
                  (select count(*) from (select from sla_clocks
                       where stopped_at is null and paused_at is null and breached_at is null and warn_at <= $1
                       limit $2) as near) as "at_risk!""#,
        now,
        COUNTED,
    )
    .fetch_one(pool)
    .await
}

/// The push services whose circuit is open or half-open.
///
/// # Errors
/// The database failed.
pub(super) async fn push_services_held(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "held!" from (
               select from push_circuits where open_until is not null limit $1) as held"#,
        COUNTED,
    )
    .fetch_one(pool)
    .await
}

/// The webhooks, and the oldest event for an enabled one: the earliest delivery that is due, a change that the planner has
/// not read, or one that has no position. Each is one index lookup for an endpoint, or one in all.
///
/// # Errors
/// The database failed.
pub(super) async fn webhooks(pool: &PgPool) -> sqlx::Result<Webhooks> {
    sqlx::query_as!(
        Webhooks,
        r#"with enabled as (select id, after_position, open_until from webhooks where disabled is null limit $1),
           due as (
               select (select next_at from webhook_deliveries
                       where webhook_id = enabled.id and status = 'waiting' and not by_hand order by next_at limit 1) as at
               from enabled
               union all
               (select at from feed
                where position > (select greatest(position, (select min(after_position) from enabled)) from webhook_cursor)
                order by position limit 1)
               union all
               (select at from feed_pending order by id limit 1))
           select (select count(*) from enabled) as "enabled!",
                  (select count(*) from enabled where open_until is not null) as "held!",
                  (select count(*) from webhooks where disabled is not null) as "disabled!",
                  case when exists (select from enabled) then (select min(at) from due) end as due_since"#,
        COUNTED,
    )
    .fetch_one(pool)
    .await
}

/// The open tickets of each department that has any, by the partial index of active tickets.
///
/// # Errors
/// The database failed.
pub(super) async fn open_tickets(
    pool: &PgPool,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<OpenTickets>> {
    sqlx::query_as!(
        OpenTickets,
        r#"select department as "department!: Department",
                  count(*) filter (where created_at > $1::timestamptz - interval '1 hour') as "of_the_hour!",
                  count(*) filter (where created_at <= $1 - interval '1 hour' and created_at > $1 - interval '1 day') as "of_the_day!",
                  count(*) filter (where created_at <= $1 - interval '1 day' and created_at > $1 - interval '7 days') as "of_the_week!",
                  count(*) filter (where created_at <= $1 - interval '7 days') as "older!",
                  count(*) filter (where waits) as "unassigned!",
                  min(created_at) filter (where waits) as unassigned_since
           from (select department, created_at, assigned_to is null and status <> 'waiting_customer' as waits
                 from tickets where status not in ('resolved', 'closed') limit $2) as open
           group by department"#,
        now,
        COUNTED,
    )
    .fetch_all(pool)
    .await
}

/// The resolved tickets of each department that were created since an instant, from the aggregates.
///
/// # Errors
/// The database failed.
pub(super) async fn resolved_since(
    pool: &PgPool,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<ResolvedTickets>> {
    sqlx::query_as!(
        ResolvedTickets,
        r#"select department as "department!: Department", count(*) as "resolved!",
                  count(*) filter (where response_clock = 'met' and resolution_clock = 'met') as "compliant!"
           from stats_tickets where created_at >= $1 and status in ('resolved', 'closed') group by department"#,
        since,
    )
    .fetch_all(pool)
    .await
}

/// The ratings of tickets that were created since an instant, from the aggregates.
///
/// # Errors
/// The database failed.
pub(super) async fn ratings_since(
    pool: &PgPool,
    since: DateTime<Utc>,
) -> sqlx::Result<WeekRatings> {
    sqlx::query_as!(
        WeekRatings,
        r#"select count(rating) as "count!", coalesce(sum(rating), 0) as "sum!"
           from stats_tickets where created_at >= $1 and rated_for is not null"#,
        since,
    )
    .fetch_one(pool)
    .await
}
