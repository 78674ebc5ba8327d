//! Traces: a request and its jobs share a trace, which is sent to a collector.

use crate::harness::{App, Site, eventually};
use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span,
};
use prost::Message;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

type Received = Arc<Mutex<Vec<Span>>>;

/// A collector of traces, which keeps what it is told.
async fn collector() -> (String, Received) {
    async fn keep(State(received): State<Received>, body: Bytes) {
        let told = ExportTraceServiceRequest::decode(body).unwrap();
        let scopes = told
            .resource_spans
            .into_iter()
            .flat_map(|of| of.scope_spans);
        let spans = scopes.flat_map(|scope| scope.spans);
        received.lock().unwrap().extend(spans);
    }
    let received = Received::default();
    let router = Router::new().route("/v1/traces", post(keep));
    let router = router.with_state(Arc::clone(&received));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, received)
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

/// The lines of a log.
pub fn logged(log: &str) -> Vec<Value> {
    let lines = log.lines();
    lines
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The span of that name in the caller's trace.
fn span(received: &Received, name: &str) -> Option<Span> {
    let spans = received.lock().unwrap();
    let mut named = spans
        .iter()
        .filter(|span| span.name == name && hex(&span.trace_id) == TRACE);
    named.next().cloned()
}

fn attribute(span: &Span, name: &str) -> String {
    let found = span
        .attributes
        .iter()
        .find(|attribute| attribute.key == name);
    format!("{:?}", found.and_then(|found| found.value.clone()))
}

#[tokio::test]
async fn a_request_and_its_jobs_are_one_trace_that_begins_with_the_caller() {
    let (url, received) = collector().await;
    let app = App::new().await;
    app.clock
        .set(platform::clock::Clock::now(&platform::clock::SystemClock));
    let customer = app.customer("Ann").await;
    let site = Site::of(&app, &[("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str())]);
    let (mut api, mut worker) = (site.start("api"), site.start("worker"));
    let http = api.http().await;
    let trace = format!("00-{TRACE}-{CALLER}-01");
    let token = format!("Bearer {}", customer.token().unwrap());
    let headers = [
        ("traceparent", trace.as_str()),
        ("Authorization", token.as_str()),
    ];
    let ticket = json!({"subject": "Help", "description": "sekret words"}).to_string();
    let post = ("POST", "/api/v1/support/tickets");
    let (status, made) = http.send(post, &headers, Some(&ticket)).await.unwrap();
    assert_eq!(status, 201, "{made}");

    eventually("all is told", async || {
        span(&received, "deliver_email").is_some()
    })
    .await;
    for process in [&mut api, &mut worker] {
        assert_eq!(process.terminate().await, Some(0), "{}", process.log());
    }
    let found = |name: &str| span(&received, name).unwrap_or_else(|| panic!("{name} is missing"));
    let request = found("POST /api/v1/support/tickets");
    assert_eq!(hex(&request.parent_span_id), CALLER);
    assert!(attribute(&request, "http.response.status_code").contains("201"));
    for first in ["assign_ticket", "plan_notifications"] {
        let job = found(first);
        assert_eq!(job.parent_span_id, request.span_id, "{first}");
        assert!(attribute(&job, "outcome").contains("done"));
    }
    let second = found("deliver_email");
    assert_eq!(second.parent_span_id, found("plan_notifications").span_id);
    let told = format!("{:?}", received.lock().unwrap());
    for hidden in ["sekret", "Ann", "@example.com"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }

    // The lines of the log lead there.
    let of_trace = |log: &str, message: &str| {
        let lines = logged(log).into_iter();
        lines
            .filter(|line| line["message"] == message && line["trace.id"] == TRACE)
            .count()
    };
    assert_eq!(of_trace(&api.log(), "request answered"), 1, "{}", api.log());
    assert!(
        of_trace(&worker.log(), "a job ran") >= 3,
        "{}",
        worker.log()
    );
}

#[tokio::test]
async fn without_a_collector_a_caller_s_trace_is_still_passed_on_and_none_is_made_up() {
    let app = App::new().await;
    let customer = app.customer("Ann").await;
    app.settle().await;
    customer.asks("general", "low").await;
    let traced = "select count(*) from jobs where traceparent is not null";
    let count = async || -> i64 {
        sqlx::query_scalar(traced)
            .fetch_one(&app.cx.pool)
            .await
            .unwrap()
    };
    assert_eq!(count().await, 0);
    let trace = platform::trace::Trace::parse(&format!("00-{TRACE}-{CALLER}-01"));
    platform::trace::within(trace, customer.asks("general", "low")).await;
    assert_eq!(count().await, 2, "assign_ticket and plan_notifications");
    app.settle().await;
    let by_job = "select array_agg(distinct payload->>'job' order by payload->>'job') from jobs where traceparent is not null";
    let jobs: Vec<String> = sqlx::query_scalar(by_job)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    assert_eq!(
        jobs,
        [
            "assign_ticket",
            "deliver_email",
            "plan_notifications",
            "tell_of_waiting"
        ]
    );
}

#[tokio::test]
async fn a_collector_that_is_away_holds_up_nothing() {
    let app = App::new().await;
    let nowhere = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    let mut api = Site::of(&app, &[nowhere]).start("api");
    let http = api.http().await;
    for _ in 0..20 {
        assert_eq!(http.call("GET", "/health/live", None, None).await.0, 200);
    }
    api.says("traces cannot be sent").await;
    assert_eq!(api.terminate().await, Some(0), "{}", api.log());
    let complaints = api.log().matches("traces cannot be sent").count();
    assert_eq!(complaints, 1, "{}", api.log());
}
