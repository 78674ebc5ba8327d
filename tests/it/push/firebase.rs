//! Firebase on this machine: the token endpoint of a service account, and the endpoint for messages. Both check what they
//! get as strictly as the real ones.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use platform::clock::{Clock, ManualClock};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::task::JoinSet;

/// The key of the account, made for these tests alone: PKCS#8 in Base64.
const KEY: &str = "\
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCwsBOJYyJ8VCqs3Emy+DO+KW5F6qTjPk5uojVQUdKoSXCd\
    sJMX1YO+xOMUjAaSewYIRYqApPpBuWMynPmwwXV5xCsfvA6/+kvJ+KokwoAVfK609e+GpkGmQpWBOjQsAahSXdAx+e5y8sVb\
    C6ya1q3jtO1PnmJceY/octHFxauvB8ysebSp85UCTdXyHSdCgP0UugeFvljzNFI2z2CDqaWasgi0GAMAkg6G93LE6g+9zU1Z\
    148YCQPooA7Bugl53kmBmrEOvNr8BfWE4iNoNOvVAiMXEaaziZYrLrI0z5N9qXy/lq/mM1I+i5IuSDXYH37KqVaclYkDf5y+\
    mG6nX1/BAgMBAAECggEAEUDlwikTvq+lXy3qZcybmOUzfHurpaPO8DoXb1lzcwrWMWqDDUpvTAYD5VzAbjYPN72QByc/vNfy\
    mjL+pZuunLkNkP1sifinb/iVUh5KzaOtl8QwTftsNmUSyQS7ACpv77hzfSiFIrpsOot1oRp3mTXGEAaiX5oLSyKd3hctwFtJ\
    V/J6b9Yki9Z2/0LnWdcGkJCX8UsCoitvF9DXQjVEDXiPwS/dkxQ3g7lyvEzgTT7uGZZgpq8IDYb/ObQQq1lF4rebwC1QP4p7\
    weJdekBp5JaxiJkp+1qo0JokjRxRB0pR3bMN3n3gBAuHCanxIDDOsuL5Qju35cp/0Ix9w6lD5QKBgQDhxVaXXvnjGMkz0dQK\
    6wuzDT/VWgBQLWq0ZOX3OJK9Ro1VYLX/BVMaEbFWnQQIUMCEy4GI87RbpIyHPzgliMvIrMkY5rKzfC5VPRyhCiL5ZPTKbUwJ\
    K/1McF+jbq1Dfvsc7nPJ710XN76vO7K/dD/CjJwh5FDh0IHjdh1WHVaTkwKBgQDIWFY8LNt2+f+eoVYWPrH0xkSBl8bIyesd\
    SIVFEBQp46jbvOWa85ZSiDJDjfxuyVa7wuSbyYnlszoMQxRBpmduf1dXtVMPoyXwMJeSh8Gycpa8OuKKUjMXBfYKT20tb3kc\
    pxWAY/IyyhGbVhHgmovQvFaCtzBkvD/BnW7bJKr72wKBgQDVWE+NVzi3+zIWf8/qSVaS6pBJonTtTx2oPjh5t8Iijkr8RRl2\
    VafD2LhF6rZmzTg/xLcxnWnvt7z8CSebgHthtLWLjGWN6mk2Lzugih2moloX99SETkdcNkyJ+gpM3++X1VUhm8nSKOFOYhF1\
    jfq6c3kPJduwqAI12eW6/JpVdQKBgHXLYqCs6zjQEtitGZWotS8rJ/peR/WkqwWjryAFLSXYAl94eDOcBwVtqMgJgqOM498v\
    3wQuAlM5BudQxWc4NNZGLw+VwEmQbm0D1QrFoUCPmUsBAFO9suZVje1P9+xf/4C2SLEdkrkEEEgZ2hcKJyzKn77pgJ2qBX6M\
    VzKoI5RDAoGAbm/tT/BPRSieLuhr9jDMgQUfvE27mVF1AXTql3p3llTLMp5dzSgb5IsvoOqz0uyB8RzyNBMZ/LmGASwekY6E\
    gg2yrJ43coQa5x+Eadew3qc8RHYlrQOUYYXmfXh5gpqBEA19hpHq4Nvqh8iniK1F15uvyTspz3fWE/IUV5j+3SU=";
/// Its modulus, in Base64 for URLs.
const MODULUS: &str = "\
    sLATiWMifFQqrNxJsvgzviluReqk4z5ObqI1UFHSqElwnbCTF9WDvsTjFIwGknsGCEWKgKT6QbljMpz5sMF1ecQrH7wOv_pL\
    yfiqJMKAFXyutPXvhqZBpkKVgTo0LAGoUl3QMfnucvLFWwusmtat47TtT55iXHmP6HLRxcWrrwfMrHm0qfOVAk3V8h0nQoD9\
    FLoHhb5Y8zRSNs9gg6mlmrIItBgDAJIOhvdyxOoPvc1NWdePGAkD6KAOwboJed5JgZqxDrza_AX1hOIjaDTr1QIjFxGms4mW\
    Ky6yNM-Tfal8v5av5jNSPouSLkg12B9-yqlWnJWJA3-cvphup19fwQ";
