//! Connections of silent, slow or many clients over real sockets.

mod upgrades;

use super::{limits::room, *};
use axum::{extract::ConnectInfo, routing::get};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    sync::Notify,
    time::timeout,
};

/// For events that are sure to come.
const LONG: Duration = Duration::from_mins(1);
/// For connections that are closed.
const SHORT: Duration = Duration::from_millis(200);
const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

/// A server whose connections may be silent for `first_request` at their beginning.
struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    running: JoinSet<()>,
}

impl Server {
    async fn start(first_request: Duration, router: Router) -> Self {
        let limits = Limits {
            first_request,
            ..limits()
        };
        Self::start_within(limits, router).await
    }

    async fn start_within(limits: Limits, router: Router) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        Self::start_on(listener, limits, router)
    }

    fn start_on(listener: TcpListener, limits: Limits, router: Router) -> Self {
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let mut running = JoinSet::new();
        let answering = move |_: &Request<Incoming>| router.clone();
        running.spawn(serve_within(
            limits,
            answering,
            listener,
            async |_| {},
            shutdown.clone(),
        ));
        Self {
            address,
            shutdown,
            running,
        }
    }

    /// A connection that has sent these bytes.
    async fn connect(&self, sent: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        stream
    }

    /// Tells it to stop, and waits for its end.
    async fn stop(mut self) {
        self.shutdown.cancel();
        let end = timeout(LONG, self.running.join_next()).await;
        assert!(matches!(end, Ok(Some(Ok(())))), "{end:?}");
    }
}

/// The received text until it ends with `end`, or until the connection closes.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        let mut piece = [0; 1024];
        let read = timeout(LONG, stream.read(&mut piece)).await.unwrap();
        let count = read.unwrap_or(0);
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&piece[..count]);
    }
    String::from_utf8(answer).unwrap()
}

/// Whether the connection closes without another byte.
async fn is_closed(stream: &mut TcpStream) -> bool {
    read_until(stream, "never").await.is_empty()
}

