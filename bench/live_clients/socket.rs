//! Socket.IO clients that cost little: WebSocket frames (RFC 6455) read from a small buffer, of which only the beginning
//! is looked at.

use crate::http::head;
use anyhow::{Result, bail, ensure};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// The beginning of a frame that is kept.
const KEPT: usize = 40;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A client.
pub struct Socket(BufReader<TcpStream>);

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub enum Came {
    /// A message was told.
    Message,
    /// The client has missed too much, and has to load everything anew.
    Resync,
    /// Something else.
    Other,
    /// The answer to a ping.
    Pong,
}

impl Socket {
    /// Connects, and waits until the server has told the position from which events follow. `buffer` is how much is read
    /// at a time.
    pub async fn connect(at: SocketAddr, token: &str, buffer: usize) -> Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let mut socket = Self(BufReader::with_capacity(buffer, stream));
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {at}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        socket.0.write_all(request.as_bytes()).await?;
        let head = head(&mut socket.0).await?;
        ensure!(head.starts_with("HTTP/1.1 101"), "{head}");
        socket.next().await?;
        let hello = format!("40{}", json!({"token": token}));
        socket.send(TEXT, hello.as_bytes()).await?;
        let (_, joined) = socket.next().await?;
        let joined = String::from_utf8_lossy(&joined);
        ensure!(joined.starts_with("40"), "{joined}");
        socket.came().await?;
        Ok(socket)
    }

    /// The time until the server has answered a ping of the WebSocket.
    pub async fn echo(&mut self) -> Result<Duration> {
        let start = Instant::now();
        self.send(PING, b"echo").await?;
        while self.came().await? != Came::Pong {}
        Ok(start.elapsed())
    }

    /// What comes next.
    pub async fn came(&mut self) -> Result<Came> {
        let (kind, beginning) = self.next().await?;
        Ok(match (kind, beginning.as_slice()) {
            (TEXT, text) if text.starts_with(b"42[\"ticket:message\"") => Came::Message,
            (TEXT, text) if text.starts_with(b"42[\"resync\"") => Came::Resync,
            (PONG, _) => Came::Pong,
            (CLOSE, _) => bail!("the server closed the socket"),
            (_, b"41") => bail!("the server disconnected the client"),
            _ => Came::Other,
        })
    }

    /// The next frame that is no heartbeat; those are answered.
    async fn next(&mut self) -> Result<(u8, Vec<u8>)> {
        loop {
            match self.frame().await? {
                (TEXT, text) if text == b"2" => self.send(TEXT, b"3").await?,
                frame => return Ok(frame),
            }
        }
    }

    /// The next frame: its kind, and its beginning.
    async fn frame(&mut self) -> Result<(u8, Vec<u8>)> {
        let kind = self.0.read_u8().await? & 0x0f;
        let length = match self.0.read_u8().await? & 0x7f {
            126 => usize::from(self.0.read_u16().await?),
            127 => usize::try_from(self.0.read_u64().await?)?,
            short => usize::from(short),
        };
        let mut beginning = vec![0; length.min(KEPT)];
        self.0.read_exact(&mut beginning).await?;
        let mut left = length - beginning.len();
        while left > 0 {
            let skipped = self.0.fill_buf().await?.len().min(left);
            ensure!(skipped > 0, "the connection was closed");
            self.0.consume(skipped);
            left -= skipped;
        }
        Ok((kind, beginning))
    }

    /// Sends a frame, masked by zeros.
    async fn send(&mut self, kind: u8, payload: &[u8]) -> Result<()> {
        let mut frame = vec![0x80 | kind];
        match u8::try_from(payload.len()) {
            Ok(short) if short < 126 => frame.push(0x80 | short),
            _ => {
                frame.push(0x80 | 0x7e);
                frame.extend(u16::try_from(payload.len())?.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        Ok(self.0.write_all(&frame).await?)
    }
}
