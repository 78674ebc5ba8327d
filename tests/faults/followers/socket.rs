//! A Socket.IO client that survives whatever happens to its server: every failure is an end of the connection.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

/// The longest wait for a connection, or for a sign of life of one: the server sends a packet every 25 s.
const PATIENCE: Duration = Duration::from_secs(40);

pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum NoConnection {
    /// The server, or the way to it, failed.
    Failed,
    /// The server refuses it with this code.
    Refused(String),
}

/// What comes by a socket.
#[derive(Debug)]
pub enum Packet {
    Event(String, Value),
    /// The connection has ended.
    End,
}

impl Socket {
    /// Connects, to continue after a position.
    ///
    /// # Errors
    /// There is no connection.
    pub async fn connect(
        address: SocketAddr,
        token: &str,
        after: Option<&str>,
    ) -> Result<Self, NoConnection> {
        let connecting = Self::join(address, token, after);
        let joined = tokio::time::timeout(PATIENCE, connecting).await;
        joined.unwrap_or(Err(NoConnection::Failed))
    }

    async fn join(
        address: SocketAddr,
        token: &str,
        after: Option<&str>,
    ) -> Result<Self, NoConnection> {
        let failed = |_| NoConnection::Failed;
        let stream = TcpStream::connect(address).await;
        let stream = stream.map_err(|_| NoConnection::Failed)?;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let request = url.into_client_request().map_err(failed)?;
        let connected = tokio_tungstenite::client_async(request, stream).await;
        let (stream, _) = connected.map_err(failed)?;
        let mut socket = Self { stream };
        let open = socket.text().await.ok_or(NoConnection::Failed)?;
        assert!(open.starts_with('0'), "{open}");
        let auth = json!({"token": token, "after": after});
        socket.send(&format!("40{auth}")).await;
        let joined = socket.text().await.ok_or(NoConnection::Failed)?;
        let Some(refused) = joined.strip_prefix("44") else {
            assert!(joined.starts_with("40"), "{joined}");
            return Ok(socket);
        };
        let refused: Value = serde_json::from_str(refused).unwrap();
        let code = refused["message"].as_str().unwrap();
        Err(NoConnection::Refused(code.to_owned()))
    }

    /// A failure shows when the next packet is read.
    async fn send(&mut self, frame: &str) {
        self.stream.send(Message::text(frame)).await.ok();
    }

    /// The next text; `None` at the end of the connection.
    async fn text(&mut self) -> Option<String> {
        loop {
            match self.stream.next().await? {
                Ok(Message::Text(text)) if text.as_str() == "2" => self.send("3").await,
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next packet. May be given up at any time.
    pub async fn packet(&mut self) -> Packet {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.text()).await;
            let Ok(Some(text)) = next else {
                return Packet::End;
            };
            if text == "41" {
                return Packet::End;
            }
            if let Some(event) = text.strip_prefix("42") {
                let mut event: Vec<Value> = serde_json::from_str(event).unwrap();
                let content = event.pop().unwrap();
                return Packet::Event(event[0].as_str().unwrap().to_owned(), content);
            }
        }
    }
}
