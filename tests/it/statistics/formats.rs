//! JSON and CSV, and what caches know.

use super::STATS;
use crate::harness::{App, Caller, minutes};
use actions::job_list::Job;
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};

/// The response to a request with a header: its status, headers and text.
async fn asked(
    who: &Caller,
    path: &str,
    name: header::HeaderName,
    value: &str,
) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(format!("{STATS}{path}"))
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", who.token().unwrap()),
        )
        .header(name, value)
        .body(Body::empty())
        .unwrap();
    let (status, headers, bytes) = who.raw(request).await;
    (status, headers, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn table(who: &Caller, path: &str) -> Vec<String> {
    let (status, headers, text) = asked(who, path, header::ACCEPT, "text/csv").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let kind = headers[header::CONTENT_TYPE].to_str().unwrap();
    assert!(kind.starts_with("text/csv"), "{kind}");
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_report_is_a_table_for_a_client_that_asks_for_csv() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.agent("=Sarah", "general").await;
    let empty = table(&eve, "/departments").await;
    assert_eq!(empty, ["department"]);
    amina.asks("general", "low").await;
    app.settle().await;
    app.advance(minutes(24 * 60));
    amina.asks("payment", "low").await;
    app.run(&Job::RollUpStats).await;
    let agents = table(&eve, "/agents").await;
    assert!(
        agents[0].starts_with("agent.id,agent.firstName,agent.lastName,total,open,"),
        "{agents:?}"
    );
    assert!(
        agents[1].contains(",'=Sarah,"),
        "a name is no formula: {agents:?}"
    );
    let departments = table(&eve, "/departments?interval=day").await;
    assert!(departments[0].starts_with("department,startDate,endDate,total,"));
    assert_eq!(
        departments.len(),
        5,
        "two departments on two days: {departments:?}"
    );
    let sla = table(&eve, "/sla").await;
    let head = "total,slaCompliance,firstResponse.met,firstResponse.breached,firstResponse.running,firstResponse.compliance";
    assert!(sla[0].starts_with(head), "{sla:?}");
    let satisfaction = table(&eve, "/satisfaction").await;
    assert!(satisfaction[0].ends_with(
        "ratingBreakdown.5,ratingBreakdown.4,ratingBreakdown.3,ratingBreakdown.2,ratingBreakdown.1"
    ));
    assert_eq!(table(&eve, "/backlog?interval=day").await.len(), 3);
    assert_eq!(table(&eve, "/categories").await.len(), 3);
    let whole = table(&eve, "").await;
    assert!(whole[0].starts_with("total,statusBreakdown."), "{whole:?}");
    assert_eq!(table(&eve, "?interval=day").await.len(), 3);
    let future = table(&eve, "?interval=day&startDate=2099-01-01").await;
    assert_eq!(future, ["startDate,endDate"]);
}

#[tokio::test]
async fn json_is_the_usual_answer_and_whatever_else_is_accepted_too() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    for accepted in [
        "*/*",
        "application/json",
        "application/json, text/csv;q=0.5",
        "text/html",
    ] {
        let (_, headers, text) = asked(&eve, "/agents", header::ACCEPT, accepted).await;
        assert_eq!(
            headers[header::CONTENT_TYPE],
            "application/json",
            "{accepted}"
        );
        assert_eq!(text, r#"{"success":true,"agents":[],"asOf":null}"#);
    }
}

#[tokio::test]
async fn figures_that_are_still_the_same_are_not_sent_again() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    amina.asks("general", "low").await;
    app.run(&Job::RollUpStats).await;
    for (path, accepted) in [
        ("/departments", "application/json"),
        ("", "application/json"),
        ("/sla", "text/csv"),
    ] {
        let (_, headers, _) = asked(&eve, path, header::ACCEPT, accepted).await;
        assert!(headers[header::VARY].to_str().unwrap().contains("accept"));
        let tag = headers[header::ETAG].to_str().unwrap();
        assert!(tag.starts_with("W/\""), "{tag}");
        app.advance(minutes(1));
        app.run(&Job::RollUpStats).await;
        let request = Request::get(format!("{STATS}{path}"))
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", eve.token().unwrap()),
            )
            .header(header::ACCEPT, accepted)
            .header(header::IF_NONE_MATCH, tag)
            .body(Body::empty())
            .unwrap();
        let (status, _, bytes) = eve.raw(request).await;
        assert_eq!(
            (status, bytes.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{path}"
        );
    }
    let (_, headers, _) = asked(&eve, "/departments", header::ACCEPT, "*/*").await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    amina.asks("general", "low").await;
    app.run(&Job::RollUpStats).await;
    let (status, _, text) = asked(&eve, "/departments", header::IF_NONE_MATCH, &tag).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains(r#""total":2"#), "{text}");
    let other = asked(&eve, "/categories", header::IF_NONE_MATCH, &tag).await;
    assert_eq!(other.0, StatusCode::OK, "another report is another answer");
}
