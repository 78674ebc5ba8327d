//! What a client sends about a ticket that a person has open. Each event is answered, if the client asks for it.

use super::allowance::Allowance;
use crate::live::{Tell, Watcher};
use domain::{ids::TicketId, tickets::Visibility, watching::Moment};
use serde::Deserialize;
use serde_json::{Value, json};
use socketioxide::{
    SocketIo,
    extract::{AckSender, SocketRef, TryData},
    socket::Sid,
};
use std::sync::Arc;

/// A ticket that is opened or closed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opening {
    ticket_id: TicketId,
}

/// Typing on an open ticket.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keystrokes {
    ticket_id: TicketId,
    #[serde(default)]
    is_internal: bool,
    #[serde(default = "yes")]
    typing: bool,
}

const fn yes() -> bool {
    true
}

/// Events of tickets for a socket. They are not worth waiting for: what does not fit is lost.
///
/// The socket is looked up each time: its handlers keep what this returns, and a socket that they keep is never freed.
pub(super) fn teller(io: SocketIo, socket: Sid) -> Tell {
    Arc::new(move |name, event| {
        let sent = io.get_socket(socket).map(|socket| socket.emit(name, event));
        if let Some(Err(error)) = &sent {
            tracing::debug!(event = name, error = %error, "a socket was too slow for an event, or is closed");
        }
        // One that is gone is told nothing.
        sent.is_none_or(|sent| sent.is_ok())
    })
}

/// Answers the events of a socket about tickets that a person has open.
pub(super) fn listen(socket: &SocketRef, watcher: &Arc<Watcher>, allowance: &Arc<Allowance>) {
    let (who, counted) = (Arc::clone(watcher), Arc::clone(allowance));
    socket.on(
        "ticket:view",
        async move |sent: TryData<Opening>, ack: AckSender| {
            if counted.take() {
                answer(ack, opened(&who, sent).await);
            }
        },
    );
    let (who, counted) = (Arc::clone(watcher), Arc::clone(allowance));
    socket.on(
        "ticket:leave",
        async move |sent: TryData<Opening>, ack: AckSender| {
            if counted.take() {
                answer(ack, closed(&who, sent).await);
            }
        },
    );
    let (who, counted) = (Arc::clone(watcher), Arc::clone(allowance));
    socket.on(
        "ticket:typing",
        async move |sent: TryData<Keystrokes>, ack: AckSender| {
            if counted.take() {
                answer(ack, typed(&who, sent).await);
            }
        },
    );
}

async fn opened(who: &Watcher, sent: TryData<Opening>) -> Result<Value, &'static str> {
    let sent = sent.0.map_err(|_| "invalid_fields")?;
    Ok(match who.open(sent.ticket_id).await? {
        Some(viewers) => json!({"success": true, "viewers": viewers}),
        None => json!({"success": true}),
    })
}

async fn closed(who: &Watcher, sent: TryData<Opening>) -> Result<Value, &'static str> {
    let sent = sent.0.map_err(|_| "invalid_fields")?;
    who.close(sent.ticket_id).await;
    Ok(json!({"success": true}))
}

async fn typed(who: &Watcher, sent: TryData<Keystrokes>) -> Result<Value, &'static str> {
    let sent = sent.0.map_err(|_| "invalid_fields")?;
    let what = if sent.is_internal {
        Visibility::Internal
    } else {
        Visibility::Public
    };
    let moment = if sent.typing {
        Moment::Began
    } else {
        Moment::Ended
    };
    who.types(sent.ticket_id, what, moment).await?;
    Ok(json!({"success": true}))
}

fn answer(ack: AckSender, found: Result<Value, &'static str>) {
    let answer = found.unwrap_or_else(|code| json!({"success": false, "code": code}));
    // A client that asks for no answer gets none.
    drop(ack.send(&answer));
}
