//! The connector and the call, against receivers on this machine.

use super::*;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};

/// A receiver that responds to each connection with these bytes, counts them, and keeps what it was sent.
struct Receiver {
    at: SocketAddr,
    calls: Arc<AtomicUsize>,
    sent: Arc<tokio::sync::Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

impl Receiver {
    async fn responding(response: impl Into<Vec<u8>>) -> Self {
        let response: Vec<u8> = response.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let sent = Arc::new(tokio::sync::Mutex::new(Vec::new()));
        let mut serving = JoinSet::new();
        let (counted, kept) = (Arc::clone(&calls), Arc::clone(&sent));
        serving.spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let mut request = Vec::new();
                while !request.ends_with(b"{}") {
                    if stream.read_buf(&mut request).await.unwrap() == 0 {
                        break;
                    }
                }
                kept.lock()
                    .await
                    .push(String::from_utf8_lossy(&request).into_owned());
                stream.write_all(&response).await.ok();
                stream.shutdown().await.ok();
            }
        });
        Self {
            at,
            calls,
            sent,
            _serving: serving,
        }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/hook?a=b", self.at.port())
    }
}

/// A resolver with an answer for each look-up, the last of which is repeated.
#[derive(Default)]
struct Changing {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Changing {
    fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |text: &&str| text.parse().unwrap();
        let answers = answers.iter();
        Arc::new(Self {
            answers: answers.map(|one| one.iter().map(parse).collect()).collect(),
            asked: AtomicUsize::new(0),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Resolve for Changing {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let last = self.answers.len() - 1;
        Ok(self.answers[asked.min(last)].clone())
    }
}

fn allowed(names: &[&str], networks: &[&str]) -> Allowed {
    Allowed {
        names: names.iter().map(|&name| name.to_owned()).collect(),
        networks: networks
            .iter()
            .map(|network| network.parse().unwrap())
            .collect(),
    }
}

async fn post(outbound: &Outbound, url: &str) -> Result<Reply, CallError> {
    let to = outbound.destination(url).unwrap();
    outbound.post(&to, &[], "{}").await
}

#[tokio::test]
async fn an_allowed_receiver_gets_the_request_and_its_response_comes_back() {
    let receiver = Receiver::responding("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let outbound = Outbound::new(allowed(&[], &["127.0.0.0/8"]));
    let reply = post(&outbound, &receiver.url("127.0.0.1")).await.unwrap();
    assert_eq!(
        (reply.status, &reply.body[..]),
        (StatusCode::OK, &b"ok"[..])
    );
    let sent = receiver.sent.lock().await.concat();
    assert!(sent.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{sent}");
    assert!(
        sent.contains(&format!("host: {}\r\n", receiver.at)),
        "{sent}"
    );
    assert!(sent.contains("user-agent: BaiTech-Support/"), "{sent}");
}

#[tokio::test]
async fn a_forbidden_address_is_refused_before_a_connection_whatever_name_it_has() {
    let receiver = Receiver::responding("HTTP/1.1 200 OK\r\n\r\n").await;
    let to_itself = Changing::answering(&[&["127.0.0.1"]]);
    // Its name is allowed at another receiver, so that its port and scheme are fit.
    let outbound = Outbound::resolving(Allowed::default(), to_itself.clone());
    let url = format!("https://hooks.example.com/{}", receiver.at.port());
    let refused = post(&outbound, &url).await.unwrap_err();
    assert!(
        matches!(refused, CallError::Refused(ConnectError::Forbidden)),
        "{refused:?}"
    );
    assert_eq!((receiver.calls(), to_itself.asked()), (0, 1));
}

#[tokio::test]
async fn one_forbidden_address_among_public_ones_refuses_all() {
    let receiver = Receiver::responding("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for mixed in [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]] {
        let resolver = Changing::answering(&[&mixed]);
        let mut guarded = Guarded {
            allowed: Arc::new(allowed(&[], &["127.0.0.1/32"])),
            resolver,
        };
        let uri = receiver.url("hooks.example.com").parse().unwrap();
        let refused = guarded.call(uri).await.err().unwrap();
        assert!(matches!(refused, ConnectError::Forbidden), "{refused:?}");
    }
    assert_eq!(receiver.calls(), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_looked_up_once_and_the_checked_address_is_called() {
    let receiver = Receiver::responding("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let resolver = Changing::answering(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let mut guarded = Guarded {
        allowed: Arc::new(allowed(&[], &["127.0.0.1/32"])),
        resolver: resolver.clone(),
    };
    let uri: hyper::Uri = receiver.url("hooks.example.com").parse().unwrap();
    // The first call has the first address, checked and called. The second is checked anew.
    let stream = guarded.call(uri.clone()).await.unwrap().into_inner();
    assert_eq!(stream.peer_addr().unwrap(), receiver.at);
    assert_eq!(resolver.asked(), 1);
    let refused = guarded.call(uri).await.err().unwrap();
    assert!(matches!(refused, ConnectError::Forbidden), "{refused:?}");
    assert_eq!(resolver.asked(), 2);
}

#[tokio::test]
async fn a_redirect_is_a_response_and_is_not_followed() {
    let inside = Receiver::responding("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
        inside.url("127.0.0.1")
    );
    let receiver = Receiver::responding(redirect).await;
    let outbound = Outbound::new(allowed(&[], &["127.0.0.1/32"]));
    let reply = post(&outbound, &receiver.url("127.0.0.1")).await.unwrap();
    assert_eq!(reply.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!((receiver.calls(), inside.calls()), (1, 0));
}

#[tokio::test]
async fn half_a_response_and_what_is_no_http_break_off() {
    let outbound = Outbound::new(allowed(&[], &["127.0.0.1/32"]));
    for broken in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nha",
        "HTTP/1.1 200",
        "SSH-2.0-OpenSSH_9.7\r\n",
        "",
    ] {
        let receiver = Receiver::responding(broken).await;
        let failed = post(&outbound, &receiver.url("127.0.0.1"))
            .await
            .unwrap_err();
        assert!(
            matches!(failed, CallError::BrokeOff(_)),
            "{broken}: {failed:?}"
        );
    }
}

#[tokio::test]
async fn of_a_long_response_only_the_beginning_is_read() {
    let endless = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n".to_vec(),
        vec![b'a'; 300_000],
    ]
    .concat();
    let receiver = Receiver::responding(endless).await;
    let outbound = Outbound::new(allowed(&[], &["127.0.0.1/32"]));
    let reply = post(&outbound, &receiver.url("127.0.0.1")).await.unwrap();
    assert_eq!(reply.body.len(), MOST_READ);
}

#[tokio::test]
async fn headers_without_end_break_off() {
    let headers = [
        b"HTTP/1.1 200 OK\r\nx: ".to_vec(),
        vec![b'a'; 2 * MOST_HEADERS],
    ]
    .concat();
    let receiver = Receiver::responding(headers).await;
    let outbound = Outbound::new(allowed(&[], &["127.0.0.1/32"]));
    let failed = post(&outbound, &receiver.url("127.0.0.1"))
        .await
        .unwrap_err();
    assert!(matches!(failed, CallError::BrokeOff(_)), "{failed:?}");
}

#[tokio::test]
async fn a_closed_port_and_a_receiver_without_encryption_are_told_apart_inside_only() {
    let outbound = Outbound::new(allowed(&[], &["127.0.0.1/32"]));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = closed.local_addr().unwrap();
    drop(closed);
    let refused = post(&outbound, &format!("http://{at}/")).await.unwrap_err();
    assert!(
        matches!(refused, CallError::Refused(ConnectError::Closed(_))),
        "{refused:?}"
    );
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", plain.local_addr().unwrap());
    let responding = async {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream.shutdown().await.unwrap();
    };
    let (failed, ()) = tokio::join!(post(&outbound, &url), responding);
    assert!(matches!(failed, Err(CallError::Tls(_))), "{failed:?}");
}

#[tokio::test]
async fn a_host_that_is_allowed_by_name_may_have_any_address() {
    let receiver = Receiver::responding("HTTP/1.1 204 No Content\r\n\r\n").await;
    let resolver = Changing::answering(&[&["127.0.0.1"]]);
    let outbound = Outbound::resolving(allowed(&["hooks.internal"], &[]), resolver);
    let reply = post(&outbound, &receiver.url("hooks.internal")).await;
    assert_eq!(reply.unwrap().status, StatusCode::NO_CONTENT);
}
