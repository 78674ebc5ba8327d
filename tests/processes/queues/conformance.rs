//! The promises of every way from the relay to a handler, through Redis or in process: one set of promises,
//! kept by both.

use crate::harness::{
    App, eventually,
    stage::{agent_with_room, count, hold_tickets, tickets, waiting_for_a_lock},
};
use actions::job_list::{self, Job};
use domain::{
    actor::Initiator,
    ids::ResetRequestId,
    queue::{Execution, Queue},
};
use jobs::{JobId, relay};
use platform::clock::{Clock, SystemClock};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use worker::{
    JobContext,
    runners::{self, Runners},
    transport::{PushError, Transport},
};

/// Nothing here can have waited for the end of a lease.
const LEASE: Duration = Duration::from_hours(1);

/// Which way.
#[derive(Clone, Copy)]
enum Way {
    ThroughRedis,
    Straight,
}

/// Workers that take what is handed out, on one way, until they are told to stop.
struct Hand {
    runners: Runners,
    way: Way,
    running: TaskTracker,
    stop: CancellationToken,
    parts: JoinSet<()>,
}

impl Hand {
    fn of(app: &App, way: Way) -> Self {
        let cx = JobContext::new(app.cx.clone())
            .unwrap()
            .executed(Execution::Workers);
        let (running, stop, mut parts) =
            (TaskTracker::new(), CancellationToken::new(), JoinSet::new());
        running.close();
        let bell = Arc::new(Notify::new());
        let runners = runners::start(&cx, &bell, (&running, &stop), &mut parts).unwrap();
        Self {
            runners,
            way,
            running,
            stop,
            parts,
        }
    }

    async fn push(&mut self, queue: Queue, jobs: &[JobId]) -> Result<(), PushError> {
        match self.way {
            Way::ThroughRedis => self.runners.through_redis.push(queue, jobs).await,
            Way::Straight => self.runners.direct.push(queue, jobs).await,
        }
    }

    async fn room(&mut self, queue: Queue, depth: usize) -> usize {
        match self.way {
            Way::ThroughRedis => {
                let limit = Duration::from_secs(10);
                self.runners.through_redis.probe(limit).await.unwrap();
                self.runners.through_redis.room(queue, depth)
            }
            Way::Straight => self.runners.direct.room(queue, depth),
        }
    }

    /// Running jobs are finished, and no further one begins.
    async fn stops(mut self) {
        self.stop.cancel();
        self.running.wait().await;
        while let Some(part) = self.parts.join_next().await {
            part.unwrap();
        }
    }
}

/// Jobs of the queue `notify` that find nothing to do, handed out.
async fn handed_out(app: &App, number: usize) -> Vec<JobId> {
    let mut work = app.cx.begin(Initiator::System).await.unwrap();
    let gone = (0..number).map(|_| Job::RequestPasswordReset {
        request: ResetRequestId(app.cx.ids.uuid(app.now())),
    });
    let gone: Vec<Job> = gone.collect();
    job_list::enqueue_all(&mut work, &gone).await.unwrap();
    work.commit().await.unwrap();
    claimed(app, Queue::Notify).await
}

async fn claimed(app: &App, queue: Queue) -> Vec<JobId> {
    relay::claim(&app.cx.pool, queue, app.now(), 1_000, LEASE)
        .await
        .unwrap()
}

async fn done(app: &App, jobs: &[JobId]) {
    let jobs: Vec<i64> = jobs.iter().map(|job| job.0).collect();
    eventually("they are done", async || {
        let open: i64 =
            sqlx::query_scalar("select count(*) from jobs where id = any($1) and state <> 'done'")
                .bind(&jobs)
                .fetch_one(&app.cx.pool)
                .await
                .unwrap();
        open == 0
    })
    .await;
}

/// A system whose workers serve two queues, two jobs of each at a time.
async fn stage() -> App {
    let app = App::with(&[("WORKER_QUEUES", "assignment:2,notify:2")]).await;
    app.clock.set(SystemClock.now());
    app
}

/// Two tickets whose assignment waits for the transaction that comes with them.
async fn held_assignments(app: &App) -> (Vec<JobId>, sqlx::Transaction<'_, sqlx::Postgres>) {
    agent_with_room(app, "Sam", 5).await;
    tickets(&app.customer("Ann").await, 2).await;
    let held = hold_tickets(app).await;
    (claimed(app, Queue::Assignment).await, held)
}

async fn waits(app: &App, number: i64) {
    eventually("assignments wait", async || {
        waiting_for_a_lock(app).await == number
    })
    .await;
}

async fn each_id_is_run_once_however_often_it_comes(way: Way) {
    let app = stage().await;
    let mut hand = Hand::of(&app, way);
    let ids = handed_out(&app, 40).await;
    for _ in 0..3 {
        hand.push(Queue::Notify, &ids).await.unwrap();
    }
    done(&app, &ids).await;
    hand.stops().await;
    let once = "select count(*) from jobs where queue = 'notify' and attempt = 1";
    assert_eq!(count(&app, once).await, 40);
}

async fn an_idle_worker_is_woken_each_time(way: Way) {
    let app = stage().await;
    let mut hand = Hand::of(&app, way);
    for _ in 0..10 {
        let ids = handed_out(&app, 1).await;
        hand.push(Queue::Notify, &ids).await.unwrap();
        done(&app, &ids).await;
    }
    hand.stops().await;
}

