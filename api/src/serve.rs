//! Speaks HTTP/1.1 on a port. A connection is kept while it is of use: one that asks nothing is closed
//! after a while, and at once at a stop, which waits for requests that are under way alone. Of the files
//! that the process may have open, connections never take all.
//!
//! Race: the stop comes while the head of a first request is on its way. What is there is read once more,
//! and answered if it is whole; else the connection closes, and nothing was done.

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use shared::error::Chain;
use std::{
    convert::Infallible,
    fs, io,
    net::SocketAddr,
    pin::pin,
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long after an accept that failed it is tried again: others close their files meanwhile.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);
/// How often it is told that connections wait.
const WARN_EVERY: Duration = Duration::from_mins(1);

/// What a connection may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// How long it may take to send the whole head of its first request.
    first_request: Duration,
    /// How long, after an answer, until it has sent the head of the next one.
    next_request: Duration,
    /// How many there may be at a time.
    connections: usize,
}

impl Limits {
    /// Those of this process.
    fn of_process() -> Self {
        // Where the system does not tell, it has to do without a part for the rest of the process.
        let told = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self {
            first_request: Duration::from_secs(15),
            // Longer than proxies keep a connection that they do not use (mostly 60 s): if it is they
            // who close it, none of their requests meets one that has just been closed.
            next_request: Duration::from_secs(75),
            connections: room(&told),
        }
    }
}

/// How many connections leave files for the rest of the process: three quarters of what the system lets
/// it open, by its table of limits, and never more than 4096, which cost some 60 MB.
fn room(limits: &str) -> usize {
    const MOST: usize = 4096;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let files = line.and_then(|line| line.split_whitespace().next());
    match files.map(str::parse::<usize>) {
        Some(Ok(files)) => MOST.min(files - files / 4),
        // It has none, or does not tell.
        Some(Err(_)) | None => MOST,
    }
}

/// Answers until it is told to stop, each request by the router that `answering` gives for it; then takes
/// no more, and finishes those it has.
///
/// # Errors
/// Never: a connection that cannot be accepted is waited for.
pub(crate) async fn serve(
    answering: impl Fn() -> Router + Clone + Send + 'static,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    serve_within(Limits::of_process(), answering, listener, shutdown).await;
    Ok(())
}

async fn serve_within(
    limits: Limits,
    answering: impl Fn() -> Router + Clone + Send + 'static,
    listener: TcpListener,
    shutdown: CancellationToken,
) {
    let mut connections = JoinSet::new();
    let (mut crowded, mut failing) = (Seldom::default(), Seldom::default());
    loop {
        let has_room = connections.len() < limits.connections;
        if !has_room && crowded.is_due() {
            tracing::warn!(
                http.connections = connections.len(),
                "as many connections as may be are open; others wait"
            );
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(ended) = connections.join_next() => tell_of_panic(ended),
            (stream, peer) = accept(&listener, &mut failing), if has_room => {
                let (answering, shutdown) = (answering.clone(), shutdown.clone());
                connections.spawn(converse(limits, answering, (stream, peer), shutdown));
            }
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        tell_of_panic(ended);
    }
}

/// Waits for the next connection, however long none can be had.
async fn accept(listener: &TcpListener, failing: &mut Seldom) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_its_own_fault(&error) => {
                tracing::debug!(error = %Chain(&error), "a connection was gone before it was accepted");
            }
            Err(error) => {
                if failing.is_due() {
                    tracing::warn!(error = %Chain(&error), "connections cannot be accepted; they wait");
                }
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Whether the error is that of one connection, and says nothing of the next.
fn is_its_own_fault(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Serves one connection to its end.
async fn converse(
    limits: Limits,
    answering: impl Fn() -> Router + Send + 'static,
    (stream, peer): (TcpStream, SocketAddr),
    shutdown: CancellationToken,
) {
    // Without it an answer in two packets waits for the acknowledgement of the first.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %Chain(&error), "a connection kept its delay");
    }
    let asked = CancellationToken::new();
    let asks = asked.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        asks.cancel();
        request.extensions_mut().insert(ConnectInfo(peer));
        answering().oneshot(request)
    });
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.next_request);
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(stream), service));

    // Told to stop, hyper goes on reading a first head that has begun, however slowly it comes. So until
    // there is a request, stop and silence end the connection here; what has arrived is looked at first.
    tokio::select! {
        biased;
        ended = connection.as_mut() => return tell_of_end(ended),
        () = asked.cancelled() => {}
        () = shutdown.cancelled() => return,
        () = tokio::time::sleep(limits.first_request) => return,
    }
    tokio::select! {
        biased;
        // Closes it if it is idle, also amid the head of another request; else after the answer.
        () = shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
        ended = connection.as_mut() => return tell_of_end(ended),
    }
    tell_of_end(connection.await);
}

/// Clients break off as they like: nobody has to know.
fn tell_of_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(error = %Chain(&error), "a connection broke off");
    }
}

fn tell_of_panic(ended: Result<(), JoinError>) {
    if let Err(panic) = ended {
        tracing::error!(error = %Chain(&panic), "a connection panicked");
    }
}

/// What is told at most once a minute, however often it happens.
#[derive(Debug, Default)]
struct Seldom(Option<Instant>);

impl Seldom {
    /// Whether it is to be told now. It counts as told then.
    fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|told| told.elapsed() >= WARN_EVERY);
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::sync::Arc;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
        time::timeout,
    };

    /// For what is sure to come.
    const LONG: Duration = Duration::from_mins(1);
    const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

    /// A server that lets a connection be silent for `first_request` at its beginning.
    struct Server {
        address: SocketAddr,
        shutdown: CancellationToken,
        running: JoinSet<()>,
    }

    impl Server {
        async fn start(first_request: Duration, router: Router) -> Self {
            let limits = Limits {
                first_request,
                next_request: LONG,
                connections: 2,
            };
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
            let mut running = JoinSet::new();
            let answering = move || router.clone();
            running.spawn(serve_within(limits, answering, listener, shutdown.clone()));
            Self {
                address,
                shutdown,
                running,
            }
        }

        /// A connection on which that is sent.
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

    /// What comes until it ends with `end`, or the connection closes.
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

    /// The connection is closed without another word.
    async fn is_closed(stream: &mut TcpStream) -> bool {
        read_until(stream, "never").await.is_empty()
    }

    fn hello() -> Router {
        Router::new().route("/", get(async || "hello"))
    }

    #[tokio::test]
    async fn whoever_asks_nothing_is_let_go_and_whoever_has_asked_may_ask_again() {
        let server = Server::start(Duration::from_millis(200), hello()).await;
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
    async fn a_stop_closes_what_is_silent_or_idle_or_amid_a_head() {
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
    async fn whoever_finds_no_room_is_answered_when_others_have_gone() {
        let server = Server::start(Duration::from_millis(200), hello()).await;
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

    #[test]
    fn what_happens_again_and_again_is_told_once() {
        let mut seldom = Seldom::default();
        assert_eq!([seldom.is_due(), seldom.is_due()], [true, false]);
    }
}
