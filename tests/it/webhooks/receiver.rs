//! A receiver of webhooks on this machine, and the check of its signatures: written after the specification of Standard
//! Webhooks, with an HMAC of its own, so that it shares nothing with the code under test.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::task::JoinSet;

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Arrived {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The name of the entry of the history that it tells of.
    pub fn event(&self) -> &str {
        self.body["data"]["event"].as_str().unwrap_or_default()
    }

    /// Whether one of its signatures is made with the secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let timestamp = self.header("webhook-timestamp");
        let signed = format!("{}.{timestamp}.{}", self.id(), self.text);
        let expected = format!("v1,{}", STANDARD.encode(hmac(&key, signed.as_bytes())));
        let mut signatures = self.header("webhook-signature").split(' ');
        signatures.any(|signature| signature == expected)
    }

    pub fn signatures(&self) -> usize {
        self.header("webhook-signature").split(' ').count()
    }
}

/// HMAC (RFC 2104) with SHA-256, for keys of at most 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    let outer = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize();
    outer.to_vec()
}

/// What a receiver says: the status, the headers, the body.
pub type Says = (u16, &'static [(&'static str, &'static str)], &'static str);

pub const OK: Says = (200, &[], "ok");
pub const DOWN: Says = (500, &[], "it is down");

#[derive(Default)]
struct Inner {
    arrived: Mutex<Vec<Arrived>>,
    /// What it says to the next requests, before `otherwise`.
    next: Mutex<VecDeque<Says>>,
    otherwise: Mutex<Option<Says>>,
}

/// A receiver that serves until it is dropped.
pub struct Receiver {
    pub url: String,
    inner: Arc<Inner>,
    _serving: JoinSet<()>,
}

impl Receiver {
    /// A receiver that accepts everything.
    pub async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let inner = Arc::new(Inner::default());
        let app = Router::new().fallback(take).with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            url,
            inner,
            _serving: serving,
        }
    }

    /// What it says from now on.
    pub fn says(&self, says: Says) {
        *self.inner.otherwise.lock().unwrap() = Some(says);
    }

    /// What it says to the next request.
    pub fn says_once(&self, says: Says) {
        self.inner.next.lock().unwrap().push_back(says);
    }

    /// What arrived since the last time.
    pub fn arrived(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.inner.arrived.lock().unwrap())
    }

    /// The events that arrived since the last time.
    pub fn events(&self) -> Vec<String> {
        let arrived = self.arrived();
        arrived.iter().map(|one| one.event().to_owned()).collect()
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    inner.arrived.lock().unwrap().push(Arrived {
        headers,
        body: serde_json::from_str(&text).unwrap(),
        text,
    });
    let says = inner.next.lock().unwrap().pop_front();
    let (status, headers, body) = says.or(*inner.otherwise.lock().unwrap()).unwrap_or(OK);
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

#[test]
fn the_check_of_signatures_knows_the_example_of_the_specification() {
    let mac = hmac(b"key", b"The quick brown fox jumps over the lazy dog");
    assert_eq!(
        STANDARD.encode(mac),
        "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="
    );
}
