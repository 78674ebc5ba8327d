//! A request whose client hangs up is logged and counted.

use super::traces::logged;
use crate::harness::{
    Http, Site, eventually,
    stage::{stage, waiting_for_a_lock},
};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, net::TcpStream};

const ME: &str = "/api/v1/auth/me";
const ID: &str = "of-who-did-not-wait";

/// Sends a request, whose answer nobody reads.
async fn asks(http: Http, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(http.address()).await.unwrap();
    let request = format!(
        "GET {ME} HTTP/1.1\r\nHost: {}\r\nX-Request-Id: {ID}\r\nAuthorization: Bearer {token}\r\n\r\n",
        http.address()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

fn names(line: &Value) -> Vec<&String> {
    line.as_object().unwrap().keys().collect()
}

#[tokio::test]
async fn a_request_whose_client_hangs_up_before_the_answer_has_its_line_and_is_counted() {
    let app = stage().await;
    let ann = app.customer("Ann").await;
    let api = Site::of(&app, &[]).start("api");
    let http = api.http().await;
    let mut held = app.cx.pool.begin().await.unwrap();
    sqlx::query("lock table sessions in access exclusive mode")
        .execute(&mut *held)
        .await
        .unwrap();

    let client = asks(http, &ann.token().unwrap()).await;
    eventually("the request is under way", async || {
        waiting_for_a_lock(&app).await > 0
    })
    .await;
    drop(client);
    let line_of = |log: &str, name: &str, value: &str| {
        let mut lines = logged(log).into_iter();
        lines.find(|line| line[name] == value && line["http.status"].is_number())
    };
    eventually("it has its line", async || {
        line_of(&api.log(), "request.id", ID).is_some()
    })
    .await;
    held.rollback().await.unwrap();

    let line = line_of(&api.log(), "request.id", ID).unwrap();
    assert_eq!(line["message"], "the client left before the answer");
    assert_eq!(line["http.method"], "GET");
    assert_eq!(line["http.path"], ME);
    assert_eq!(line["http.status"], 499);
    assert!(line["duration_ms"].is_u64(), "{line}");
    let (_, metrics) = http.text("/metrics").await;
    let counted = format!(
        r#"support_http_request_duration_seconds_count{{route="{ME}",method="GET",status="4xx"}} 1"#
    );
    assert!(metrics.contains(&counted), "{metrics}");

    // It has what any other line has, and one request has one.
    http.call("GET", "/nowhere", None, None).await;
    eventually("the other has its line", async || {
        line_of(&api.log(), "http.path", "unmatched").is_some()
    })
    .await;
    let other = line_of(&api.log(), "http.path", "unmatched").unwrap();
    assert_eq!(names(&line), names(&other));
    let lines = logged(&api.log()).into_iter();
    let of_request = lines.filter(|line| line["request.id"] == ID && line["http.path"] == ME);
    assert_eq!(of_request.count(), 1, "{}", api.log());
}
