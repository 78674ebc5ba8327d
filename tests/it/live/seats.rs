//! How many sockets an address may have, before anybody logs in.

use crate::harness::{App, Set, eventually};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Asks for a socket as a proxy does for a client of that address: the status, and the connection.
pub(super) async fn ask(server: SocketAddr, client: &str) -> (u16, BufReader<TcpStream>) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         X-Forwarded-For: {client}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    (status, stream)
}

async fn statuses(server: SocketAddr, clients: &[&str]) -> Vec<(u16, BufReader<TcpStream>)> {
    let mut all = Vec::new();
    for client in clients {
        all.push(ask(server, client).await);
    }
    all
}

fn of(asked: &[(u16, BufReader<TcpStream>)]) -> Vec<u16> {
    asked.iter().map(|(status, _)| *status).collect()
}

const LIMIT: Set<'_> = &[("SOCKET_LIMIT_PER_ADDRESS", "2")];

#[tokio::test]
async fn an_address_has_a_limited_number_of_sockets_whatever_it_says_of_itself() {
    let app = App::with(LIMIT).await;
    let serving = app.serves().await;
    let server = serving.address();
    let mut asked = statuses(server, &["8.8.8.1", "8.8.8.2", "8.8.8.3"]).await;
    assert_eq!(of(&asked), [101, 101, 429]);
    // A place is free as soon as its connection is closed.
    asked.remove(0);
    eventually("a place is free again", async || {
        ask(server, "8.8.8.1").await.0 == 101
    })
    .await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_counts_for_itself() {
    let app = App::with(&[LIMIT[0], ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let serving = app.serves().await;
    let clients = ["8.8.8.1", "8.8.8.1", "8.8.8.1", "8.8.8.2"];
    let asked = statuses(serving.address(), &clients).await;
    assert_eq!(of(&asked), [101, 101, 429, 101]);
    let network = ["2001:db8::1", "2001:db8::2", "2001:db8::3"];
    let asked = statuses(serving.address(), &network).await;
    assert_eq!(of(&asked), [101, 101, 429], "one network of IPv6");
}

#[tokio::test]
async fn with_the_limit_off_an_address_has_any_number_of_sockets() {
    let app = App::with(&[("SOCKET_LIMIT_PER_ADDRESS", "0")]).await;
    let serving = app.serves().await;
    let asked = statuses(serving.address(), &["8.8.8.1"; 30]).await;
    assert!(of(&asked).iter().all(|status| *status == 101));
}
