//! Deadlines pass while many processes look for them.

use crate::harness::{
    App, Site, eventually,
    smtp_server::{SmtpServer, everybody_was_told_once},
    stage::{all_is_done, count, events, stage},
};
use chrono::TimeDelta;
use domain::people::Role;
use serde_json::json;

async fn sweeps(app: &App) -> i64 {
    let sql = "select count(*) from jobs where payload->>'job' = 'sweep_sla' and state = 'done'";
    count(app, sql).await
}

async fn several_sweeps(app: &App) {
    let before = sweeps(app).await;
    eventually("deadlines are looked for", async || {
        sweeps(app).await >= before + 3
    })
    .await;
}

#[tokio::test]
async fn an_urgent_ticket_left_alone_is_breached_and_escalated_once_by_many_processes() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    // The processes go by the real clock: let the minute have passed when they start.
    app.clock.advance(TimeDelta::seconds(-70));
    let admin = app.admin("Eve").await;
    let policy = json!({"priority": "urgent", "firstResponseMinutes": 1, "resolutionMinutes": 1});
    let set = json!({"policies": [policy]});
    admin.put("/api/v1/admin/sla-policies", set).await.ok();
    app.agent("Sam", "general").await;
    let senior = json!({"department": "general", "level": 2});
    let senior = app.person("Kim", Role::Support, senior).await;
    let here = json!({"status": "available"});
    senior.put("/api/v1/support/availability", here).await.ok();
    let urgent = json!({"subject": "Fire", "description": "Please.", "priority": "urgent"});
    let ticket = app.customer("Ann").await.opens(urgent).await;

    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("SLA_SWEEP_SECONDS", "1")],
    );
    let _processes =
        ["worker", "worker", "worker", "scheduler", "scheduler"].map(|role| site.start(role));
    several_sweeps(&app).await;
    several_sweeps(&app).await;
    all_is_done(&app).await;

    assert_eq!(events(&app, "sla_breached").await, 2, "one of each clock");
    let on_time = "select count(distinct metric) from ticket_events join sla_clocks using (ticket_id) \
                   where what->>'type' = 'sla_breached' and what->>'metric' = metric \
                   and at = due_at and breached_at = due_at and due_at = started_at + interval '1 minute'";
    assert_eq!(count(&app, on_time).await, 2);
    assert_eq!(events(&app, "escalated").await, 1);
    let found = admin.ticket(&ticket).await;
    assert_eq!(found["escalation"]["level"], 1);
    everybody_was_told_once(&app, &server).await;
}
