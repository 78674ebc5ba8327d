//! Jobs that share a transaction: what they do is what they would do alone, and none suffers from another.

use crate::harness::{
    App, eventually,
    stage::{count, dead},
};
use actions::job_list::{self, Job};
use domain::{
    actor::Initiator,
    ids::EventId,
    queue::{Execution, Queue},
};
use futures_util::future::join_all;
use jobs::{JobId, relay};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;
use worker::{
    JobContext,
    run::{Gatherer, run_one, run_together},
};

/// An agent who was given twelve tickets, and the jobs that plan who is told of it, handed out.
async fn assigned() -> (App, JobContext, Vec<JobId>) {
    let app = App::with(&[("ASSIGNMENT_STRATEGY", "manual")]).await;
    let eve = app.admin("Eve").await;
    let sarah = app.agent("Sarah", "general").await;
    let amina = app.customer("Amina").await;
    for _ in 0..12 {
        let id = amina.asks("general", "low").await;
        eve.does("assign", &id, json!({"agentId": sarah.id(), "force": true}))
            .await
            .ok();
    }
    let jobs = handed_out(&app).await;
    let cx = JobContext::new(app.cx.clone())
        .unwrap()
        .executed(Execution::Workers);
    (app, cx, jobs)
}

/// Runs jobs as a process does: together where they can, and the others alone.
async fn run_all(cx: &JobContext, jobs: &[JobId]) {
    let done = run_together(cx, jobs).await;
    for job in jobs.iter().filter(|job| !done.contains(job)) {
        run_one(cx, *job).await;
    }
}

async fn handed_out(app: &App) -> Vec<JobId> {
    let lease = Duration::from_hours(1);
    relay::claim(&app.cx.pool, Queue::Notify, app.now(), 1_000, lease)
        .await
        .unwrap()
}

/// Enqueues a job whose event does not exist, and one that this release does not know.
async fn enqueue_hopeless(app: &App) {
    let mut work = app.cx.begin(Initiator::System).await.unwrap();
    let event = EventId(app.cx.ids.uuid(app.now()));
    let job = Job::PlanNotifications { event };
    job_list::enqueue_all(&mut work, &[job.clone(), job])
        .await
        .unwrap();
    sqlx::query(
        "update jobs set payload = '{\"job\": \"of_another_release\"}' where id = (select max(id) from jobs)",
    )
    .execute(&mut *work.tx)
    .await
    .unwrap();
    work.commit().await.unwrap();
}

