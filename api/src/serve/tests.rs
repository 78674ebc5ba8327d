//! Connections of silent, slow or many clients over real sockets, some of them upgraded.

use super::{limits::room, *};
use axum::{
    Extension,
    body::Body,
    extract::{ConnectInfo, Request as Asked},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper_util::rt::TokioIo;
use std::sync::{Arc, Mutex};
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
const UPGRADE: &[u8] =
    b"GET /echo HTTP/1.1\r\nHost: here\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

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
async fn a_client_that_wants_an_upgrade_after_a_stop_is_sent_to_another_process() {
    let limits = Limits {
        young: LONG,
        ..limits()
    };
    let server = Server::start_within(limits, Echo::default().routes()).await;
    let mut young = server.connect(b"").await;
    // Accepted later than the young one.
    let mut other = server.connect(ASK).await;
    read_until(&mut other, "hello").await;
    server.shutdown.cancel();
    young.write_all(UPGRADE).await.unwrap();
    let answer = read_until(&mut young, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    drop((young, other));
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

/// The events of a test in their order.
type Events = Arc<Mutex<Vec<&'static str>>>;

/// A handler that upgrades a connection and sends back what it reads.
#[derive(Debug, Clone, Default)]
struct Echo {
    events: Events,
    /// Lets the connection end after the stop signal.
    may_end: Arc<Notify>,
}

impl Echo {
    fn routes(&self) -> Router {
        let (own, events) = (self.clone(), self.events.clone());
        let upgrade = async move |Extension(stop): Extension<StopSignal>, request: Asked| {
            own.upgrade(stop, request)
        };
        let asked = async move || {
            events.lock().unwrap().push("asked");
            "hello"
        };
        Router::new()
            .route("/", get(asked))
            .route("/echo", get(upgrade))
    }

    #[expect(clippy::disallowed_methods, reason = "a stop waits for it")]
    fn upgrade(self, stop: StopSignal, mut request: Asked) -> Response {
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut stream = TokioIo::new(upgraded.await.unwrap());
            loop {
                let mut piece = [0; 64];
                tokio::select! {
                    read = stream.read(&mut piece) => match read {
                        Ok(count @ 1..) => stream.write_all(&piece[..count]).await.unwrap(),
                        _ => break,
                    },
                    () = stop.told() => {
                        stream.write_all(b"bye").await.unwrap();
                        self.may_end.notified().await;
                        break;
                    }
                }
            }
            self.events.lock().unwrap().push("ended");
        });
        let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "echo")];
        (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
    }
}

/// An upgraded connection.
async fn upgraded(server: &Server) -> TcpStream {
    let mut stream = server.connect(UPGRADE).await;
    let answer = read_until(&mut stream, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    stream
}

/// Whether the server sends the bytes back.
async fn echoes(stream: &mut TcpStream) -> bool {
    stream.write_all(b"echo me").await.unwrap();
    read_until(stream, "echo me").await == "echo me"
}

#[tokio::test]
async fn an_upgraded_connection_is_told_of_a_stop_which_waits_for_it() {
    let echo = Echo::default();
    let mut server = Server::start(LONG, echo.routes()).await;
    let mut stream = upgraded(&server).await;
    assert!(echoes(&mut stream).await);
    server.shutdown.cancel();
    assert_eq!(read_until(&mut stream, "bye").await, "bye");
    // The server accepts no more connections, and still serves this one.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(server.running.try_join_next().is_none());
    echo.may_end.notify_one();
    server.stop().await;
    assert_eq!(*echo.events.lock().unwrap(), ["ended"]);
}

#[tokio::test]
async fn an_upgraded_connection_keeps_its_place_until_it_ends() {
    let echo = Echo::default();
    let server = Server::start(LONG, echo.routes()).await;
    let (mut first, mut second) = (upgraded(&server).await, upgraded(&server).await);
    let mut asks = server.connect(ASK).await;
    assert!(echoes(&mut first).await && echoes(&mut second).await);
    drop(first);
    let answer = read_until(&mut asks, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(*echo.events.lock().unwrap(), ["ended", "asked"]);
    assert!(echoes(&mut second).await);
}

#[tokio::test]
async fn the_limits_of_http_end_no_upgraded_connection() {
    let limits = Limits {
        first_request: SHORT,
        next_request: SHORT,
        write: SHORT,
        ..limits()
    };
    let server = Server::start_within(limits, Echo::default().routes()).await;
    let mut stream = upgraded(&server).await;
    // Each of them is closed at the limit for silence.
    for _ in 0..3 {
        let mut silent = server.connect(b"").await;
        assert!(is_closed(&mut silent).await);
    }
    assert!(echoes(&mut stream).await);
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
