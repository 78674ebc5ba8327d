//! `/metrics`: the counters, who may read them, and that they contain no personal data.

use crate::harness::{App, Program, Site, eventually};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderName, Request, StatusCode},
};
use chrono::TimeDelta;
use serde_json::json;
use std::collections::BTreeMap;
use tower::ServiceExt;

const TOKEN: &str = "a token for tests that is long";

/// `/metrics` of the API within this process: status, type and text.
async fn ask(app: &App, headers: &[(&str, &str)]) -> (StatusCode, String, String) {
    let mut request = Request::get("/metrics");
    for (name, value) in headers {
        request = request.header(name.parse::<HeaderName>().unwrap(), *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = api::router(app.cx.clone()).oneshot(request).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let content_type = headers["content-type"].to_str().unwrap().to_owned();
    (
        status,
        content_type,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

pub async fn scrape(app: &App) -> String {
    let (status, content_type, text) = ask(app, &[]).await;
    assert_eq!(status, 200, "{text}");
    assert!(
        content_type.starts_with("application/openmetrics-text"),
        "{content_type}"
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// The series of a text with their values.
pub fn series(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap()).collect()
}

#[tokio::test]
async fn requests_jobs_deliveries_and_what_happens_to_tickets_are_counted() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    app.agent("Sam", "general").await;
    let ticket = customer.asks("general", "low").await;
    customer
        .get(&format!("/api/v1/support/tickets/{ticket}"))
        .await
        .ok();
    customer.get("/api/v1/support/tickets/nowhere").await;
    app.settle().await;
    let text = scrape(&app).await;
    let series = series(&text);
    let of = |name: &str| series.get(name).copied().unwrap_or("0");
    let of_route = r#"support_http_request_duration_seconds_count{route="/api/v1/support/tickets/{id}",method="GET""#;
    assert_eq!(of(&format!(r#"{of_route},status="2xx"}}"#)), "1", "{text}");
    assert_eq!(of(&format!(r#"{of_route},status="4xx"}}"#)), "1", "{text}");
    for (name, at_least) in [
        (
            r#"support_job_run_duration_seconds_count{job="assign_ticket",outcome="done"}"#,
            1.0,
        ),
        (r#"support_job_wait_seconds_count{queue="assignment"}"#, 1.0),
        (
            r#"support_deliveries_total{channel="email",outcome="sent"}"#,
            3.0,
        ),
        (
            r#"support_delivery_age_seconds_count{channel="email"}"#,
            3.0,
        ),
        (r#"support_ticket_events_total{event="created"}"#, 1.0),
        (r#"support_ticket_events_total{event="assigned"}"#, 1.0),
        ("support_database_begin_seconds_count", 3.0),
        ("support_database_connections_max", 6.0),
        ("support_database_up", 1.0),
        ("process_resident_memory_bytes", 1_000_000.0),
        ("process_open_fds", 3.0),
    ] {
        let value: f64 = of(name).parse().unwrap();
        assert!(value >= at_least, "{name} is {}: {text}", of(name));
    }
    assert_eq!(
        of(&format!(
            r#"support_build_info{{version="{}"}}"#,
            env!("CARGO_PKG_VERSION")
        )),
        "1"
    );
}

#[tokio::test]
async fn every_process_counts_waiting_jobs_and_their_age() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    customer.asks("general", "urgent").await;
    customer.asks("general", "low").await;
    app.advance(TimeDelta::seconds(70));
    sqlx::raw_sql(
        "update jobs set state = 'dead' where id = (select max(id) from jobs where queue = 'notify');
         update jobs set state = 'sent' where id = (select max(id) from jobs where queue = 'assignment');
         update sla_clocks set next_at = next_at - interval '2 days', warn_at = warn_at - interval '2 days';
         update queue_control set paused = true where queue = 'bulk'",
    )
    .execute(&app.cx.pool)
    .await
    .unwrap();
    let text = scrape(&app).await;
    let series = series(&text);
    for (name, value) in [
        (
            r#"support_queue_jobs{queue="assignment",state="ready"}"#,
            "1",
        ),
        (
            r#"support_queue_jobs{queue="assignment",state="sent"}"#,
            "1",
        ),
        (r#"support_queue_jobs{queue="notify",state="ready"}"#, "1"),
        (
            r#"support_queue_oldest_seconds{queue="assignment",state="ready"}"#,
            "70.0",
        ),
        (
            r#"support_queue_oldest_seconds{queue="assignment",state="sent"}"#,
            "70.0",
        ),
        (
            r#"support_queue_oldest_seconds{queue="email",state="ready"}"#,
            "0.0",
        ),
        ("support_relay_lag_seconds", "70.0"),
        (r#"support_dead_jobs{queue="notify"}"#, "1"),
        (r#"support_dead_jobs{queue="email"}"#, "0"),
        (r#"support_queue_paused{queue="bulk"}"#, "1"),
        (r#"support_queue_workers{queue="email"}"#, "0"),
        (r#"support_processes{role="scheduler"}"#, "0"),
        ("support_sla_due", "4"),
        ("support_sla_at_risk", "4"),
    ] {
        assert_eq!(series.get(name), Some(&value), "{name}: {text}");
    }
    assert_ne!(series["support_sla_due_oldest_seconds"], "0.0");
}

#[tokio::test]
async fn a_queue_that_is_held_or_on_trial_is_told_and_is_no_lag_of_the_relay() {
    let app = App::new().await;
    app.customer("Ann").await.asks("general", "low").await;
    app.advance(TimeDelta::seconds(70));
    // Open for another minute, and half-open: that is over, and no probe has been sent yet.
    sqlx::query(
        "update queue_control set failures = 2, held_because = 'away',
             held_until = $1 + case queue when 'assignment' then interval '1 minute' else interval '-1 minute' end
         where queue in ('assignment', 'notify')",
    )
    .bind(app.now())
    .execute(&app.cx.pool)
    .await
    .unwrap();
    let text = scrape(&app).await;
    let series = series(&text);
    for (name, value) in [
        (r#"support_queue_held{queue="assignment"}"#, "1"),
        (r#"support_queue_held{queue="notify"}"#, "1"),
        (r#"support_queue_held{queue="email"}"#, "0"),
        (r#"support_queue_paused{queue="notify"}"#, "0"),
        (
            r#"support_queue_oldest_seconds{queue="notify",state="ready"}"#,
            "70.0",
        ),
        ("support_relay_lag_seconds", "0.0"),
    ] {
        assert_eq!(series.get(name), Some(&value), "{name}: {text}");
    }
}

#[tokio::test]
async fn jobs_of_a_queue_that_only_another_release_has_are_counted_and_call_for_no_workers_of_this_one()
 {
    let app = App::new().await;
    for (queue, state) in [("fax", "ready"), ("fax", "dead"), ("telex", "running")] {
        sqlx::query(
            "insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
             values ($1, 'workers', '{}', 0, $2, $3, 10, $3)",
        )
        .bind(queue)
        .bind(state)
        .bind(app.now())
        .execute(&app.cx.pool)
        .await
        .unwrap();
    }
    app.advance(TimeDelta::seconds(70));
    let text = scrape(&app).await;
    let series = series(&text);
    for (name, value) in [
        ("support_database_up", "1"),
        (r#"support_queue_jobs{queue="fax",state="ready"}"#, "1"),
        (r#"support_queue_jobs{queue="telex",state="running"}"#, "1"),
        (r#"support_dead_jobs{queue="fax"}"#, "1"),
        (r#"support_queue_workers{queue="fax"}"#, "0"),
        (r#"support_queue_jobs{queue="email",state="ready"}"#, "0"),
        ("support_relay_lag_seconds", "0.0"),
    ] {
        assert_eq!(series.get(name), Some(&value), "{name}: {text}");
    }
    assert!(!text.contains(r#"oldest_seconds{queue="fax""#), "{text}");
}

#[tokio::test]
async fn no_label_is_a_path_an_address_an_id_or_a_word_of_somebody() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    let sekret = json!({"subject": "sekret", "description": "sekret", "tags": ["sekret"]});
    let ticket = customer.opens(sekret).await;
    customer.get("/api/v1/sekret").await;
    customer.get("/api/v1/support/tickets?q=sekret").await;
    let request = Request::builder().method("SEKRET").uri("/docs");
    let request = request.body(Body::empty()).unwrap();
    api::router(app.cx.clone()).oneshot(request).await.unwrap();
    app.settle().await;
    let text = scrape(&app).await;
    let lower = text.to_lowercase();
    for hidden in [
        "sekret",
        "ann",
        "example.com",
        "127.0.0.1",
        &ticket,
        &customer.id(),
    ] {
        let hidden = hidden.to_lowercase();
        // The word of a queue's state or a route may hold three letters of a name.
        let told = lower
            .lines()
            .find(|line| !line.starts_with('#') && line.contains(&format!("\"{hidden}")));
        assert_eq!(told, None);
        assert!(
            hidden == "ann" || !lower.contains(&hidden),
            "{hidden}: {text}"
        );
    }
    assert!(text.contains(r#"method="other""#), "{text}");
    assert!(text.contains(r#"route="unmatched""#), "{text}");
}

#[tokio::test]
async fn metrics_through_a_proxy_need_a_token() {
    let app = App::new().await;
    for header in [
        "cf-connecting-ip",
        "cf-ray",
        "fastly-client-ip",
        "fly-client-ip",
        "forwarded",
        "true-client-ip",
        "via",
        "x-amzn-trace-id",
        "x-client-ip",
        "x-envoy-external-address",
        "x-forwarded",
        "x-forwarded-by",
        "x-forwarded-client-cert",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
        "x-forwarded-ssl",
        "x-original-forwarded-for",
        "x-real-ip",
    ] {
        let (status, content_type, text) = ask(&app, &[(header, "203.0.113.7")]).await;
        assert_eq!(status, 404, "{header}");
        assert_eq!(content_type, "application/problem+json");
        assert!(!text.contains("support_"), "{text}");
    }
    let of_prometheus = [
        ("accept", "application/openmetrics-text"),
        ("user-agent", "Prometheus/3.0"),
        ("x-prometheus-scrape-timeout-seconds", "10"),
    ];
    assert_eq!(ask(&app, &of_prometheus).await.0, 200);
}

#[tokio::test]
async fn with_a_token_set_nobody_reads_the_metrics_without_it() {
    let app = App::with(&[("METRICS_TOKEN", TOKEN)]).await;
    let right = format!("Bearer {TOKEN}");
    for (headers, expected) in [
        (vec![], 401),
        (
            vec![("authorization", "Bearer a token for tests that is lon")],
            401,
        ),
        (vec![("authorization", TOKEN)], 401),
        (vec![("authorization", right.as_str())], 200),
        (
            vec![("authorization", right.as_str()), ("via", "proxy")],
            200,
        ),
    ] {
        let (status, _, text) = ask(&app, &headers).await;
        assert_eq!(status, expected, "{headers:?}");
        assert_eq!(text.contains("support_"), expected == 200);
        assert!(!text.contains(TOKEN));
    }
}

#[tokio::test]
async fn every_role_has_metrics_and_health_at_a_port_of_its_own() {
    let app = App::new().await;
    let site = Site::of(&app, &[]);
    let processes = ["api", "worker", "scheduler"].map(|role| (role, site.start(role)));
    let ours = async |(_, process): &(&str, Program)| process.http().await.text("/metrics").await;
    for process in &processes {
        let http = process.1.http().await;
        assert_eq!(http.call("GET", "/health/live", None, None).await.0, 200);
        assert_eq!(http.call("GET", "/health/ready", None, None).await.0, 200);
        let elsewhere = http.call("GET", "/api/v1/auth/me", None, None).await.0;
        assert_eq!(elsewhere, if process.0 == "api" { 401 } else { 404 });
    }
    // Each knows of all.
    for process in &processes {
        eventually("everybody is there", async || {
            let (status, text) = ours(process).await;
            assert_eq!(status, 200, "{text}");
            let all = ["api", "worker", "scheduler"];
            all.iter()
                .all(|role| text.contains(&format!("support_processes{{role=\"{role}\"}} 1")))
        })
        .await;
    }
    let (_, of_worker) = ours(&processes[1]).await;
    assert!(
        of_worker.contains("support_relay_last_pass_seconds"),
        "{of_worker}"
    );
    let (_, of_scheduler) = ours(&processes[2]).await;
    assert!(!of_scheduler.contains("support_relay_last_pass_seconds"));
}
