//! From a subscription to a socket. A client that reads slowly is waited for: its events stay in the database meanwhile,
//! so that it costs no memory and loses nothing.

use crate::live::{Ended, Step, Subscription};
use platform::error_chain::Chain;
use serde_json::{Value, json};
use socketioxide::{SendError, SocketError, extract::SocketRef};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The pauses between attempts while the client's buffer is full: the first, and the longest.
const FULL: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));
/// How long a client that is disconnected has to read why, and to close the connection.
const CLOSING: Duration = Duration::from_millis(500);

/// Why a packet was not sent.
enum Unsent {
    /// The socket is closed.
    Gone,
    /// The subscription is over.
    Ended,
}

/// Sends what happens until the subscription or the socket ends. The result is when the connection has to be ended, if
/// the client was disconnected and does not do it.
pub(super) async fn run(socket: &SocketRef, mut subscription: Subscription) -> Option<Instant> {
    let start = json!({"position": subscription.sealed_position()});
    let mut sent = send(socket, &subscription, "position", &start).await;
    loop {
        match sent {
            // An end is the next step.
            Ok(()) | Err(Unsent::Ended) => {}
            Err(Unsent::Gone) => return None,
        }
        sent = match subscription.next().await {
            Ok(Step::Event(told)) => {
                send(socket, &subscription, told.name.as_str(), &told.event).await
            }
            Ok(Step::Position(position)) => {
                let position = json!({"position": position});
                send(socket, &subscription, "position", &position).await
            }
            Ok(Step::Resync(position)) => {
                let position = json!({"position": position});
                send(socket, &subscription, "resync", &position).await
            }
            // The connection is closed instead, so that the client connects again by itself.
            Ok(Step::Ended(Ended::Stopping)) => return None,
            Ok(Step::Ended(why)) => {
                let end = Instant::now() + CLOSING;
                // A client that does not read is not waited for.
                drop(timeout_at(end, close(socket, why)).await);
                return Some(end);
            }
            Err(error) => {
                tracing::debug!(error = %Chain(&error), "a socket waits for the database");
                subscription.pause().await;
                Ok(())
            }
        };
    }
}

/// Tells the client why, and disconnects it.
async fn close(socket: &SocketRef, why: Ended) {
    let told = json!({"code": why.code()});
    while emit(socket, "closing", &told) == Emitted::Full {
        tokio::time::sleep(FULL.0).await;
    }
    while matches!(
        socket.clone().disconnect(),
        Err(SocketError::InternalChannelFull)
    ) {
        tokio::time::sleep(FULL.0).await;
    }
}

/// Sends a packet, and waits while the buffer is full: not longer than the subscription lasts.
async fn send(
    socket: &SocketRef,
    subscription: &Subscription,
    name: &str,
    data: &Value,
) -> Result<(), Unsent> {
    let (mut pause, longest) = FULL;
    loop {
        match emit(socket, name, data) {
            Emitted::Taken => return Ok(()),
            Emitted::Gone => return Err(Unsent::Gone),
            Emitted::Full => {}
        }
        tokio::select! {
            _ = subscription.ended() => return Err(Unsent::Ended),
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(longest),
        }
    }
}

/// What became of a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Emitted {
    Taken,
    Full,
    Gone,
}

fn emit(socket: &SocketRef, name: &str, data: &Value) -> Emitted {
    match socket.emit(name, data) {
        Ok(()) => Emitted::Taken,
        Err(SendError::Socket(SocketError::InternalChannelFull)) => Emitted::Full,
        Err(SendError::Socket(SocketError::Closed)) => Emitted::Gone,
        Err(SendError::Serialize(error)) => {
            tracing::error!(error = %Chain(&error), event = name, "an event could not be written");
            Emitted::Taken
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<'a, F: Future>(_: fn(&'a SocketRef, Subscription) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_socket_at_rest_needs_no_memory_for_catching_up() {
        assert!(size(run) < 2_048, "{} bytes for each socket", size(run));
    }
}
