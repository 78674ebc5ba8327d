//! One of several schedulers dies.

use crate::harness::{
    App, Site, eventually,
    stage::{count, stage},
};

async fn ticks(app: &App) -> i64 {
    let sql = "select count(*) from ticks where schedule = 'sweep_sla'";
    count(app, sql).await
}

async fn goes_on(app: &App) {
    let before = ticks(app).await;
    eventually("the schedules go on", async || {
        ticks(app).await >= before + 3
    })
    .await;
}

#[tokio::test]
async fn ticks_go_on_when_a_scheduler_is_killed_and_none_fires_twice() {
    let app = stage().await;
    let site = Site::of(&app, &[("SLA_SWEEP_SECONDS", "1")]);
    let _worker = site.start("worker");
    let mut first = site.start("scheduler");
    let mut second = site.start("scheduler");
    second.says("started").await;
    goes_on(&app).await;
    first.kill();
    goes_on(&app).await;
    let _third = site.start("scheduler");
    second.kill();
    goes_on(&app).await;

    let doubled = "select count(*) from (select from ticks group by schedule, due_at having count(*) > 1) as doubled";
    assert_eq!(count(&app, doubled).await, 0);
    // No job without a tick of its own: a tick adds none while one of its kind waits.
    let unaccounted = "select (select count(*) from jobs where payload->>'job' = 'sweep_sla') \
                       - (select count(*) from ticks where schedule = 'sweep_sla')";
    assert!(count(&app, unaccounted).await <= 0);
    let doubled = "select count(*) from (select from jobs where payload->>'job' = 'sweep_sla' \
                   group by run_at having count(*) > 1) as doubled";
    assert_eq!(count(&app, doubled).await, 0);
}
