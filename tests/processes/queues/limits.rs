//! All workers together keep the rate of a provider; without Redis each worker keeps it.

use crate::harness::{
    App, Site, eventually, redis_url,
    smtp_server::{Behaviour, SmtpServer, everybody_was_told_once},
    stage::{all_is_done, count, stage, tickets},
};
use std::time::{Duration, Instant};

/// The time that so many workers take for 15 mails, with a burst of five and a rate of five a second.
async fn fifteen_mails(app: &App, redis: &str, workers: usize) -> Duration {
    let server = SmtpServer::start().await;
    tickets(&app.customer("Ann").await, 15).await;
    let site = Site::of(
        app,
        &[
            ("SMTP_URL", server.url()),
            ("REDIS_URL", redis),
            ("EMAIL_PER_MINUTE", "300"),
        ],
    );
    let started = Instant::now();
    let workers: Vec<_> = (0..workers).map(|_| site.start("worker")).collect();
    all_is_done(app).await;
    let took = started.elapsed();
    everybody_was_told_once(app, &server).await;
    drop(workers);
    took
}

#[tokio::test]
async fn all_workers_together_send_no_more_mails_than_the_provider_allows() {
    let app = stage().await;
    let took = fifteen_mails(&app, &redis_url(), 3).await;
    assert!(took >= Duration::from_millis(1_900), "{took:?}");
}

#[tokio::test]
async fn jobs_held_up_by_a_slow_provider_do_not_all_start_at_once_when_it_recovers() {
    let server = SmtpServer::start().await;
    server.behave(Behaviour::HoldAtData);
    let app = stage().await;
    tickets(&app.customer("Ann").await, 30).await;
    let set = [
        ("SMTP_URL", server.url()),
        ("WORKER_QUEUES", "notify:2,email:2"),
        ("EMAIL_PER_MINUTE", "600"),
    ];
    let _worker = Site::of(&app, &set).start("worker");
    // Ten go at once; in the second that it takes to plan and to hold these, others would have followed.
    eventually("two are held", async || server.held() == 2).await;
    let since = Instant::now();
    eventually("a second is over", async || {
        let lie_about = "select count(*) from jobs where queue = 'email' and state = 'sent'";
        let handed_out = count(&app, lie_about).await;
        // Those in Redis, and those that the worker has in hand.
        assert!(handed_out <= 14, "{handed_out} lie about");
        since.elapsed() > Duration::from_secs(1)
    })
    .await;
}

#[tokio::test]
async fn without_redis_a_worker_keeps_the_pace_by_itself() {
    let app = stage().await;
    let nobody = app.cx.config.data_dir.join("no-redis.sock");
    let nobody = format!("redis+unix://{}", nobody.display());
    let took = fifteen_mails(&app, &nobody, 1).await;
    assert!(took >= Duration::from_millis(1_900), "{took:?}");
}
