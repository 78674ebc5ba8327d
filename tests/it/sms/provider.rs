//! The providers, played on this machine. They check what they get as strictly as the real ones: the path, the headers, and
//! that a form has exactly the fields that it must have. What is wrong is answered as the real ones do, so that the test of
//! an accepted message fails.

use super::{NUMBER, PUBLIC_URL, Played};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};
use tokio::task::JoinSet;

pub const ACCOUNT_SID: &str = "AC0123456789abcdef0123456789abcdef";
pub const AUTH_TOKEN: &str = "fedcba9876543210fedcba9876543210";
/// A messaging service.
pub const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
pub const API_KEY: &str = "atsk_0123456789abcdef";

/// The settings of an account at a provider.
pub const fn account(played: Played) -> &'static [(&'static str, &'static str)] {
    match played {
        Played::AfricasTalking => &[
            ("SMS_PROVIDER", "africas_talking"),
            ("AFRICAS_TALKING_USERNAME", "acme"),
            ("AFRICAS_TALKING_API_KEY_SECRET", API_KEY),
            ("SMS_SENDER", "BaiTech"),
        ],
        Played::Twilio => &[
            ("SMS_PROVIDER", "twilio"),
            ("TWILIO_ACCOUNT_SID", ACCOUNT_SID),
            ("TWILIO_AUTH_TOKEN_SECRET", AUTH_TOKEN),
            ("SMS_SENDER", "+15005550006"),
        ],
    }
}

/// How a provider answers a request that is right.
#[derive(Debug, Clone)]
pub enum Answers {
    /// It accepts the message, under a new id.
    Accepts,
    /// This status, these headers and this body.
    With(u16, Vec<(&'static str, String)>, String),
    /// It takes the request and says nothing.
    Silence,
    /// It takes the request and closes the connection in the middle of its answer.
    Half,
}

impl Answers {
    pub fn json(status: u16, body: &Value) -> Self {
        let json = ("content-type", "application/json".to_owned());
        Self::With(status, vec![json], body.to_string())
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self::With(status, Vec::new(), body.to_owned())
    }
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub form: BTreeMap<String, String>,
    pub wrong: Vec<String>,
}

struct Inner {
    played: Played,
    arrived: Mutex<Vec<Arrived>>,
    next: Mutex<VecDeque<Answers>>,
    accepted: Mutex<usize>,
}

/// A provider that serves until it is dropped.
pub struct Provider {
    pub url: String,
    inner: Arc<Inner>,
    _serving: JoinSet<()>,
}

impl Provider {
    pub async fn new(played: Played) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            played,
            arrived: Mutex::default(),
            next: Mutex::default(),
            accepted: Mutex::default(),
        });
        let app = Router::new().fallback(take).with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            url,
            inner,
            _serving: serving,
        }
    }

    /// How it answers the next request.
    pub fn answers(&self, answers: Answers) {
        self.inner.next.lock().unwrap().push_back(answers);
    }

    /// The forms that arrived since the last time, right or wrong.
    pub fn forms(&self) -> Vec<BTreeMap<String, String>> {
        let arrived = std::mem::take(&mut *self.inner.arrived.lock().unwrap());
        arrived.into_iter().map(|request| request.form).collect()
    }

    /// What arrived since the last time. Nothing of it may be wrong.
    pub fn arrived(&self) -> Vec<Arrived> {
        let arrived = std::mem::take(&mut *self.inner.arrived.lock().unwrap());
        for request in &arrived {
            assert_eq!(request.wrong, [""; 0], "{request:?}");
        }
        arrived
    }
}

/// The id of the `count`-th message that a provider accepted.
pub fn id(played: Played, count: usize) -> String {
    match played {
        Played::AfricasTalking => format!("ATXid_{count:032x}"),
        Played::Twilio => format!("SM{count:032x}"),
    }
}

