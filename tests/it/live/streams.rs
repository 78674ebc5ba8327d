//! The long poll and the stream.

use super::{EVENTS, newest};
use crate::harness::{App, Caller, Http, eventually};
use serde_json::Value;
use std::time::Instant;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
};

#[tokio::test]
async fn a_long_poll_answers_as_soon_as_something_happens() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let after = newest(&amina).await;
    let http = Http::at(serving.address());
    let token = amina.token().unwrap();
    let path = format!("{EVENTS}?after={after}&wait=25");
    let began = Instant::now();
    let (polled, id) = tokio::join!(http.get(&path, &token), amina.asks("general", "low"));
    assert_eq!(polled.0, 200);
    assert_eq!(polled.1["events"][0]["ticketId"], id.as_str());
    assert!(
        began.elapsed().as_secs() < 20,
        "it did not wait for the end"
    );
    // Continuing tells what else happened, and nothing twice.
    let after = polled.1["position"].as_str().unwrap();
    let (_, next) = http
        .get(&format!("{EVENTS}?after={after}&wait=1"), &token)
        .await;
    assert_eq!(next["events"], Value::Array(Vec::new()));
    assert_eq!(next["hasMore"], false);
}

/// The lines of a stream of events.
pub(super) struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Begins a stream of that person, from now on or after a position.
    pub async fn open(address: std::net::SocketAddr, who: &Caller, resume: Option<&str>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // A client that does not read holds up its server soon.
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        let token = who.token().unwrap();
        let resume = resume
            .map(|id| format!("Last-Event-ID: {id}\r\n"))
            .unwrap_or_default();
        let request = format!(
            "GET {EVENTS} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n{resume}\
             Authorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut stream = Self(BufReader::new(stream));
        assert_eq!(stream.line().await, "HTTP/1.1 200 OK");
        while !stream.line().await.is_empty() {}
        stream
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    /// The next event: its name, its id and its data.
    pub async fn event(&mut self) -> (String, String, Value) {
        let (mut name, mut id, mut data) = (String::new(), String::new(), None);
        loop {
            let line = self.line().await;
            match line.split_once(": ") {
                Some(("event", word)) => word.clone_into(&mut name),
                Some(("id", position)) => position.clone_into(&mut id),
                Some(("data", json)) => data = Some(serde_json::from_str(json).unwrap()),
                _ => {
                    if let Some(data) = data.take() {
                        return (name, id, data);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_stream_tells_what_happens_and_goes_on_where_it_broke_off() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let start = newest(&amina).await;
    let mut stream = Stream::open(serving.address(), &amina, Some(&start)).await;
    let id = amina.asks("general", "low").await;
    let (name, position, data) = stream.event().await;
    assert_eq!(
        (name.as_str(), data["ticketId"].as_str()),
        ("ticket:created", Some(id.as_str()))
    );
    assert_eq!(data["position"], position.as_str());
    drop(stream);
    amina.says(&id, "One more thing.").await.created();
    let mut again = Stream::open(serving.address(), &amina, Some(&position)).await;
    let (name, _, data) = again.event().await;
    assert_eq!(
        (name.as_str(), data["message"]["message"].as_str()),
        ("ticket:message", Some("One more thing."))
    );
}

#[tokio::test]
async fn a_stream_ends_when_its_session_does() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let mut stream = Stream::open(serving.address(), &amina, None).await;
    amina
        .post("/api/v1/auth/logout", serde_json::json!({}))
        .await
        .ok();
    let (name, _, data) = stream.event().await;
    assert_eq!(
        (name.as_str(), &data["code"]),
        ("closing", &Value::from("token_revoked"))
    );
    // The last chunk.
    while stream.line().await != "0" {}
}

#[tokio::test]
async fn a_process_that_stops_ends_its_polls_and_streams_at_once() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let (after, token) = (newest(&amina).await, amina.token().unwrap());
    let http = Http::at(serving.address());
    let path = format!("{EVENTS}?after={after}&wait=25");
    let mut stream = Stream::open(serving.address(), &amina, None).await;
    let began = Instant::now();
    let stopping = async {
        eventually("both follow the events", async || {
            http.text("/metrics")
                .await
                .1
                .contains("support_live_clients 2\n")
        })
        .await;
        serving.stop().await;
    };
    let (polled, ()) = tokio::join!(http.get(&path, &token), stopping);
    assert!(polled.0 == 503 || polled.0 == 200, "{polled:?}");
    assert_eq!(stream.event().await.0, "closing");
    assert!(began.elapsed().as_secs() < 20);
}
