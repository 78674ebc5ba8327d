//! Speaks HTTP/1.1 on a port. An idle connection is closed after a while, and at once at a stop. A stop
//! waits only for requests that are under way, or that clients which have just connected are about to send. Connections never take all the files that the process may
//! have open.
//!
//! A handler may take a connection over by an upgrade (`hyper::upgrade::on`). From then on the limits of
//! HTTP do not apply to it. It keeps its place, and is told of a stop by its [`StopSignal`].

mod connection;
mod host;
mod limits;
mod place;
mod stream;
#[cfg(test)]
mod tests;

pub use connection::Cut;
pub use place::{StopSignal, UntilClosed};

use crate::{operators_server, warn_interval::WarnInterval};
use axum::{Router, http::Request};
use connection::Accepted;
use hyper::body::Incoming;
use limits::Limits;
use place::Places;
use platform::{context::Context, error_chain::Chain};
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

/// The pause after an accept that failed: other connections close their files meanwhile.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Serves requests until `shutdown`, each by the router that `router` returns for it. After that no more are accepted,
/// `closing` ends what would go on for ever (connections that were taken over, by cancelling its token), and requests
/// under way are finished. A request with an unfit `Host` gets 400.
///
/// # Errors
/// Never: an accept that fails is tried again.
pub(crate) async fn serve(
    cx: Context,
    router: impl Fn() -> Router + Clone + Send + 'static,
    listener: TcpListener,
    closing: impl AsyncFnOnce(CancellationToken),
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    let unfit_host = operators_server::refusing(cx, host::unfit);
    let router_for = move |request: &Request<Incoming>| {
        if host::is_fit(request) {
            router()
        } else {
            unfit_host.clone()
        }
    };
    serve_within(
        Limits::of_process(),
        router_for,
        listener,
        closing,
        shutdown,
    )
    .await;
    Ok(())
}

async fn serve_within(
    limits: Limits,
    router_for: impl Fn(&Request<Incoming>) -> Router + Clone + Send + 'static,
    listener: TcpListener,
    closing: impl AsyncFnOnce(CancellationToken),
    shutdown: CancellationToken,
) {
    let (places, cut) = (Places::new(limits.connections), CancellationToken::new());
    let mut connections = JoinSet::new();
    let (mut crowded, mut failing) = (WarnInterval::default(), WarnInterval::default());
    let mut free = None;
    let serve_one = |stream, peer, place| {
        let cut = cut.child_token();
        let accepted = Accepted {
            stream,
            peer,
            place,
            cut,
        };
        connection::serve(limits, router_for.clone(), accepted, shutdown.clone())
    };
    loop {
        free = free.or_else(|| places.try_take());
        if free.is_none() && crowded.is_due(Instant::now()) {
            tracing::warn!(
                http.connections = limits.connections,
                "as many connections as may be are open; others wait"
            );
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            place = places.take(), if free.is_none() => free = place,
            (stream, peer) = accept(&listener, &mut failing), if free.is_some() => {
                if let Some(place) = free.take() {
                    connections.spawn(serve_one(stream, peer, place));
                }
            }
        }
    }
    drop(free);
    // Their clients are connected: if the listener were closed first, they would lose what they have sent.
    if let Ok(listener) = listener.into_std() {
        while let Some(place) = places.try_take()
            && let Some((stream, peer)) = waiting(&listener)
        {
            connections.spawn(serve_one(stream, peer, place));
        }
    }
    closing(cut).await;
    while let Some(ended) = connections.join_next().await {
        log_panic(ended);
    }
    // Upgraded connections have left the set: only their places show when they end.
    places.all_free().await;
}

/// Waits for the next connection, also while accepting fails.
async fn accept(listener: &TcpListener, failing: &mut WarnInterval) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {
                tracing::debug!(error = %Chain(&error), "a connection was gone before it was accepted");
            }
            Err(error) => {
                if failing.is_due(Instant::now()) {
                    tracing::warn!(error = %Chain(&error), "connections cannot be accepted; they wait");
                }
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// A connection that waits to be accepted.
fn waiting(listener: &std::net::TcpListener) -> Option<(TcpStream, SocketAddr)> {
    loop {
        match listener.accept() {
            Ok((stream, peer)) => {
                stream.set_nonblocking(true).ok()?;
                return Some((TcpStream::from_std(stream).ok()?, peer));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => return None,
        }
    }
}

/// Whether the error is of one connection only, so that the next can be accepted at once.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(panic) = ended {
        tracing::error!(error = %Chain(&panic), "a connection panicked");
    }
}
