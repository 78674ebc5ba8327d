//! From a subscription to a socket. A client that reads slowly is waited for: its events stay in the database meanwhile,
//! so that it costs no memory and loses nothing.

use crate::live::{Ended, Step, Subscription};
use platform::error_chain::Chain;
use serde_json::{Value, json};
use socketioxide::{SendError, SocketError, extract::SocketRef};
use std::time::Duration;

/// The pauses between attempts while the client's buffer is full: the first, and the longest.
const FULL: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));
/// The pause before another attempt while the database fails.
const AGAIN: Duration = Duration::from_secs(1);

/// The socket is closed.
struct Gone;

/// Sends what happens until the subscription or the socket ends.
pub(super) async fn run(socket: &SocketRef, mut subscription: Subscription) {
    let start = json!({"position": subscription.sealed_position()});
    if send(socket, "position", &start).await.is_err() {
        return;
    }
    loop {
        let sent = match subscription.next().await {
            Ok(Step::Event(told)) => send(socket, told.name.as_str(), &told.event).await,
            Ok(Step::Position(position)) => {
                send(socket, "position", &json!({"position": position})).await
            }
            Ok(Step::Resync(position)) => {
                send(socket, "resync", &json!({"position": position})).await
            }
            Ok(Step::Ended(why)) => {
                close(socket, why).await;
                return;
            }
            Err(error) => {
                tracing::debug!(error = %Chain(&error), "a socket waits for the database");
                tokio::time::sleep(AGAIN).await;
                Ok(())
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Tells the client why, and disconnects it. At a stop of the process the connection is closed instead, so that the
/// client connects again by itself.
async fn close(socket: &SocketRef, why: Ended) {
    if why == Ended::Stopping {
        return;
    }
    let told = send(socket, "closing", &json!({"code": why.code()})).await;
    while told.is_ok()
        && matches!(
            socket.clone().disconnect(),
            Err(SocketError::InternalChannelFull)
        )
    {
        tokio::time::sleep(FULL.0).await;
    }
}

/// Sends a packet, and waits while the buffer is full.
async fn send(socket: &SocketRef, name: &str, data: &Value) -> Result<(), Gone> {
    let (mut pause, longest) = FULL;
    loop {
        match socket.emit(name, data) {
            Ok(()) => return Ok(()),
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(longest);
            }
            Err(SendError::Socket(SocketError::Closed)) => return Err(Gone),
            Err(SendError::Serialize(error)) => {
                tracing::error!(error = %Chain(&error), event = name, "an event could not be written");
                return Ok(());
            }
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
