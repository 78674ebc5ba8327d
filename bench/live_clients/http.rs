//! Requests one after another on one connection.

use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A connection.
pub struct Http {
    stream: BufReader<TcpStream>,
    at: SocketAddr,
}

impl Http {
    /// Connects.
    pub async fn connect(at: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let stream = BufReader::new(stream);
        Ok(Self { stream, at })
    }

    /// Sends a POST, and waits for its whole response, which must be a success.
    pub async fn post(&mut self, path: &str, token: &str, body: &str) -> Result<()> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.at,
            body.len(),
        );
        self.stream.write_all(request.as_bytes()).await?;
        let head = head(&mut self.stream).await?;
        let mut lines = head.lines();
        let status = lines.next().unwrap_or_default();
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().ok())?
        });
        let mut body = vec![0; length.context("no length")?];
        self.stream.read_exact(&mut body).await?;
        let is_success = status.starts_with("HTTP/1.1 2");
        ensure!(is_success, "{status}: {}", String::from_utf8_lossy(&body));
        Ok(())
    }
}

/// The head of a response.
pub async fn head(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = stream.read_line(&mut head).await?;
        ensure!(read > 0, "the connection was closed after: {head}");
    }
    Ok(head)
}
