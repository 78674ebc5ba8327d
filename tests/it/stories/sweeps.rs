//! The sweep that records breaches: late rather than lost, and at a cost that does not grow.

use super::sla::record;
use crate::{
    harness::{App, NOTHING, minutes, the_beginning},
    layers::root,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

#[tokio::test]
async fn an_outage_delays_what_is_found_and_loses_nothing() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let first = amina.asks("general", "urgent").await;
    app.advance(minutes(10));
    let second = amina.asks("general", "high").await;
    app.settle().await;
    app.tick().await;
    // Nobody is there for an hour: one sweep then finds everything, with its own instants.
    app.advance(TimeDelta::hours(1));
    app.tick().await;
    assert_eq!(
        record(&eve, &first).await,
        [
            "first_response sla_at_risk 08:12:00",
            "first_response sla_breached 08:15:00"
        ]
    );
    assert_eq!(
        record(&eve, &second).await,
        [
            "first_response sla_at_risk 08:34:00",
            "first_response sla_breached 08:40:00"
        ]
    );
}

#[tokio::test]
async fn a_sweep_every_quarter_of_a_minute_has_it_on_record_within_one_interval() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.tick().await;
    let id = amina.asks("general", "urgent").await;
    for _ in 0..(16 * 4) {
        app.advance(TimeDelta::seconds(15));
        app.tick().await;
        let due = app.now() - the_beginning();
        let expected = usize::from(due >= minutes(12)) + usize::from(due > minutes(15));
        let least = usize::from(due - TimeDelta::seconds(15) >= minutes(12))
            + usize::from(due - TimeDelta::seconds(15) > minutes(15));
        let on_record = record(&eve, &id).await.len();
        assert!(
            (least..=expected).contains(&on_record),
            "{due}: {on_record}"
        );
    }
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_or_is_held_by_somebody_delays_no_other() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let broken = amina.asks("general", "urgent").await;
    let held = amina.asks("general", "urgent").await;
    let other = amina.asks("general", "urgent").await;
    app.settle().await;
    let spoil = "update tickets set policy = policy || '{\"resolutionMinutes\": \"soon\"}' where id = $1::uuid";
    app.sql(spoil, &broken).await;
    let mut holding = app.cx.pool.begin().await.unwrap();
    sqlx::query("select from tickets where id = $1::uuid for update")
        .bind(&held)
        .execute(&mut *holding)
        .await
        .unwrap();
    app.after(13).await;
    assert_eq!(record(&eve, &held).await, NOTHING);
    let warned = ["first_response sla_at_risk 08:12:00"];
    assert_eq!(record(&eve, &other).await, warned);
    // Nothing is lost by it.
    holding.rollback().await.unwrap();
    let mend =
        "update tickets set policy = policy || '{\"resolutionMinutes\": 120}' where id = $1::uuid";
    app.sql(mend, &broken).await;
    app.advance(minutes(1));
    app.sweep().await;
    assert_eq!(record(&eve, &held).await, warned);
    assert_eq!(record(&eve, &broken).await, warned);
    assert_eq!(record(&eve, &other).await, warned);
}

#[tokio::test]
async fn an_agent_whom_somebody_holds_costs_no_ticket_its_holder() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app
        .agent_with("Kim", json!({"department": "general", "level": 2}))
        .await;
    let eve = app.admin("Eve").await;
    let mut tickets = Vec::new();
    for _ in 0..3 {
        tickets.push(amina.asks("general", "urgent").await);
    }
    app.settle().await;
    app.advance(minutes(16));
    let mut holding = app.cx.pool.begin().await.unwrap();
    sqlx::query("select from agents where user_id = $1::uuid for update")
        .bind(kim.id())
        .execute(&mut *holding)
        .await
        .unwrap();
    app.sweep().await;
    for ticket in &tickets {
        let held = eve.ticket(ticket).await;
        assert_eq!(held["assignedTo"]["id"], sarah.id());
        assert_eq!(held["escalation"]["level"], 0);
    }
    holding.rollback().await.unwrap();
    app.sweep().await;
    for ticket in &tickets {
        let escalated = eve.ticket(ticket).await;
        assert_eq!(escalated["assignedTo"]["id"], kim.id());
        assert_eq!(escalated["escalation"]["level"], 1);
    }
}

/// The statement of the sweep, as the program has it.
fn statement() -> String {
    let queries = std::fs::read_dir(root().join("shared/.sqlx")).unwrap();
    let texts = queries.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let described = texts.map(|text| serde_json::from_str::<Value>(&text).unwrap());
    let mut queries = described.map(|one| one["query"].as_str().unwrap().to_owned());
    let order = "order by next_at, ticket_id";
    let found = queries.find(|query| query.contains("from sla_clocks") && query.contains(order));
    found.unwrap()
}

#[tokio::test]
async fn a_sweep_reads_what_is_due_from_an_index_however_much_is_open() {
    let app = App::new().await;
    let mut db = app.cx.pool.acquire().await.unwrap();
    let fill = "set session_replication_role = replica;
        insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, next_at)
        select gen_random_uuid(), 'resolution', 1, now(), 480, 80, 0, due, due, due
        from (select timestamptz '2025-10-01' + n * interval '1 second' as due from generate_series(1, 50000) n) new;
        analyze sla_clocks";
    sqlx::raw_sql(fill).execute(&mut *db).await.unwrap();
    let prepare = format!("prepare sweep as {}", statement());
    sqlx::raw_sql(AssertSqlSafe(prepare))
        .execute(&mut *db)
        .await
        .unwrap();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        let set = format!("set plan_cache_mode = {mode}");
        sqlx::raw_sql(AssertSqlSafe(set))
            .execute(&mut *db)
            .await
            .unwrap();
        // 100 are due; of these, those that come after the fiftieth.
        for (after, rows) in [
            ("null, null", 100),
            (
                "'2025-10-01 00:00:50Z', 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
                50,
            ),
        ] {
            let explain = format!(
                "explain (analyze, format json) execute sweep('2025-10-01 00:01:40Z', {after}, 500)"
            );
            let plan: Value = sqlx::query_scalar(AssertSqlSafe(explain))
                .fetch_one(&mut *db)
                .await
                .unwrap();
            let mut node = &plan[0]["Plan"];
            assert_eq!(
                node["Actual Rows"].as_f64(),
                Some(f64::from(rows)),
                "{plan:#}"
            );
            while let Some(inner) = node["Plans"].get(0) {
                node = inner;
            }
            assert_eq!(node["Index Name"], "sla_clocks_due", "{mode}: {plan:#}");
            assert!(
                node["Index Cond"].as_str().unwrap().contains("next_at <= "),
                "{plan:#}"
            );
            let read = node["Actual Rows"].as_f64().unwrap()
                + node["Rows Removed by Filter"].as_f64().unwrap_or(0.0);
            assert!(read <= f64::from(rows + 1), "{mode} reads {read}: {plan:#}");
        }
    }
}
