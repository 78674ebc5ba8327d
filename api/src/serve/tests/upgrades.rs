//! Connections that a handler takes over by an upgrade.

use super::*;
use axum::{
    Extension,
    body::Body,
    extract::Request as Asked,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper_util::rt::TokioIo;
use std::sync::Mutex;

const UPGRADE: &[u8] =
    b"GET /echo HTTP/1.1\r\nHost: here\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

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