async fn what_was_handed_out_takes_room_until_it_is_done(way: Way) {
    let app = stage().await;
    let mut hand = Hand::of(&app, way);
    let (ids, held) = held_assignments(&app).await;
    let room = hand.room(Queue::Assignment, 1_000).await;
    assert!(room >= 2);
    assert_eq!(hand.room(Queue::Assignment, 0).await, 0);
    hand.push(Queue::Assignment, &ids).await.unwrap();
    waits(&app, 2).await;
    // Both are under way. What lies in Redis is what nobody has taken yet.
    let left = match way {
        Way::ThroughRedis => room,
        Way::Straight => 0,
    };
    assert_eq!(hand.room(Queue::Assignment, 1_000).await, left);
    held.rollback().await.unwrap();
    done(&app, &ids).await;
    let again = async {
        while hand.room(Queue::Assignment, 1_000).await < room {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), again)
        .await
        .unwrap();
    hand.stops().await;
}

async fn a_queue_that_is_stuck_keeps_no_other_waiting(way: Way) {
    let app = stage().await;
    let mut hand = Hand::of(&app, way);
    let (stuck, held) = held_assignments(&app).await;
    hand.push(Queue::Assignment, &stuck).await.unwrap();
    waits(&app, 2).await;
    let others = handed_out(&app, 5).await;
    hand.push(Queue::Notify, &others).await.unwrap();
    done(&app, &others).await;
    held.rollback().await.unwrap();
    done(&app, &stuck).await;
    hand.stops().await;
}

async fn a_queue_that_is_not_served_is_refused(way: Way) {
    let app = stage().await;
    let mut hand = Hand::of(&app, way);
    assert_eq!(hand.room(Queue::Bulk, 10).await, 0);
    let refused = hand.push(Queue::Bulk, &[JobId(1)]).await;
    assert!(matches!(refused, Err(PushError::NotServed)), "{refused:?}");
    hand.stops().await;
}

async fn jobs_under_way_at_a_stop_are_finished_and_the_rest_run_in_the_next_process(way: Way) {
    let app = stage().await;
    let mut hand = Hand::of(&app, way);
    let (ids, held) = held_assignments(&app).await;
    hand.push(Queue::Assignment, &ids).await.unwrap();
    waits(&app, 2).await;
    // Straight, nothing is taken that cannot be begun.
    let rest = match way {
        Way::ThroughRedis => handed_out_to(&app, Queue::Assignment, 10).await,
        Way::Straight => Vec::new(),
    };
    hand.push(Queue::Assignment, &rest).await.unwrap();
    hand.stop.cancel();
    held.rollback().await.unwrap();
    hand.stops().await;
    let mut next = Hand::of(&app, way);
    done(&app, &ids).await;
    done(&app, &rest).await;
    assert!(next.room(Queue::Assignment, 1_000).await >= 2);
    next.stops().await;
}

/// As [`handed_out`], but as if they were of another queue.
async fn handed_out_to(app: &App, queue: Queue, number: usize) -> Vec<JobId> {
    let mut work = app.cx.begin(Initiator::System).await.unwrap();
    for _ in 0..number {
        let request = ResetRequestId(app.cx.ids.uuid(app.now()));
        let job = Job::RequestPasswordReset { request };
        job_list::enqueue(&mut work, &job).await.unwrap();
    }
    sqlx::query("update jobs set queue = $1 where payload->>'job' = 'request_password_reset'")
        .bind(queue.as_str())
        .execute(&mut *work.tx)
        .await
        .unwrap();
    work.commit().await.unwrap();
    claimed(app, queue).await
}

/// The same promises on both ways.
macro_rules! kept {
    ($($promise:ident),+ $(,)?) => {
        mod through_redis {
            $(#[tokio::test] async fn $promise() { super::$promise(super::Way::ThroughRedis).await; })+
        }
        mod straight {
            $(#[tokio::test] async fn $promise() { super::$promise(super::Way::Straight).await; })+
        }
    };
}
kept!(
    each_id_is_run_once_however_often_it_comes,
    an_idle_worker_is_woken_each_time,
    what_was_handed_out_takes_room_until_it_is_done,
    a_queue_that_is_stuck_keeps_no_other_waiting,
    a_queue_that_is_not_served_is_refused,
    jobs_under_way_at_a_stop_are_finished_and_the_rest_run_in_the_next_process,
);

/// A way that nothing goes.
struct Blocked;

impl Transport for Blocked {
    fn room(&self, _: Queue, depth: usize) -> usize {
        depth
    }

    async fn push(&mut self, _: Queue, _: &[JobId]) -> Result<(), PushError> {
        Err(PushError::TimedOut)
    }
}

#[tokio::test]
async fn a_job_that_could_not_be_pushed_waits_again_unchanged() {
    let app = stage().await;
    let ids = handed_out(&app, 3).await;
    let passed = worker::relay::pass_on(&app.cx, &mut Blocked, Queue::Notify, &ids)
        .await
        .unwrap();
    assert!(!passed);
    let untouched = "select count(*) from jobs where state = 'ready' and dispatches = 0 and lease_until is null";
    assert_eq!(count(&app, untouched).await, 3);
}