/// Two connections, which may take their time until a stop.
fn limits() -> Limits {
    Limits {
        first_request: LONG,
        young: Duration::ZERO,
        next_request: LONG,
        write: LONG,
        connections: 2,
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

#[tokio::test]
async fn a_silent_connection_is_closed_and_one_with_a_request_may_send_another() {
    let server = Server::start(SHORT, hello()).await;
    let mut asks = server.connect(ASK).await;
    let answer = read_until(&mut asks, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let mut silent = server.connect(b"GET /hea").await;
    assert!(is_closed(&mut silent).await);
    asks.write_all(ASK).await.unwrap();
    let answer = read_until(&mut asks, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_stop_closes_silent_and_idle_connections_and_those_amid_a_head() {
    let server = Server::start(LONG, hello()).await;
    let mut silent = server.connect(b"GET /hea").await;
    // Accepted later than the silent one.
    let mut idle = server.connect(ASK).await;
    read_until(&mut idle, "hello").await;
    idle.write_all(b"GET /ano").await.unwrap();
    server.stop().await;
    assert!(is_closed(&mut silent).await);
    assert!(is_closed(&mut idle).await);
}

#[tokio::test]
async fn a_client_that_has_just_connected_is_answered_after_a_stop() {
    let limits = Limits {
        young: LONG,
        ..limits()
    };
    let server = Server::start_within(limits, hello()).await;
    let mut first = server.connect(b"").await;
    // Accepted later than the first.
    let mut second = server.connect(ASK).await;
    read_until(&mut second, "hello").await;
    server.shutdown.cancel();
    assert!(is_closed(&mut second).await);
    first.write_all(ASK).await.unwrap();
    let answer = read_until(&mut first, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(is_closed(&mut first).await);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_waits_to_be_accepted_is_answered_after_a_stop() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut asks = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    asks.write_all(ASK).await.unwrap();
    let server = Server::start_on(listener, limits(), hello());
    server.shutdown.cancel();
    let answer = read_until(&mut asks, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_stop_accepts_no_more_connections_than_there_are_places() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ASK).await.unwrap();
        waiting.push(stream);
    }
    let server = Server::start_on(listener, limits(), hello());
    server.shutdown.cancel();
    let mut answered = 0;
    for stream in &mut waiting {
        answered += usize::from(read_until(stream, "hello").await.ends_with("hello"));
    }
    assert_eq!(answered, 2);
    server.stop().await;
}

#[tokio::test]
async fn a_stop_waits_for_a_request_that_is_under_way() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let notified = (begun.clone(), go_on.clone());
    let slowly = move || {
        let (begun, go_on) = notified.clone();
        async move {
            begun.notify_one();
            go_on.notified().await;
            "done"
        }
    };
    let server = Server::start(LONG, Router::new().route("/", get(slowly))).await;
    let mut asks = server.connect(ASK).await;
    begun.notified().await;
    server.shutdown.cancel();
    go_on.notify_one();
    let answer = read_until(&mut asks, "done").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_without_a_place_is_served_when_others_have_closed() {
    let server = Server::start(SHORT, hello()).await;
    let _silent = [server.connect(b"").await, server.connect(b"").await];
    let mut asks = server.connect(ASK).await;
    let answer = read_until(&mut asks, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_handler_knows_where_the_connection_comes_from() {
    async fn told(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
        format!("{peer} asked this")
    }
    let server = Server::start(LONG, Router::new().route("/", get(told))).await;
    let mut asks = server.connect(ASK).await;
    let own = asks.local_addr().unwrap();
    let answer = read_until(&mut asks, " asked this").await;
    assert!(answer.contains(&format!("\r\n\r\n{own}")), "{answer}");
}

#[tokio::test]
async fn a_client_that_reads_no_responses_is_disconnected() {
    let page = "x".repeat(400_000);
    let routes = hello().route("/docs", get(async move || page.clone()));
    let limits = Limits {
        write: SHORT,
        connections: 1,
        ..limits()
    };
    let server = Server::start_within(limits, routes).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    let mut hog = socket.connect(server.address).await.unwrap();
    let thirty = b"GET /docs HTTP/1.1\r\nHost: here\r\n\r\n".repeat(30);
    hog.write_all(&thirty).await.unwrap();
    // The only place is free once the other connection is closed.
    let mut asks = server.connect(ASK).await;
    let answer = read_until(&mut asks, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(asks);
    server.stop().await;
}

#[tokio::test]
async fn a_request_without_a_host_or_with_two_is_refused_as_a_problem() {
    let cx = crate::tests::context();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
    let mut running = JoinSet::new();
    running.spawn(serve(cx, hello, listener, async |_| {}, shutdown.clone()));
    for (head, status) in [
        ("GET / HTTP/1.1\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: here\r\nHost: here\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: here there\r\n", "400"),
        ("GET / HTTP/1.0\r\nHost: here\r\nHost: there\r\n", "400"),
        ("GET / HTTP/1.0\r\n", "200"),
        ("GET / HTTP/1.1\r\nHost:\r\n", "200"),
        ("GET / HTTP/1.1\r\nHost: [::1]:5000\r\n", "200"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let asks = format!("{head}Connection: close\r\n\r\n");
        stream.write_all(asks.as_bytes()).await.unwrap();
        let answer = read_until(&mut stream, "never").await;
        assert_eq!(answer.split(' ').nth(1), Some(status), "{head}: {answer}");
        let is_problem = answer.contains("content-type: application/problem+json")
            && answer.contains("\"code\":\"invalid_host\"")
            && answer.contains("x-request-id: ");
        assert_eq!(is_problem, status == "400", "{head}: {answer}");
    }
    shutdown.cancel();
    assert!(running.join_next().await.is_some());
}

#[test]
fn connections_leave_files_for_the_rest_of_the_process() {
    let table = "Limit           Soft Limit  Hard Limit  Units\n\
                 Max processes   63000       63000       processes\n\
                 Max open files  1024        524288      files\n";
    assert_eq!(room(table), 768);
    assert_eq!(room(&table.replace("1024 ", "200 ")), 150);
    assert_eq!(room(&table.replace("1024 ", "1048576 ")), 4096);
    assert_eq!(room(&table.replace("1024 ", "unlimited ")), 4096);
    assert_eq!(room(""), 4096);
}
