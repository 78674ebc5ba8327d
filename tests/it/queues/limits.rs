//! What a provider allows is kept by all workers together, and by each while Redis is away.

use crate::{
    harness::{App, Site, redis_url},
    processes::{all_is_done, everybody_was_told_once, stage, tickets},
    smtp_server::SmtpServer,
};
use std::time::{Duration, Instant};

/// How long so many workers take for 15 mails, of which five may go at once and five in each second.
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
async fn without_redis_a_worker_keeps_the_pace_by_itself() {
    let app = stage().await;
    let nobody = app.cx.config.data_dir.join("no-redis.sock");
    let nobody = format!("redis+unix://{}", nobody.display());
    let took = fifteen_mails(&app, &nobody, 1).await;
    assert!(took >= Duration::from_millis(1_900), "{took:?}");
}
