//! Idle and broken connections keep no client out and delay no stop; requests under way are answered.

use crate::harness::{Http, Site, stage::stage};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// For what is sure to come.
const LIMIT: Duration = Duration::from_mins(1);
/// The beginning of a request that never comes.
const SILENT: &str = "GET /hea";

/// A connection on which that is sent.
async fn connect(http: Http, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(http.address()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

async fn many(count: usize, http: Http) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(connect(http, SILENT).await);
    }
    streams
}

/// What comes until there is that in it, or the connection closes.
async fn read_until(stream: &mut TcpStream, mark: &str) -> String {
    let mut answer = String::new();
    while !answer.contains(mark) {
        let mut piece = [0; 4096];
        let read = timeout(LIMIT, stream.read(&mut piece)).await.unwrap();
        // Closing may read as an error.
        let count = read.unwrap_or(0);
        if count == 0 {
            break;
        }
        answer.push_str(std::str::from_utf8(&piece[..count]).unwrap());
    }
    answer
}

/// The process answers, be it after others have gone.
async fn answers(http: Http) -> bool {
    let live = http.call("GET", "/health/live", None, None);
    timeout(LIMIT, live).await.unwrap().0 == 200
}

#[tokio::test]
async fn connections_that_ask_nothing_keep_nobody_out_for_long() {
    let app = stage().await;
    let api = Site::of(&app, &[]).start_with_files("api", 120);
    let http = api.http().await;
    let mut silent = many(150, http).await;
    api.says("others wait").await;
    assert!(answers(http).await);
    assert_eq!(read_until(&mut silent[0], "never").await, "");
    assert_eq!(api.log().matches("others wait").count(), 1);
}

#[tokio::test]
async fn that_no_more_files_can_be_opened_is_told_once_and_gets_better() {
    let app = stage().await;
    let api = Site::of(&app, &[]).start_with_files("api", 24);
    let http = api.http().await;
    let told = "connections cannot be accepted";
    let silent = many(40, http).await;
    api.says(told).await;
    drop(silent);
    assert!(answers(http).await);
    assert_eq!(api.log().matches(told).count(), 1);
}

#[tokio::test]
async fn a_stop_waits_for_no_connection_that_asks_nothing() {
    let app = stage().await;
    // Longer than the end is waited for.
    let site = Site::of(&app, &[("SHUTDOWN_SECONDS", "300")]);
    for role in ["api", "worker", "scheduler"] {
        let mut process = site.start(role);
        let http = process.http().await;
        let silent = connect(http, SILENT).await;
        // Accepted later than the silent one.
        let asks = "GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n";
        let mut idle = connect(http, asks).await;
        let answer = read_until(&mut idle, "true").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        idle.write_all(SILENT.as_bytes()).await.unwrap();
        assert_eq!(process.terminate().await, Some(0), "{}", process.log());
        for mut connection in [silent, idle] {
            assert_eq!(read_until(&mut connection, "never").await, "", "{role}");
        }
    }
}

#[tokio::test]
async fn a_request_that_is_under_way_at_the_stop_is_answered() {
    let app = stage().await;
    let mut api = Site::of(&app, &[]).start("api");
    let http = api.http().await;
    let body = r#"{"email": "nobody@example.com", "password": "a wrong passphrase"}"#;
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut asks = connect(http, &head).await;
    let go_on = read_until(&mut asks, "\r\n\r\n").await;
    assert!(go_on.starts_with("HTTP/1.1 100 "), "{go_on}");
    api.tell_to_stop();
    api.says("stopping").await;
    asks.write_all(body.as_bytes()).await.unwrap();
    let answer = read_until(&mut asks, "never").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(api.exit_code().await, Some(0), "{}", api.log());
}
