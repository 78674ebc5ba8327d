//! The outside, played on this machine: a provider of text messages, a push service and receivers of webhooks. They
//! remember what arrived, in its order. What they check of it is in the tests of each channel; here it is enough to tell
//! one message from another.

use axum::{
    Form, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use chrono::{DateTime, Utc};
use platform::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::{sync::watch, task::JoinSet};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// A public address, without which the provider is not told where to report, and so not the id of a message.
const PUBLIC_URL: &str = "https://support.example.com";

/// Something that arrived.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The number, the device or the receiver.
    pub to: String,
    /// The id of the text message or of the webhook; of a push message its topic.
    pub id: String,
    /// The body of a webhook.
    pub body: Value,
    pub at: Instant,
    /// The same by the clock of the processes.
    pub when: DateTime<Utc>,
}

/// All that arrived, in order.
#[derive(Debug, Clone, Default)]
pub struct Letters {
    pub texts: Vec<Letter>,
    pub pushes: Vec<Letter>,
    pub calls: Vec<Letter>,
}

struct Inner {
    letters: Mutex<Letters>,
    holds: watch::Sender<bool>,
}

/// Serves until it is dropped.
pub struct Outside {
    address: SocketAddr,
    inner: Arc<Inner>,
    _serving: JoinSet<()>,
}

impl Outside {
    /// Everything is accepted.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            letters: Mutex::default(),
            holds: watch::Sender::new(false),
        });
        let app = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(text))
            .route("/push/{device}", post(push))
            .route("/hook/{name}", post(call))
            .with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            inner,
            _serving: serving,
        }
    }

    /// The settings with which the program sends all of it here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let url = format!("http://{}", self.address);
        let all = [
            ("OUTBOUND_ALLOWED", "127.0.0.0/8"),
            ("PUSH_ALLOWED", "127.0.0.0/8"),
            ("PUBLIC_URL", PUBLIC_URL),
            ("SMS_PROVIDER", "twilio"),
            ("SMS_API_URL", &url),
            ("SMS_SENDER", "+15005550006"),
            ("SMS_PER_NUMBER_PER_HOUR", "0"),
            ("SMS_PER_DAY", "0"),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            (
                "TWILIO_AUTH_TOKEN_SECRET",
                "fedcba9876543210fedcba9876543210",
            ),
        ];
        all.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    /// The subscription of a device: its keys are those of the example in RFC 8291.
    pub fn device(&self, name: &str) -> Value {
        json!({
            "endpoint": format!("http://{}/push/{name}", self.address),
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        })
    }

    /// The addresses of receivers of webhooks, by their names.
    pub fn urls(&self) -> impl Fn(&str) -> String + use<> {
        let address = self.address;
        move |name| format!("http://{address}/hook/{name}")
    }

    /// From now on, what arrives is kept and not answered until it is told to go on.
    pub fn hold(&self, holds: bool) {
        self.inner.holds.send_replace(holds);
    }

    /// What arrived so far.
    pub fn letters(&self) -> Letters {
        self.inner.letters.lock().unwrap().clone()
    }
}

impl Inner {
    /// Remembers a letter, and waits while nothing is answered.
    async fn receive(
        &self,
        (to, id, body): (&str, &str, Value),
        which: impl Fn(&mut Letters) -> &mut Vec<Letter>,
    ) -> usize {
        let count = {
            let mut letters = self.letters.lock().unwrap();
            let those = which(&mut letters);
            those.push(Letter {
                to: to.to_owned(),
                id: id.to_owned(),
                body,
                at: Instant::now(),
                when: SystemClock.now(),
            });
            those.len()
        };
        let mut holds = self.holds.subscribe();
        holds.wait_for(|holds| !holds).await.unwrap();
        count
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers[name].to_str().unwrap()
}

async fn text(
    State(inner): State<Arc<Inner>>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let (_, id) = form["StatusCallback"].rsplit_once('/').unwrap();
    let count = inner.receive((&form["To"], id, Value::Null), |letters| &mut letters.texts);
    let sid = format!("SM{:032x}", count.await);
    let body = json!({"sid": sid, "status": "queued", "error_code": null});
    (StatusCode::CREATED, axum::Json(body)).into_response()
}

async fn push(
    State(inner): State<Arc<Inner>>,
    Path(device): Path<String>,
    headers: HeaderMap,
) -> Response {
    let letter = (device.as_str(), header(&headers, "topic"), Value::Null);
    inner.receive(letter, |letters| &mut letters.pushes).await;
    (StatusCode::CREATED, [("location", "/m/1")]).into_response()
}

async fn call(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let body = serde_json::from_slice(&bytes).unwrap();
    let letter = (name.as_str(), header(&headers, "webhook-id"), body);
    inner.receive(letter, |letters| &mut letters.calls).await;
    StatusCode::OK.into_response()
}
