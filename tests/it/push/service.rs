//! A push service on this machine. It accepts a message only if a real one would: with a lifetime, a topic, a signed
//! introduction that is for this service, for now and by the key of the subscription, and a body that its browser decrypts.

use super::Browser;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::stream;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use platform::clock::{Clock, ManualClock};
use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex},
};
use tokio::task::JoinSet;

/// A message that was accepted.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub to: String,
    pub headers: HeaderMap,
    pub message: Value,
}

impl Arrived {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// What a service says.
#[derive(Debug, Clone, Copy)]
pub enum Says {
    /// A status, a header and a body.
    This(u16, Option<(&'static str, &'static str)>, &'static str),
    /// A good status, and half of the body that it announces.
    Half,
    /// Nothing, for ever.
    Nothing,
}

pub const DOWN: Says = Says::This(503, None, "");

/// Things by the name of a browser.
type ByName<T> = Mutex<HashMap<String, T>>;

struct Inner {
    clock: Arc<ManualClock>,
    origin: String,
    browsers: ByName<Browser>,
    arrived: Mutex<Vec<Arrived>>,
    tried: Mutex<usize>,
    says: ByName<VecDeque<Says>>,
    always: ByName<Says>,
    /// Why messages were refused that ought to be accepted.
    faults: Mutex<Vec<String>>,
}

/// A push service that serves until it is dropped.
pub struct PushService {
    pub origin: String,
    inner: Arc<Inner>,
    _serving: JoinSet<()>,
}

impl PushService {
    pub async fn new(clock: &Arc<ManualClock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            clock: Arc::clone(clock),
            origin: origin.clone(),
            browsers: ByName::default(),
            arrived: Mutex::default(),
            tried: Mutex::default(),
            says: ByName::default(),
            always: ByName::default(),
            faults: Mutex::default(),
        });
        let app = Router::new()
            .route("/send/{name}", post(take))
            .with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            origin,
            inner,
            _serving: serving,
        }
    }

    /// Remembers a browser.
    pub fn knows(&self, name: &str, browser: Browser) {
        let mut browsers = self.inner.browsers.lock().unwrap();
        browsers.insert(name.to_owned(), browser);
    }

    /// What it says to the next message for a browser.
    pub fn says_once(&self, to: &str, says: Says) {
        let mut all = self.inner.says.lock().unwrap();
        all.entry(to.to_owned()).or_default().push_back(says);
    }

    /// What it says to all messages for a browser from now on; nothing of that kind with `None`.
    pub fn says(&self, to: &str, says: Option<Says>) {
        let mut always = self.inner.always.lock().unwrap();
        match says {
            Some(says) => always.insert(to.to_owned(), says),
            None => always.remove(to),
        };
    }

    /// What was accepted since the last time, by the names of the browsers.
    pub fn arrived(&self) -> Vec<Arrived> {
        let faults = std::mem::take(&mut *self.inner.faults.lock().unwrap());
        assert!(faults.is_empty(), "{faults:?}");
        let mut arrived = std::mem::take(&mut *self.inner.arrived.lock().unwrap());
        arrived.sort_by(|one, other| one.to.cmp(&other.to));
        arrived
    }

    /// The names of the browsers for which something was accepted since the last time.
    pub fn reached(&self) -> Vec<String> {
        self.arrived().into_iter().map(|one| one.to).collect()
    }

    /// How often it was called since the last time.
    pub fn tried(&self) -> usize {
        std::mem::take(&mut *self.inner.tried.lock().unwrap())
    }
}

async fn take(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    *inner.tried.lock().unwrap() += 1;
    let message = match inner.checked(&name, &headers, &body) {
        Ok(message) => message,
        Err((status, fault)) => {
            inner
                .faults
                .lock()
                .unwrap()
                .push(format!("{name}: {fault}"));
            return StatusCode::from_u16(status).unwrap().into_response();
        }
    };
    let once = inner
        .says
        .lock()
        .unwrap()
        .get_mut(&name)
        .and_then(VecDeque::pop_front);
    let says = once.or_else(|| inner.always.lock().unwrap().get(&name).copied());
    match says {
        None => {
            let to = name;
            inner.arrived.lock().unwrap().push(Arrived {
                to,
                headers,
                message,
            });
            (StatusCode::CREATED, [("location", "/m/1")]).into_response()
        }
        Some(Says::This(status, header, body)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Some(Says::Half) => {
            let parts = [
                Ok(Bytes::from_static(b"ha")),
                Err(io::Error::other("broken")),
            ];
            Body::from_stream(stream::iter(parts)).into_response()
        }
        Some(Says::Nothing) => std::future::pending().await,
    }
}

impl Inner {
    /// The message, or the status and the reason of a refusal.
    fn checked(
        &self,
        name: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Value, (u16, String)> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let refuse = |status: u16, why: &str| (status, why.to_owned());
        let browser = self.browsers.lock().unwrap().get(name).cloned();
        let browser = browser.ok_or_else(|| refuse(404, "no such browser"))?;
        let ttl = header("ttl").and_then(|ttl| ttl.parse::<u32>().ok());
        if ttl.is_none_or(|ttl| ttl > 2_592_000) {
            return Err(refuse(400, "no TTL"));
        }
        let is_topic =
            |topic: &str| topic.len() == 32 && topic.bytes().all(|b| b.is_ascii_hexdigit());
        if !header("topic").is_some_and(is_topic) {
            return Err(refuse(400, "no topic"));
        }
        if !["very-low", "low", "normal", "high"].contains(&header("urgency").unwrap_or_default()) {
            return Err(refuse(400, "no urgency"));
        }
        if header("content-encoding") != Some("aes128gcm") {
            return Err(refuse(415, "another encoding"));
        }
        if body.len() > 4_096 {
            return Err(refuse(413, "too large"));
        }
        self.check_introduction(header("authorization").unwrap_or_default())
            .map_err(|why| (403, why))?;
        let text = browser
            .decrypts(body)
            .ok_or_else(|| refuse(400, "not for this browser"))?;
        if text.len() > 2_000 {
            return Err(refuse(413, "too much text"));
        }
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// VAPID (RFC 8292).
    fn check_introduction(&self, authorization: &str) -> Result<(), String> {
        let parts = authorization
            .strip_prefix("vapid t=")
            .and_then(|rest| rest.split_once(",k="));
        let (token, key) = parts.ok_or("no introduction")?;
        let decode = |text: &str| {
            URL_SAFE_NO_PAD
                .decode(text)
                .map_err(|error| error.to_string())
        };
        let key =
            VerifyingKey::from_sec1_bytes(&decode(key)?).map_err(|error| error.to_string())?;
        let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
        let signature =
            Signature::from_slice(&decode(signature)?).map_err(|error| error.to_string())?;
        key.verify(signed.as_bytes(), &signature)
            .map_err(|error| error.to_string())?;
        let (header, claims) = signed.split_once('.').ok_or("no claims")?;
        let header: Value = serde_json::from_slice(&decode(header)?).unwrap();
        let claims: Value = serde_json::from_slice(&decode(claims)?).unwrap();
        if header != serde_json::json!({"typ": "JWT", "alg": "ES256"}) {
            return Err(format!("the header is {header}"));
        }
        if claims["aud"] != self.origin {
            return Err(format!("for {}", claims["aud"]));
        }
        let left = claims["exp"].as_i64().unwrap() - self.clock.now().timestamp();
        if !(0..=24 * 3_600).contains(&left) {
            return Err(format!("{left} s are left"));
        }
        if claims["sub"] != "mailto:push@baitech.example" {
            return Err(format!("by {}", claims["sub"]));
        }
        Ok(())
    }
}