const ACCOUNT: &str = "push@project-a.iam.gserviceaccount.com";
const GRANT: &str =
    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant%2Dtype%3Ajwt%2Dbearer&assertion=";

/// What it says to a message, instead of accepting it: the status, a `Retry-After` and the body.
pub type Says = (u16, Option<&'static str>, Value);

/// An error as Firebase describes it.
pub fn error(status: u16, general: &str, of_firebase: Option<&str>) -> Says {
    let kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
    let details: Vec<_> = of_firebase
        .iter()
        .map(|code| json!({"@type": kind, "errorCode": code}))
        .collect();
    let error = json!({"code": status, "message": "…", "status": general, "details": details});
    (status, None, json!({"error": error}))
}

#[derive(Default)]
struct Kept {
    /// How many tokens were issued. The last one is valid.
    issued: usize,
    issued_at: Option<chrono::DateTime<chrono::Utc>>,
    /// What the token endpoint says instead.
    token_says: VecDeque<(u16, &'static str)>,
    says: HashMap<String, VecDeque<Says>>,
    arrived: Vec<Value>,
    tried: usize,
    faults: Vec<String>,
}

struct Inner {
    clock: Arc<ManualClock>,
    token_url: String,
    kept: Mutex<Kept>,
}

/// Firebase, which serves until it is dropped.
pub struct Firebase {
    pub url: String,
    /// The key file of the account.
    pub file: PathBuf,
    inner: Arc<Inner>,
    _serving: JoinSet<()>,
}

impl Firebase {
    /// It begins at the instant of every test; [`Firebase::is_at`] moves its clock.
    pub async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            clock: Arc::new(ManualClock::at(crate::harness::the_beginning())),
            token_url: format!("{url}/token"),
            kept: Mutex::default(),
        });
        let app = Router::new()
            .route("/token", post(issue))
            .route("/v1/projects/{project}/{verb}", post(take))
            .with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
        let file =
            std::env::temp_dir().join(format!("account-{}.json", url.rsplit(':').next().unwrap()));
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n");
        let account = json!({
            "type": "service_account",
            "project_id": "project-a",
            "private_key": pem,
            "client_email": ACCOUNT,
            "token_uri": inner.token_url,
        });
        std::fs::write(&file, account.to_string()).unwrap();
        Self {
            url,
            file,
            inner,
            _serving: serving,
        }
    }

    /// Moves its clock to that instant.
    pub fn is_at(&self, now: chrono::DateTime<chrono::Utc>) {
        self.inner.clock.advance(now - self.inner.clock.now());
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap()
    }

    /// What it says to the next message for an app.
    pub fn says_once(&self, to: &str, says: Says) {
        self.kept()
            .says
            .entry(to.to_owned())
            .or_default()
            .push_back(says);
    }

    /// What the token endpoint says to the next request.
    pub fn token_says_once(&self, status: u16, body: &'static str) {
        self.kept().token_says.push_back((status, body));
    }

    /// Revokes the token that is valid.
    pub fn revoke(&self) {
        self.kept().issued_at = None;
    }

    /// The messages that were accepted since the last time.
    pub fn arrived(&self) -> Vec<Value> {
        let mut kept = self.kept();
        assert!(kept.faults.is_empty(), "{:?}", kept.faults);
        std::mem::take(&mut kept.arrived)
    }

    /// How often it was called with a message since the last time.
    pub fn tried(&self) -> usize {
        std::mem::take(&mut self.kept().tried)
    }

    /// How many tokens were issued.
    pub fn issued(&self) -> usize {
        self.kept().issued
    }
}

impl Drop for Firebase {
    fn drop(&mut self) {
        std::fs::remove_file(&self.file).ok();
    }
}