/// What people are told, and what is to be sent.
async fn told(app: &App) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', what, kind, channel, status, count(*)) from (
             select 'in app' as what, template as kind, null as channel, null as status from in_app_notifications
             union all select 'sent', template, channel, status from notifications
             union all select 'gathered', n.template, n.channel, null
                 from digest_entries e join notifications n on n.id = e.notification_id
             union all select 'job', payload->>'job', null, state from jobs) as all_of_it
         group by what, kind, channel, status order by 1",
    )
    .fetch_all(&app.cx.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn plans_that_run_together_tell_people_what_single_ones_would() {
    let (alone, cx, jobs) = assigned().await;
    for job in jobs {
        run_one(&cx, job).await;
    }
    let (together, cx, jobs) = assigned().await;
    assert!(jobs.len() > 12, "{jobs:?}");
    run_all(&cx, &jobs).await;
    let expected = told(&alone).await;
    assert_eq!(told(&together).await, expected);
    // More than go at once were told to the agent.
    let is_gathered = |line: &String| line.starts_with("gathered work_assigned email");
    assert!(expected.iter().any(is_gathered), "{expected:?}");
    let transactions =
        "select count(distinct xmin::text) from jobs where queue = 'notify' and state = 'done'";
    assert_eq!(count(&together, transactions).await, 1);
    assert!(count(&alone, transactions).await > 12);
}

#[tokio::test]
async fn people_are_told_of_events_that_were_planned_together_in_their_order() {
    let (app, cx, jobs) = assigned().await;
    let all = run_together(&cx, &jobs).await;
    assert_eq!(all.len(), jobs.len());
    actions::feed::advance(&app.cx).await.unwrap();
    let sent = "select count(*) from (
        select e.position, lag(e.position) over (partition by n.user_id, n.channel order by n.id) as before
        from notifications n join ticket_events e on e.id = n.event_id) told where position < before";
    assert_eq!(count(&app, sent).await, 0);
    let in_app = "select count(*) from (
        select e.position, lag(e.position) over (partition by i.user_id order by f.position) as before
        from feed f join in_app_notifications i on i.id = f.event_id join ticket_events e on e.id = i.event_id) told
        where position < before";
    assert_eq!(count(&app, in_app).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_wait_for_a_place_run_together_and_each_once() {
    let (app, cx, jobs) = assigned().await;
    let gatherer = Gatherer::new(cx, 1);
    // Each comes twice, and the first alone finds the place free.
    join_all(jobs.iter().chain(&jobs).map(|job| gatherer.run(*job))).await;
    let (alone, cx, jobs) = assigned().await;
    run_all(&cx, &jobs).await;
    assert_eq!(told(&app).await, told(&alone).await);
    let transactions =
        "select count(distinct xmin::text) from jobs where queue = 'notify' and state = 'done'";
    assert!(count(&app, transactions).await <= 4);
}

/// The plan of the first waits for its ticket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_hangs_lets_go_of_those_that_came_with_it() {
    let (app, cx, jobs) = assigned().await;
    let mut held = app.cx.pool.begin().await.unwrap();
    sqlx::query(
        "select from tickets where id = (select min(id::text)::uuid from tickets) for update",
    )
    .execute(&mut *held)
    .await
    .unwrap();
    let gatherer = Arc::new(Gatherer::new(cx, 4));
    let mut runs = JoinSet::new();
    for job in jobs {
        let gatherer = Arc::clone(&gatherer);
        runs.spawn(async move { gatherer.run(job).await });
    }
    eventually("only the plans of the locked ticket are left", async || {
        let open = "select count(*) from jobs where queue = 'notify' and state <> 'done'";
        count(&app, open).await <= 3
    })
    .await;
    held.rollback().await.unwrap();
    while let Some(run) = runs.join_next().await {
        run.unwrap();
    }
    let open = "select count(*) from jobs where queue = 'notify' and state <> 'done'";
    assert_eq!(count(&app, open).await, 0);
}

#[tokio::test]
async fn a_job_that_fails_harms_none_that_came_with_it() {
    let (app, cx, mut jobs) = assigned().await;
    enqueue_hopeless(&app).await;
    jobs.extend(handed_out(&app).await);
    run_all(&cx, &jobs).await;
    assert_eq!(dead(&app).await, 2);
    let (alone, cx, jobs) = assigned().await;
    run_all(&cx, &jobs).await;
    let mut of_both = told(&app).await;
    of_both.retain(|line| !line.contains(" dead "));
    assert_eq!(of_both, told(&alone).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_come_several_times_at_once_run_once() {
    let (app, cx, jobs) = assigned().await;
    let mut backwards = jobs.clone();
    backwards.reverse();
    let (first, second) = jobs.split_at(jobs.len() / 2);
    tokio::join!(
        run_all(&cx, &jobs),
        run_all(&cx, &backwards),
        run_all(&cx, first),
        run_all(&cx, second),
    );
    let (alone, cx, jobs) = assigned().await;
    run_all(&cx, &jobs).await;
    assert_eq!(told(&app).await, told(&alone).await);
    let attempts = "select count(*) from jobs where queue = 'notify' and attempt <> 1";
    assert_eq!(count(&app, attempts).await, 0);
}

/// So a job that kills its process is found, and takes others with it once.
#[tokio::test]
async fn a_job_that_was_interrupted_runs_alone() {
    let (app, cx, jobs) = assigned().await;
    sqlx::query("update jobs set dispatches = 2 where id = $1")
        .bind(jobs[0].0)
        .execute(&app.cx.pool)
        .await
        .unwrap();
    run_all(&cx, &jobs).await;
    let own = "select count(*) from jobs where queue = 'notify' and xmin = (select xmin from jobs where dispatches = 2)";
    assert_eq!(count(&app, own).await, 1);
    let open = "select count(*) from jobs where queue = 'notify' and state <> 'done'";
    assert_eq!(count(&app, open).await, 0);
}
