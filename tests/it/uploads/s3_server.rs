//! A server with the part of S3 that the program uses: objects are put, got and deleted one by one, and every
//! call has to be signed (AWS Signature Version 4), its body included.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, task::JoinSet};

pub const REGION: &str = "eu-test-1";
pub const ACCESS_KEY: &str = "access";
pub const SECRET_KEY: &str = "the secret of the bucket";

#[derive(Default)]
struct Shared {
    objects: BTreeMap<String, Bytes>,
    refused: usize,
    is_away: bool,
}

/// The server. It stops when it is dropped.
pub struct S3Server {
    shared: Arc<Mutex<Shared>>,
    url: String,
    _tasks: JoinSet<()>,
}

impl S3Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            shared,
            url,
            _tasks: tasks,
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The paths of what it keeps.
    pub fn paths(&self) -> Vec<String> {
        self.shared
            .lock()
            .unwrap()
            .objects
            .keys()
            .cloned()
            .collect()
    }

    /// How many calls were not signed as they have to be.
    pub fn refused(&self) -> usize {
        self.shared.lock().unwrap().refused
    }

    /// Whether it refuses whatever it is asked from now on, though not because of who asks.
    pub fn is_away(&self, is_away: bool) {
        self.shared.lock().unwrap().is_away = is_away;
    }
}

async fn answer(State(shared): State<Arc<Mutex<Shared>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut shared = shared.lock().unwrap();
    if shared.is_away {
        return StatusCode::FORBIDDEN.into_response();
    }
    if !is_signed(&parts, &body) {
        shared.refused += 1;
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = parts.uri.path().to_owned();
    match parts.method {
        Method::PUT => {
            shared.objects.insert(path, body);
            [("etag", "\"1\"")].into_response()
        }
        Method::GET => match shared.objects.get(&path) {
            Some(object) => {
                let headers = [
                    ("etag", "\"1\""),
                    ("last-modified", "Wed, 01 Oct 2025 08:00:00 GMT"),
                ];
                (headers, Body::from(object.clone())).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        // What is not there is deleted as well.
        Method::DELETE => {
            shared.objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// Whether the signature is that of exactly this call.
fn is_signed(parts: &Parts, body: &[u8]) -> bool {
    let digest = hex(&Sha256::digest(body));
    let header = |name: &str| text(&parts.headers, name);
    if header("x-amz-content-sha256") != digest {
        return false;
    }
    let authorization = header("authorization");
    let part = |name: &str| {
        let (_, rest) = authorization.split_once(name).unwrap_or_default();
        rest.split(',').next().unwrap_or_default().to_owned()
    };
    let (signed, signature) = (part("SignedHeaders="), part("Signature="));
    let instant = header("x-amz-date");
    let day = instant.get(..8).unwrap_or_default();
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    if part("Credential=") != format!("{ACCESS_KEY}/{scope}") || !signed.contains("host") {
        return false;
    }
    let headers: Vec<_> = signed
        .split(';')
        .map(|name| format!("{name}:{}", header(name)))
        .collect();
    let headers = headers.join("\n");
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let call = format!(
        "{}\n{path}\n{query}\n{headers}\n\n{signed}\n{digest}",
        parts.method
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{instant}\n{scope}\n{}",
        hex(&Sha256::digest(call.as_bytes()))
    );
    let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
    for part in [day, REGION, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    hex(&mac(&key, &to_sign)) == signature
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().trim().to_owned()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
