//! Speaks HTTP/1.1 on a port. A connection is kept while it is of use: one that asks nothing is closed
//! after a while, and at once at a stop, which waits for requests that are under way alone. Of the files
//! that the process may have open, connections never take all.
//!
//! A handler may take a connection over by an upgrade (`hyper::upgrade::on`): from then on the limits of
//! HTTP do not hold for it. It keeps its place, and hears of a stop by its [`StopSignal`].
//!
//! Race: the stop comes while the head of a first request is on its way. What is there is read once more,
//! and answered if it is whole; else the connection closes, and nothing was done.

mod host;
mod place;
mod stream;
#[cfg(test)]
mod tests;

pub use place::StopSignal;

use crate::operation;
use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use place::{Place, Places};
use platform::{context::Context, error_chain::Chain};
use std::{
    convert::Infallible,
    fs, io,
    net::SocketAddr,
    pin::pin,
    time::{Duration, Instant},
};
use stream::Stream;
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
    /// How long its client may take nothing of what is written to it.
    write: Duration,
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
            write: Duration::from_secs(30),
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
/// no more, and finishes those it has. A request with an unfit `Host` gets 400 instead.
///
/// # Errors
/// Never: a connection that cannot be accepted is waited for.
pub(crate) async fn serve(
    cx: Context,
    answering: impl Fn() -> Router + Clone + Send + 'static,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    let unfit = operation::refusing(cx, host::unfit);
    let answering = move |request: &Request<Incoming>| {
        if host::is_fit(request) {
            answering()
        } else {
            unfit.clone()
        }
    };
    serve_within(Limits::of_process(), answering, listener, shutdown).await;
    Ok(())
}

async fn serve_within(
    limits: Limits,
    answering: impl Fn(&Request<Incoming>) -> Router + Clone + Send + 'static,
    listener: TcpListener,
    shutdown: CancellationToken,
) {
    let places = Places::new(limits.connections);
    let mut connections = JoinSet::new();
    let (mut crowded, mut failing) = (Seldom::default(), Seldom::default());
    let mut free = None;
    loop {
        free = free.or_else(|| places.try_take());
        if free.is_none() && crowded.is_due() {
            tracing::warn!(
                http.connections = limits.connections,
                "as many connections as may be are open; others wait"
            );
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(ended) = connections.join_next() => tell_of_panic(ended),
            place = places.take(), if free.is_none() => free = place,
            (stream, peer) = accept(&listener, &mut failing), if free.is_some() => {
                if let Some(place) = free.take() {
                    let accepted = Accepted { stream, peer, place };
                    connections.spawn(converse(limits, answering.clone(), accepted, shutdown.clone()));
                }
            }
        }
    }
    drop((listener, free));
    while let Some(ended) = connections.join_next().await {
        tell_of_panic(ended);
    }
    // Those that were taken over by an upgrade are known by their places alone.
    places.all_free().await;
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

/// A connection that has just been accepted.
struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
}

/// Serves one connection until it ends, or until a handler has taken it over.
async fn converse(
    limits: Limits,
    answering: impl Fn(&Request<Incoming>) -> Router + Send + 'static,
    Accepted {
        stream,
        peer,
        place,
    }: Accepted,
    shutdown: CancellationToken,
) {
    // Without it an answer in two packets waits for the acknowledgement of the first.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %Chain(&error), "a connection kept its delay");
    }
    if let Err(error) = stream::bound_buffer(&stream) {
        tracing::debug!(error = %Chain(&error), "a connection kept the buffer that it had");
    }
    let asked = CancellationToken::new();
    let asks = asked.clone();
    let signal = StopSignal::new(shutdown.clone(), place.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        asks.cancel();
        let router = answering(&request);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(signal.clone());
        router.oneshot(request)
    });
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.next_request);
    let (stream, limit) = Stream::new(stream, limits.write, place);
    let connection = protocol.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection.with_upgrades());

    // Told to stop, hyper goes on reading a first head that has begun, however slowly it comes. So until
    // there is a request, stop and silence end the connection here; what has arrived is looked at first.
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        () = asked.cancelled() => None,
        () = shutdown.cancelled() => return,
        () = tokio::time::sleep(limits.first_request) => return,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        tokio::select! {
            biased;
            // Closes it if it is idle, also amid the head of another request; else after the answer.
            () = shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            ended = connection.as_mut() => ended,
        }
    };
    // If it goes on, it does so in the hands of a handler, and not by HTTP.
    limit.escalate();
    tell_of_end(ended);
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
