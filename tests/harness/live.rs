//! Clients that follow what happens: Socket.IO over a WebSocket, spoken frame by frame, so that a test sees all of it.

use super::{App, Caller};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;

/// The longest wait for a frame, on a loaded machine.
const LIMIT: Duration = Duration::from_secs(30);

/// The API of an [`App`] on a port of its own, with everything that passes events on.
pub struct Serving {
    address: SocketAddr,
    stop: CancellationToken,
    running: JoinSet<()>,
}

impl App {
    /// Serves the API in this process.
    pub async fn serves(&self) -> Serving {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let gate = api::StartupGate::default();
        gate.open();
        let api = Box::pin(api::run(self.cx.clone(), listener, gate, stop.clone()));
        let (redis, channel) = (self.cx.redis.clone(), self.cx.config.redis.feed_channel());
        let signals = self.cx.feed.clone().publish(redis, channel, stop.clone());
        let mut running = JoinSet::new();
        running.spawn(async move { api.await.unwrap() });
        running.spawn(async move { signals.await.unwrap() });
        Serving {
            address,
            stop,
            running,
        }
    }
}

impl Serving {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A socket of that person, from now on or after a position.
    pub async fn socket(&self, who: &Caller, after: Option<&str>) -> Socket {
        let auth = json!({"token": who.token().unwrap(), "after": after});
        Socket::connect(self.address, &auth).await.unwrap()
    }

    /// Stops it, and waits until all connections have ended.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.running.join_next().await {
            ended.unwrap();
        }
    }
}

/// A Socket.IO client.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

/// What a socket gets next.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// An event: name and content.
    Event(String, Value),
    /// An answer to an event that the client sent.
    Answer(Value),
    /// The server disconnects the client, which stays away.
    Disconnected,
    /// The connection is closed: the client connects again.
    Closed,
}

impl Socket {
    /// Connects with that `auth`.
    ///
    /// # Errors
    /// The message of the refusal.
    pub async fn connect(address: SocketAddr, auth: &Value) -> Result<Self, String> {
        Self::connect_from(address, None, auth).await
    }

    /// The same, from a page of that origin.
    ///
    /// # Errors
    /// The message of the refusal.
    pub async fn connect_from(
        address: SocketAddr,
        origin: Option<&str>,
        auth: &Value,
    ) -> Result<Self, String> {
        let socket = TcpSocket::new_v4().unwrap();
        // A client that does not read holds up its server soon.
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let stream = socket.connect(address).await.unwrap();
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request().unwrap();
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::client_async(request, stream)
            .await
            .unwrap();
        let mut socket = Self { stream };
        let open = socket.text().await.unwrap();
        assert!(open.starts_with('0'), "{open}");
        socket.sends(&format!("40{auth}")).await;
        let joined = socket.text().await.unwrap();
        match joined.strip_prefix("44") {
            None => {
                assert!(joined.starts_with("40"), "{joined}");
                Ok(socket)
            }
            Some(refused) => {
                let refused: Value = serde_json::from_str(refused).unwrap();
                Err(refused["message"].as_str().unwrap().to_owned())
            }
        }
    }

    /// Sends a frame as it is.
    pub async fn sends(&mut self, frame: &str) {
        self.stream.send(Message::text(frame)).await.unwrap();
    }

    /// Sends an event and waits for its answer; events meanwhile are dropped.
    pub async fn asks(&mut self, name: &str, content: &Value) -> Value {
        self.sends(&format!("421{}", json!([name, content]))).await;
        loop {
            if let Frame::Answer(answer) = self.frame().await {
                return answer;
            }
        }
    }

    /// The next text; `None` at the end of the connection.
    async fn text(&mut self) -> Option<String> {
        loop {
            let next = tokio::time::timeout(LIMIT, self.stream.next()).await;
            match next.unwrap() {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.sends("3").await,
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Frame {
        loop {
            let Some(text) = self.text().await else {
                return Frame::Closed;
            };
            if text == "41" {
                return Frame::Disconnected;
            }
            if let Some(event) = text.strip_prefix("42") {
                let mut event: Vec<Value> = serde_json::from_str(event).unwrap();
                let content = event.pop().unwrap();
                return Frame::Event(event[0].as_str().unwrap().to_owned(), content);
            }
            if let Some(answer) = text.strip_prefix("431") {
                let mut answer: Vec<Value> = serde_json::from_str(answer).unwrap();
                return Frame::Answer(answer.pop().unwrap());
            }
        }
    }

    /// The next event with that name; others before it are dropped.
    pub async fn until(&mut self, name: &str) -> Value {
        let waiting = async {
            loop {
                match self.frame().await {
                    Frame::Event(event, content) if event == name => return content,
                    Frame::Event(..) | Frame::Answer(_) => {}
                    end => panic!("{end:?} instead of {name}"),
                }
            }
        };
        let found = tokio::time::timeout(LIMIT, waiting).await;
        found.unwrap_or_else(|_| panic!("no {name} for half a minute"))
    }

    /// All events up to the first for which `is_last` holds, which is left out. Positions are no events.
    pub async fn events_until(
        &mut self,
        is_last: impl Fn(&str, &Value) -> bool,
    ) -> Vec<(String, Value)> {
        let mut events = Vec::new();
        let waiting = async {
            loop {
                match self.frame().await {
                    Frame::Event(name, content) if is_last(&name, &content) => return,
                    Frame::Event(name, _) if name == "position" => {}
                    Frame::Event(name, content) => events.push((name, content)),
                    other => panic!("{other:?} after {} events", events.len()),
                }
            }
        };
        let ended = tokio::time::timeout(LIMIT * 2, waiting).await.is_ok();
        assert!(ended, "no last event after {events:?}");
        events
    }
}
