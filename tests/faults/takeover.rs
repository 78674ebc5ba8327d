//! One of two schedulers dies.

use crate::harness::{App, Site, eventually};

async fn ticks(app: &App) -> i64 {
    let sql = "select count(*) from ticks where schedule = 'sweep_sla'";
    sqlx::query_scalar(sql)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

async fn goes_on(app: &App) {
    let before = ticks(app).await;
    eventually("the schedules go on", async || {
        ticks(app).await >= before + 2
    })
    .await;
}

/// The longest time between two ticks of a schedule of every second, in milliseconds.
async fn longest_pause(app: &App) -> i64 {
    let sql = "select coalesce(max(extract(epoch from pause) * 1000), 0)::bigint from (
                   select fired_at - lag(fired_at) over (order by fired_at) as pause
                   from ticks where schedule = 'sweep_sla') as pauses";
    sqlx::query_scalar(sql)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn another_scheduler_takes_over_within_five_seconds_of_a_kill() {
    let app = App::new().await;
    let site = Site::of(&app, &[("SLA_SWEEP_SECONDS", "1")]);
    let mut first = site.start("scheduler");
    first.says("started").await;
    let mut second = site.start("scheduler");
    second.says("started").await;
    for _ in 0..2 {
        goes_on(&app).await;
        first.kill();
        goes_on(&app).await;
        first = std::mem::replace(&mut second, site.start("scheduler"));
        second.says("started").await;
    }
    let pause = longest_pause(&app).await;
    assert!(pause <= 5_000, "{pause} ms without a tick");
}