async fn issue(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: String) -> Response {
    let mut kept = inner.kept.lock().unwrap();
    if let Some((status, body)) = kept.token_says.pop_front() {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    if let Err(fault) = inner.check_request(&headers, &body) {
        kept.faults.push(fault);
        let refused = json!({"error": "invalid_grant", "error_description": "…"});
        return (StatusCode::BAD_REQUEST, axum::Json(refused)).into_response();
    }
    kept.issued += 1;
    kept.issued_at = Some(inner.clock.now());
    let token = json!({
        "access_token": format!("ya29.token-{}", kept.issued),
        "expires_in": 3_600,
        "token_type": "Bearer",
    });
    axum::Json(token).into_response()
}

async fn take(
    State(inner): State<Arc<Inner>>,
    Path((project, verb)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut kept = inner.kept.lock().unwrap();
    kept.tried += 1;
    if (project.as_str(), verb.as_str()) != ("project-a", "messages:send") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let answer = |(status, retry_after, body): Says| {
        let status = StatusCode::from_u16(status).unwrap();
        let mut response = match body {
            Value::String(text) => (status, text).into_response(),
            body => (status, axum::Json(body)).into_response(),
        };
        if let Some(seconds) = retry_after {
            let headers = response.headers_mut();
            headers.insert("retry-after", seconds.parse().unwrap());
        }
        response
    };
    let lives =
        |at: chrono::DateTime<chrono::Utc>| inner.clock.now() - at < chrono::TimeDelta::hours(1);
    let valid = format!("Bearer ya29.token-{}", kept.issued);
    let is_valid = headers["authorization"] == valid.as_str() && kept.issued_at.is_some_and(lives);
    if !is_valid {
        return answer(error(401, "UNAUTHENTICATED", None));
    }
    let message: Value = serde_json::from_slice(&body).unwrap();
    if let Err(fault) = checked(&message, body.len()) {
        kept.faults.push(fault);
        return answer(error(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT")));
    }
    let to = message["message"]["token"].as_str().unwrap().to_owned();
    if let Some(says) = kept.says.get_mut(&to).and_then(VecDeque::pop_front) {
        return answer(says);
    }
    kept.arrived.push(message["message"].clone());
    answer((200, None, json!({"name": "projects/project-a/messages/1"})))
}

/// The rules for a message: known fields, data that are texts, lifetimes with their unit.
fn checked(sent: &Value, size: usize) -> Result<(), String> {
    let only = |value: &Value, known: &[&str]| {
        let fields = value
            .as_object()
            .ok_or_else(|| format!("no object: {value}"))?;
        let unknown = fields.keys().find(|field| !known.contains(&field.as_str()));
        unknown.map_or(Ok(()), |field| Err(format!("unknown: {field}")))
    };
    if size > 4_096 {
        return Err("too large".to_owned());
    }
    only(sent, &["message", "validate_only"])?;
    let message = &sent["message"];
    only(
        message,
        &[
            "token",
            "notification",
            "data",
            "android",
            "apns",
            "webpush",
            "fcm_options",
        ],
    )?;
    only(&message["notification"], &["title", "body", "image"])?;
    let android = &message["android"];
    only(
        android,
        &["priority", "ttl", "collapse_key", "notification"],
    )?;
    only(&android["notification"], &["tag"])?;
    if !["HIGH", "NORMAL"].contains(&android["priority"].as_str().unwrap_or_default()) {
        return Err("no priority".to_owned());
    }
    let seconds = android["ttl"]
        .as_str()
        .and_then(|ttl| ttl.strip_suffix('s'));
    if seconds
        .and_then(|ttl| ttl.parse::<u32>().ok())
        .is_none_or(|ttl| ttl > 2_419_200)
    {
        return Err("no ttl".to_owned());
    }
    let data = message["data"].as_object().ok_or("no data")?;
    for (name, value) in data {
        let is_reserved = ["from", "message_type"].contains(&name.as_str())
            || name.starts_with("google")
            || name.starts_with("gcm");
        if is_reserved || !value.is_string() {
            return Err(format!("data: {name}"));
        }
    }
    let headers = message["apns"]["headers"]
        .as_object()
        .ok_or("no headers for Apple")?;
    let collapse = headers["apns-collapse-id"].as_str().unwrap_or_default();
    if collapse.is_empty() || collapse.len() > 64 {
        return Err("apns-collapse-id".to_owned());
    }
    Ok(())
}

impl Inner {
    /// The request for a token (RFC 7523).
    fn check_request(&self, headers: &HeaderMap, body: &str) -> Result<(), String> {
        if headers["content-type"] != "application/x-www-form-urlencoded" {
            return Err("no form".to_owned());
        }
        let assertion = body
            .strip_prefix(GRANT)
            .ok_or_else(|| format!("no grant: {body}"))?;
        let key = DecodingKey::from_rsa_components(MODULUS, "AQAB").unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.set_audience(&[&self.token_url]);
        validation.set_issuer(&[ACCOUNT]);
        let claims = decode::<Value>(assertion, &key, &validation);
        let claims = claims.map_err(|error| error.to_string())?.claims;
        let now = self.clock.now().timestamp();
        let (issued, expires) = (claims["iat"].as_i64(), claims["exp"].as_i64());
        if issued != Some(now) || expires != Some(now + 3_600) {
            return Err(format!("{claims} at {now}"));
        }
        if claims["scope"] != "https://www.googleapis.com/auth/firebase.messaging" {
            return Err(format!("the scope is {}", claims["scope"]));
        }
        Ok(())
    }
}
