//! Jobs are handed out by urgency, never before their time, each to one process, and no queue waits for
//! another.

use crate::harness::{
    App, Site, eventually, redis_url,
    smtp_server::{Behaviour, SmtpServer},
    stage::{count, stage, tickets},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::queue::Queue;
use jobs::{
    JobId,
    relay::{self, CircuitState},
};
use std::{collections::BTreeSet, time::Duration};

const LEASE: Duration = Duration::from_mins(10);

async fn job(app: &App, priority: i16, run_at: DateTime<Utc>) -> JobId {
    sqlx::query_scalar(
        "insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
         values ('notify', 'workers', '{}', $1, 'ready', $2, 10, $2) returning id",
    )
    .bind(priority)
    .bind(run_at)
    .fetch_one(&app.cx.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn due_jobs_are_handed_out_by_urgency_and_none_before_its_time() {
    let app = App::new().await;
    let (now, pool) = (app.now(), &app.cx.pool);
    let minutes = TimeDelta::minutes;
    let mut expected = Vec::new();
    for (priority, age) in [(20, 1), (10, 3), (10, 2), (0, 9), (-5, 9)] {
        expected.push(job(&app, priority, now - minutes(age)).await);
    }
    // Of every urgency something waits for later, and of two there is nothing else.
    for priority in [30, 20, 10, 5, 0] {
        job(&app, priority, now + minutes(7)).await;
    }
    let snapshot = &relay::snapshot(pool, now, &[Queue::Notify]).await.unwrap()[0];
    assert!(snapshot.has_due);
    assert_eq!(snapshot.next_due, Some(now + minutes(7)));
    assert_eq!(snapshot.circuit, CircuitState::Closed);
    let mut handed_out = Vec::new();
    for _ in 0..3 {
        let mut two = relay::claim(pool, Queue::Notify, now, 2, LEASE)
            .await
            .unwrap();
        assert!(two.len() <= 2);
        two.sort_by_key(|id| expected.iter().position(|known| known == id));
        handed_out.extend(two);
    }
    assert_eq!(handed_out, expected);
    assert_eq!(
        relay::claim(pool, Queue::Notify, now, 2, LEASE)
            .await
            .unwrap(),
        []
    );
    let snapshot = &relay::snapshot(pool, now, &[Queue::Notify]).await.unwrap()[0];
    assert!(!snapshot.has_due);
}

#[tokio::test]
async fn a_job_is_handed_out_to_one_process_only() {
    let app = App::new().await;
    let now = app.now();
    for _ in 0..200 {
        job(&app, 0, now).await;
    }
    let claim = async || {
        let mut mine = Vec::new();
        loop {
            let pool = &app.cx.pool;
            let some = relay::claim(pool, Queue::Notify, now, 7, LEASE)
                .await
                .unwrap();
            if some.is_empty() {
                return mine;
            }
            mine.extend(some);
        }
    };
    let (one, two, three) = tokio::join!(claim(), claim(), claim());
    let all: Vec<JobId> = [one, two, three].concat();
    let different: BTreeSet<JobId> = all.iter().copied().collect();
    // A claim that finds rows locked comes back early: what is left is found by the next one.
    assert_eq!(all.len(), different.len());
    let sent = count(&app, "select count(*) from jobs where state = 'sent'").await;
    assert_eq!(sent, i64::try_from(all.len()).unwrap());
}

#[tokio::test]
async fn a_queue_in_trouble_hands_out_one_job_to_see_and_no_other_relay_another() {
    let app = App::new().await;
    let (now, pool) = (app.now(), &app.cx.pool);
    for _ in 0..3 {
        job(&app, 0, now).await;
    }
    sqlx::query("update queue_control set failures = 2, held_until = $1 where queue = 'notify'")
        .bind(now - TimeDelta::seconds(1))
        .execute(pool)
        .await
        .unwrap();
    let snapshot = &relay::snapshot(pool, now, &[Queue::Notify]).await.unwrap()[0];
    assert_eq!(snapshot.circuit, CircuitState::HalfOpen);
    let probe = || relay::claim_probe(pool, Queue::Notify, now, LEASE);
    let (one, two) = tokio::join!(probe(), probe());
    let sent = [one.unwrap(), two.unwrap()];
    assert_eq!(sent.iter().flatten().count(), 1, "{sent:?}");
    let snapshot = &relay::snapshot(pool, now, &[Queue::Notify]).await.unwrap()[0];
    assert!(
        matches!(snapshot.circuit, CircuitState::OpenUntil(_)),
        "{snapshot:?}"
    );
}

#[tokio::test]
async fn a_queue_that_is_full_does_not_keep_others_waiting() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    let customer = app.customer("Ann").await;
    tickets(&customer, 30).await;
    sqlx::query("update queue_control set depth = 2 where queue = 'email'")
        .execute(&app.cx.pool)
        .await
        .unwrap();
    let set = [("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "600")];
    let site = Site::of(&app, &set);
    server.behave(Behaviour::HoldAtData);
    let _worker = site.start("worker");
    eventually("mails wait for each other", async || {
        let full = "select count(*) from jobs where queue = 'email' and state = 'ready'";
        server.held() == 8 && count(&app, full).await > 15
    })
    .await;
    tickets(&customer, 10).await;
    eventually("the other queues are empty", async || {
        let open = "select count(*) from jobs where queue <> 'email' and unique_key is null
                    and state in ('ready', 'sent')";
        count(&app, open).await == 0
    })
    .await;
    assert_eq!(server.received(), []);
    server.behave(Behaviour::Accept);
    server.wait_for(40).await;
}

#[tokio::test]
async fn jobs_that_redis_lost_are_handed_out_again_by_the_first_process_to_notice() {
    let app = stage().await;
    let _worker = Site::of(&app, &[("WORKER_QUEUES", "bulk:1")]).start("worker");
    let id = job(&app, 0, app.now()).await;
    let claimed = relay::claim(&app.cx.pool, Queue::Notify, app.now(), 1, LEASE).await;
    assert_eq!(claimed.unwrap(), [id]);
    let epoch = format!("{}:jobs:epoch", app.cx.config.redis.prefix);
    let redis = || {
        let client = redis::Client::open(redis_url()).unwrap();
        client.get_connection().unwrap()
    };
    eventually("Redis is known", async || {
        redis::cmd("EXISTS")
            .arg(&epoch)
            .query(&mut redis())
            .unwrap()
    })
    .await;
    redis::cmd("DEL").arg(&epoch).exec(&mut redis()).unwrap();
    eventually("the hint that nobody of them serves is taken back", async || {
        count(&app, "select count(*) from jobs where queue = 'notify' and payload = '{}' and state = 'ready'").await == 1
    })
    .await;
}
