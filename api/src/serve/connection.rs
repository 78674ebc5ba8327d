//! One connection, from its accept to its end.
//!
//! Race: the stop comes while the head of a first request is on its way. A young connection may still send it. Of an
//! older one, the bytes that have arrived are read once more. A whole request is answered; else the connection
//! closes, and nothing was done.

use super::{
    limits::Limits,
    place::{Place, StopSignal},
    stream::{self, Stream},
};
use axum::{
    Router,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use platform::error_chain::Chain;
use std::{net::SocketAddr, pin::pin};
use tokio::{net::TcpStream, time::Instant};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A connection that has just been accepted.
pub(super) struct Accepted {
    pub stream: TcpStream,
    pub peer: SocketAddr,
    pub place: Place,
    /// Ends the connection if a handler took it over: at a stop, and when a handler says so.
    pub cut: CancellationToken,
}

/// Ends a connection that a handler took over by an upgrade, whether its client reads or not. It is in the extensions of
/// every request that came by a connection, and does not delay the end of the connection.
#[derive(Debug, Clone)]
pub struct Cut(CancellationToken);

impl Cut {
    /// Ends the connection. What the client has not read yet is lost.
    pub fn now(&self) {
        self.0.cancel();
    }
}

/// Serves one connection until it ends, or until a handler takes it over by an upgrade.
pub(super) async fn serve(
    limits: Limits,
    router_for: impl Fn(&Request<Incoming>) -> Router + Send + 'static,
    accepted: Accepted,
    shutdown: CancellationToken,
) {
    let Accepted {
        stream,
        peer,
        place,
        cut,
    } = accepted;
    set_options(&stream);
    let grown = Instant::now() + limits.young;
    let asked = CancellationToken::new();
    let asks = asked.clone();
    let signal = StopSignal::new(shutdown.clone(), place.clone());
    let (until_closed, cutting) = (place.until_closed(), Cut(cut.clone()));
    let stop = shutdown.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        asks.cancel();
        let router = if stop.is_cancelled() && request.headers().contains_key(header::UPGRADE) {
            unavailable()
        } else {
            router_for(&request)
        };
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(signal.clone());
        request.extensions_mut().insert(until_closed.clone());
        request.extensions_mut().insert(cutting.clone());
        router.oneshot(request)
    });
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.next_request);
    let (stream, write_limit) = Stream::new(stream, limits.write, cut, place);
    let connection = protocol.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection.with_upgrades());

    // After a stop, hyper goes on reading a first head that has begun, however slowly it arrives. So until
    // there is a request, stop and silence end the connection here; bytes that have arrived are read first.
    let stopped = async {
        shutdown.cancelled().await;
        tokio::time::sleep_until(grown).await;
    };
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        () = asked.cancelled() => None,
        () = stopped => return,
        () = tokio::time::sleep(limits.first_request) => return,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        tokio::select! {
            biased;
            // Closes an idle connection, also amid the head of another request; else after the response.
            () = shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            ended = connection.as_mut() => ended,
        }
    };
    // A connection that goes on belongs to a handler now, and does not speak HTTP.
    write_limit.remove();
    log_end(ended);
}

/// Sends a client that wants an upgrade after a stop to another process: the handlers of such connections have closed all of them
/// by then, and would not know this one.
fn unavailable() -> Router {
    Router::new().fallback(async || StatusCode::SERVICE_UNAVAILABLE)
}

fn set_options(stream: &TcpStream) {
    // With the delay, a response in two packets waits for the acknowledgement of the first.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %Chain(&error), "a connection kept its delay");
    }
    if let Err(error) = stream::bound_buffer(stream) {
        tracing::debug!(error = %Chain(&error), "a connection kept the buffer that it had");
    }
}

/// Logs at the level of debugging only: clients break connections off at any time.
fn log_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(error = %Chain(&error), "a connection broke off");
    }
}
