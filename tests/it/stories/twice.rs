//! Every job may run twice: the second run does nothing.

use crate::harness::{App, minutes};
use actions::job_list::Job;
use chrono::TimeDelta;
use domain::people::Role;
use serde_json::{Value, json};

/// Everything that a second run must leave as it is.
async fn world(app: &App) -> Value {
    let mut world = Vec::new();
    for rows in [
        "select coalesce(jsonb_agg(t order by id), '[]') from tickets t",
        "select coalesce(jsonb_agg(e order by position), '[]') from ticket_events e",
        "select coalesce(jsonb_agg(m order by position), '[]') from messages m",
        "select coalesce(jsonb_agg(c order by ticket_id, metric, cycle), '[]') from sla_clocks c",
        "select coalesce(jsonb_agg(n order by id), '[]') from notifications n",
        "select coalesce(jsonb_agg(s order by ticket_id), '[]') from stats_tickets s",
        "select coalesce(jsonb_agg(jsonb_build_array(user_id, last_assigned_at) order by user_id), '[]') from agents",
    ] {
        let value: Value = sqlx::query_scalar(rows)
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
        world.push(value);
    }
    let mails: Vec<_> = (app.mails().into_iter())
        .map(|mail| json!([mail.message_id, mail.whole]))
        .collect();
    world.push(json!(mails));
    json!(world)
}

/// Runs every job that was done since the last time once more, of those that wait once at a time
/// the last, and finds nothing changed; says how many that were. In between nothing else happened:
/// a job that runs late looks at the world as it is by then.
async fn once_more(app: &App, last: &mut i64) -> u64 {
    let before = world(app).await;
    let ready = sqlx::query(
        "update jobs set state = 'ready', attempt = 0, run_at = $1 where id in (
             select max(id) from jobs where state = 'done' and id > $2
             group by coalesce(unique_key, id::text))",
    )
    .bind(app.now())
    .bind(*last)
    .execute(&app.cx.pool)
    .await
    .unwrap();
    app.settle().await;
    let after = world(app).await;
    for (before, after) in before
        .as_array()
        .unwrap()
        .iter()
        .zip(after.as_array().unwrap())
    {
        assert_eq!(before, after);
    }
    *last = app.count("select coalesce(max(id), 0) from jobs").await;
    ready.rows_affected()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a story is told in one piece")]
async fn no_job_does_its_work_a_second_time() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let room = json!({"department": "general", "maxConcurrentTickets": 2, "employeeId": "E1"});
    let sarah = app.agent_with("Sarah", room).await;
    app.agent_with("Kim", json!({"department": "general", "level": 2}))
        .await;
    let mut ids = Vec::new();
    for priority in ["urgent", "low", "medium", "high", "low"] {
        ids.push(amina.asks("general", priority).await);
    }
    app.settle().await;
    // Every kind of event, and every job that follows from one.
    let (mut last, mut again) = (0, 0);
    again += once_more(&app, &mut last).await;
    app.after(13).await;
    again += once_more(&app, &mut last).await;
    let mine = sarah.get("/api/v1/support/tickets?assignedTo=me").await;
    let mine: Vec<_> = (mine.ok()["tickets"].as_array().unwrap().iter())
        .map(|ticket| ticket["id"].as_str().unwrap().to_owned())
        .collect();
    sarah.says(&mine[0], "Hello.").await.created();
    let note = json!({"status": "waiting_customer", "notes": "@E1 hm"});
    eve.does("status", &mine[0], note).await.ok();
    amina.says(&mine[0], "Hello?").await.created();
    sarah.sets(&mine[1], "open").await.ok();
    app.settle().await;
    again += once_more(&app, &mut last).await;
    app.after(20).await;
    again += once_more(&app, &mut last).await;
    eve.closes(&ids[4]).await.ok();
    amina.rates(&ids[4], json!({"rating": 5})).await.ok();
    amina
        .does("reopen", &ids[4], json!({"reason": "why"}))
        .await
        .ok();
    let late = app.person("Late", Role::Support, json!({})).await;
    eve.does(
        "escalate",
        &ids[1],
        json!({"reason": "why", "escalatedTo": late.id()}),
    )
    .await
    .ok();
    eve.does("priority", &ids[1], json!({"priority": "urgent"}))
        .await
        .ok();
    eve.sets(&ids[2], "resolved").await.ok();
    app.settle().await;
    again += once_more(&app, &mut last).await;
    let kinds: Vec<String> =
        sqlx::query_scalar("select distinct payload->>'job' from jobs where state = 'done'")
            .fetch_all(&app.cx.pool)
            .await
            .unwrap();
    let sweeps = ["assign_waiting", "auto_close", "prune", "roll_up_stats"];
    assert_eq!(kinds_missing(&kinds), sweeps);
    app.advance(TimeDelta::days(8));
    for sweep in [
        Job::SweepSla,
        Job::AutoClose,
        Job::AssignWaiting,
        Job::RollUpStats,
        Job::Prune,
    ] {
        app.run(&sweep).await;
        again += once_more(&app, &mut last).await;
    }
    app.run(&Job::AssignToAvailableAgent {
        agent: sarah.id().parse().unwrap(),
    })
    .await;
    app.run(&Job::RollUpStats).await;
    let told = app.count("select count(*) from notifications").await;
    assert!(told > 20, "{told}");
    let before = world(&app).await;
    for restored in [
        "select jsonb_build_object('job', 'deliver_email', 'notification', id) from notifications",
        "select jsonb_build_object('job', 'assign_ticket', 'ticket', id) from tickets",
        "select jsonb_build_object('job', 'fill_agent', 'agent', user_id) from agents",
    ] {
        let jobs: Vec<sqlx::types::Json<Job>> = sqlx::query_scalar(restored)
            .fetch_all(&app.cx.pool)
            .await
            .unwrap();
        for job in jobs {
            app.run(&job.0).await;
        }
    }
    assert_eq!(world(&app).await, before);
    assert!(again > 50, "{again}");
}

/// The jobs that have not run.
fn kinds_missing(kinds: &[String]) -> Vec<&'static str> {
    [
        "assign_waiting",
        "auto_close",
        "prune",
        "roll_up_stats",
        "sweep_sla",
        "assign_ticket",
        "fill_agent",
        "deliver_email",
        "plan_notifications",
    ]
    .into_iter()
    .filter(|kind| !kinds.iter().any(|known| known == kind))
    .collect()
}

#[tokio::test]
async fn pruning_deletes_what_was_done_long_ago_and_nothing_else() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    amina.asks("general", "low").await;
    app.settle().await;
    let done = "select count(*) from jobs where state = 'done'";
    let before = app.count(done).await;
    assert!(before > 0);
    app.advance(TimeDelta::days(2));
    app.run(&Job::Prune).await;
    assert_eq!(app.count(done).await, before + 1);
    app.advance(minutes(1));
    app.run(&Job::Prune).await;
    assert_eq!(app.count(done).await, 2);
}