async fn take(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let form = parse(&text);
    let mut wrong = Vec::new();
    if method != Method::POST {
        wrong.push(format!("the method {method}"));
    }
    let content = headers
        .get("content-type")
        .map(|value| value.to_str().unwrap());
    if content != Some("application/x-www-form-urlencoded") {
        wrong.push(format!("the content type {content:?}"));
    }
    let refusal = match inner.played {
        Played::AfricasTalking => check_africas_talking(&uri, &headers, &form, &mut wrong),
        Played::Twilio => check_twilio(&uri, &headers, &form, &mut wrong),
    };
    let is_wrong = !wrong.is_empty();
    inner.arrived.lock().unwrap().push(Arrived { form, wrong });
    if is_wrong {
        return refusal;
    }
    let answers = inner.next.lock().unwrap().pop_front();
    match answers.unwrap_or(Answers::Accepts) {
        Answers::Accepts => accept(&inner),
        Answers::With(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Answers::Silence => std::future::pending().await,
        Answers::Half => {
            let parts = [
                Ok(Bytes::from_static(b"{\"sid\": \"SM")),
                Err(std::io::Error::other("it broke off")),
            ];
            Body::from_stream(futures_util::stream::iter(parts)).into_response()
        }
    }
}

fn accept(inner: &Inner) -> Response {
    let mut accepted = inner.accepted.lock().unwrap();
    *accepted += 1;
    let id = id(inner.played, *accepted);
    let body = match inner.played {
        Played::AfricasTalking => json!({"SMSMessageData": {
            "Message": "Sent to 1/1 Total Cost: KES 0.8000 Message parts: 1",
            "Recipients": [{
                "cost": "KES 0.8000", "messageId": id, "messageParts": 1,
                "number": NUMBER, "status": "Success", "statusCode": 101,
            }],
        }}),
        Played::Twilio => json!({
            "account_sid": ACCOUNT_SID, "api_version": "2010-04-01", "body": "…", "direction": "outbound-api",
            "error_code": null, "error_message": null, "from": "+15005550006", "num_segments": "1",
            "price": null, "sid": id, "status": "queued", "to": NUMBER,
            "uri": format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{id}.json"),
        }),
    };
    (StatusCode::CREATED, axum::Json(body)).into_response()
}

/// The fields of a form. A field that is sent twice is a mistake.
fn parse(text: &str) -> BTreeMap<String, String> {
    let decode = |part: &str| {
        let mut bytes = Vec::new();
        let mut rest = part.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let mut form = BTreeMap::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        let before = form.insert(decode(name), decode(value));
        assert!(before.is_none(), "{name} is sent twice");
    }
    form
}

/// Notes every field that is missing, and every one that is not known.
fn check_fields(form: &BTreeMap<String, String>, needed: &[&str], wrong: &mut Vec<String>) {
    let named: Vec<_> = form.keys().map(String::as_str).collect();
    let mut needed = needed.to_vec();
    needed.sort_unstable();
    if named != needed {
        wrong.push(format!("the fields {named:?}"));
    }
}

fn check_africas_talking(
    uri: &Uri,
    headers: &HeaderMap,
    form: &BTreeMap<String, String>,
    wrong: &mut Vec<String>,
) -> Response {
    if uri != "/version1/messaging" {
        wrong.push(format!("the path {uri}"));
    }
    check_fields(
        form,
        &["username", "to", "message", "bulkSMSMode", "from"],
        wrong,
    );
    if headers.get("apikey").is_none_or(|key| key != API_KEY) || form["username"] != "acme" {
        wrong.push("the login".to_owned());
        return (
            StatusCode::UNAUTHORIZED,
            "The supplied authentication is invalid",
        )
            .into_response();
    }
    // Without it the answer is XML.
    if headers
        .get("accept")
        .is_none_or(|kind| kind != "application/json")
    {
        wrong.push("what it accepts".to_owned());
        return (StatusCode::CREATED, "<AfricasTalkingResponse/>").into_response();
    }
    check_number(&form["to"], wrong);
    if form["bulkSMSMode"] != "1" || form["from"] != "BaiTech" || form["message"].is_empty() {
        wrong.push("a field".to_owned());
    }
    (StatusCode::BAD_REQUEST, "The request content was malformed").into_response()
}

fn check_twilio(
    uri: &Uri,
    headers: &HeaderMap,
    form: &BTreeMap<String, String>,
    wrong: &mut Vec<String>,
) -> Response {
    if uri.to_string() != format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json") {
        wrong.push(format!("the path {uri}"));
    }
    let login = STANDARD.encode(format!("{ACCOUNT_SID}:{AUTH_TOKEN}"));
    let sent = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap());
    if sent != Some(format!("Basic {login}").as_str()) {
        wrong.push("the login".to_owned());
        let body = json!({"code": 20003, "message": "Authenticate", "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401});
        return (StatusCode::UNAUTHORIZED, axum::Json(body)).into_response();
    }
    let service = form.get("MessagingServiceSid");
    let sender = if service.is_some() {
        "MessagingServiceSid"
    } else {
        "From"
    };
    check_fields(form, &["To", sender, "Body", "StatusCallback"], wrong);
    check_number(&form["To"], wrong);
    let callback = format!("{PUBLIC_URL}/api/v1/notifications/sms/twilio/");
    let id = form
        .get("StatusCallback")
        .and_then(|url| url.strip_prefix(&callback));
    let id = id.unwrap_or_default();
    let is_id = id.parse::<uuid::Uuid>().is_ok();
    let is_sender = service.map_or(form[sender] == "+15005550006", |sid| sid == SERVICE);
    if !is_id || !is_sender || form["Body"].is_empty() {
        wrong.push("a field".to_owned());
    }
    let body = json!({"code": 21604, "message": "A field is missing", "more_info": "https://www.twilio.com/docs/errors/21604", "status": 400});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}

fn check_number(number: &str, wrong: &mut Vec<String>) {
    if number != NUMBER {
        wrong.push(format!("the number {number}"));
    }
}
