//! After the faults: everything that was begun ends, and so do the processes.

use super::{
    followers::{Followers, Known},
    rig::{Crew, Rig},
};
use crate::harness::within;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// How long everything may take to come to rest once all is mended: for jobs that wait since an overloaded machine fell
/// behind.
const REST: Duration = Duration::from_mins(5);
/// After which it is told what it is waited for.
const SLOW_REST: Duration = Duration::from_secs(15);
/// Makes rescheduled jobs due, so that no test waits for a backoff, and digests, which would grow for minutes. What was
/// taken back from somebody who may yet say that it is done (`dispatches`) must be waited for.
const GO_ON: &str = "with hurried as (update jobs set run_at = created_at
                         where state = 'ready' and (attempt > 0 or payload ? 'digest') and dispatches = 0
                         and run_at > created_at returning id)
                     select count(*) from hurried";
/// What the last sweeps changed is in the statistics too, though no scheduler is left that asks for it.
const COUNT_WHAT_WAITS: &str = "with asked as (
        insert into jobs (queue, lane, payload, priority, unique_key, state, run_at, max_attempts, created_at)
        select 'bulk', 'workers', '{\"job\": \"roll_up_stats\"}', 0, 'roll_up_stats', 'ready', now(), 5, now()
        where exists (select from feed where position > (select position from stats_cursor))
        on conflict do nothing returning id)
    select count(*) from asked";
/// Changes that are not in the statistics yet.
const UNCOUNTED: &str =
    "select count(*) from feed where position > (select position from stats_cursor)";
/// Changes of which receivers of webhooks are still to be told.
const UNTOLD: &str = "select (select count(*) from feed_pending)
    + (select count(*) from feed, webhook_cursor where feed.position > webhook_cursor.position)
    + (select count(*) from webhook_deliveries where status in ('waiting', 'sending'))";

/// Waits until everything is done and told, and the statistics know of everything.
pub async fn rest(rig: &Rig) {
    let told = AtomicBool::new(false);
    let begun = Instant::now();
    within(REST, "everything comes to rest", async || {
        rig.count(GO_ON).await;
        if begun.elapsed() > SLOW_REST && !told.swap(true, Ordering::Relaxed) {
            eprintln!("not at rest after {SLOW_REST:?}: {:#?}", late(rig).await);
        }
        rig.unfinished().await == 0
            && rig.count(UNTOLD).await == 0
            && actions::stats::differences(&rig.look).await.unwrap() == 0
    })
    .await;
}

/// The schedulers first, so that the last sweeps are done and followed, too; every process ends well.
pub async fn stop_all(rig: &Rig, crew: &mut Crew, followers: Followers) -> Vec<Known> {
    stop(crew, "scheduler").await;
    within(REST, "the last sweeps are done", async || {
        rig.count(GO_ON).await;
        rig.count(COUNT_WHAT_WAITS).await;
        rig.count("select count(*) from jobs where state in ('ready', 'sent', 'running')")
            .await
            == 0
            && rig.count(UNCOUNTED).await == 0
            && rig.count(UNTOLD).await == 0
    })
    .await;
    let known = followers.end().await;
    stop(crew, "api").await;
    stop(crew, "worker").await;
    known
}

async fn stop(crew: &mut Crew, role: &str) {
    for index in crew.of(role) {
        let program = &mut crew.members[index].program;
        assert_eq!(program.terminate().await, Some(0), "{}", program.log());
    }
}

/// What is not over, for the message of a failure.
async fn late(rig: &Rig) -> Vec<String> {
    let sql = "(select concat_ws(' ', id, payload->>'job', state, attempt, interruptions, run_at, last_error)
                from jobs where state in ('ready', 'sent', 'running') order by id limit 20)
               union all
               (select concat_ws(' ', id, type, status, attempts, failures, next_at)
                from webhook_deliveries where status in ('waiting', 'sending') order by position limit 20)";
    sqlx::query_scalar(sql).fetch_all(&rig.look).await.unwrap()
}
