//! Socket.IO: events as they happen, for browsers and apps. WebSocket is the only transport: long polling needs
//! balancers that keep a client on one process.
//!
//! A client connects with `auth: {token, after}`. `after` is the position up to which it knows everything; without it
//! the client gets what happens from now on. Each event has its position. When the token is about to expire, the client
//! sends a fresh one in `auth`, and stays connected.
//!
//! Handlers of one socket may run at once, and in any order. Each is counted before anything else ([`allowance`]).

mod admission;
mod allowance;
mod pump;
mod seats;
mod unshared;
mod watching;

pub(crate) use seats::{Seats, seated};

use crate::{Cut, state::ApiState};
use admission::{Admitted, Auth, admit, renew};
use allowance::Allowance;
use socketioxide::{
    SocketIo, TransportType,
    extract::{AckSender, Extension, SocketRef, TryData},
    handler::ConnectHandler,
    layer::SocketIoLayer,
};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The most bytes of a packet from a client.
const PACKET: usize = 64 * 1024;
/// The bytes that are read from a client at a time: clients send little, and each socket keeps the buffer.
const READ_AT_ONCE: usize = 1024;
/// Packets that wait for a slow client. What does not fit waits in the subscription.
const WAITING: usize = 64;
/// The time that a connection has to authenticate itself.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The layer that takes over the connections of `/socket.io`, and the handle that closes them.
pub(crate) fn layer(api: &ApiState) -> (SocketIoLayer, Sockets) {
    let (layer, io) = SocketIo::builder()
        .transports([TransportType::Websocket])
        .max_payload(u64::try_from(PACKET).unwrap_or(u64::MAX))
        .ws_max_message_size(PACKET)
        .ws_max_frame_size(PACKET)
        .ws_read_buffer_size(READ_AT_ONCE)
        .max_buffer_size(WAITING)
        .connect_timeout(CONNECT_LIMIT)
        .build_layer();
    let (admitting, serving) = (api.clone(), api.clone());
    let connected = async move |io: SocketIo, socket: SocketRef, admitted: Extension<Admitted>| {
        serve(serving, io, socket, admitted.0).await;
    };
    let admitted = async move |socket: SocketRef, auth: TryData<Auth>| {
        let admitted = admit(&admitting, &socket, auth.0.ok()).await?;
        socket.extensions.insert(admitted);
        Ok::<_, admission::Refused>(())
    };
    io.ns("/", connected.with(admitted));
    (layer, Sockets(io))
}

/// Serves a socket until it is gone, or its subscription ends.
async fn serve(api: ApiState, io: SocketIo, socket: SocketRef, admitted: Admitted) {
    let Some(subscription) = admitted.take() else {
        return;
    };
    let (gone, allowance) = (CancellationToken::new(), Arc::<Allowance>::default());
    let closed = gone.clone();
    socket.on_disconnect(async move || closed.cancel());
    let watcher = Arc::new(subscription.watcher(watching::teller(io, socket.id)));
    watching::listen(&socket, &watcher, &allowance);
    let renewal = Arc::new(subscription.renewal());
    socket.on("auth", async move |auth: TryData<Auth>, ack: AckSender| {
        if allowance.take() {
            let answer = renew(&api, &renewal, auth.0.ok()).await;
            // A client that asks for no answer gets none.
            drop(ack.send(&answer));
        }
    });
    let end = tokio::select! {
        () = gone.cancelled() => None,
        end = pump::run(&socket, subscription) => end,
    };
    // A client closes the connection when it is disconnected. One that does not read would keep it.
    if let (Some(end), Some(cut)) = (end, socket.req_parts().extensions.get::<Cut>()) {
        tokio::time::sleep_until(end).await;
        cut.now();
    }
}

/// All sockets of a process.
#[derive(Clone)]
pub(crate) struct Sockets(SocketIo);

impl Sockets {
    /// Closes all sockets, so that their clients connect again. Call it once connections are no longer accepted: a
    /// client that connects to a process that is closing gives up. Clients that do not answer are not waited for
    /// longer than `limit`.
    pub async fn close_within(&self, limit: Duration) {
        if tokio::time::timeout(limit, self.0.close()).await.is_err() {
            tracing::debug!("some sockets did not answer the end of their connection");
        }
    }
}
