//! Every route that needs a token refuses every kind of invalid token: 401 with the same words everywhere.

use crate::{
    accounts::{log_in, mails_of, token_in},
    harness::{Answer, App, Caller},
};
use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tower::ServiceExt;

/// The secret of the harness's configuration.
const SECRET: &str = "a secret for tests that is long enough";
const ABSENT: &str = "01999999-0000-7000-8000-000000000000";

/// What is sent as `Authorization`, and the code that says why not.
struct Try {
    why: &'static str,
    sent: Vec<String>,
    code: &'static str,
}

/// A token of ours, taken apart to be changed.
struct Forge {
    header: Header,
    claims: Value,
}

impl Forge {
    fn of(caller: &Caller) -> Self {
        let token = caller.token().unwrap();
        let payload = token.split('.').nth(1).unwrap();
        Self {
            header: jsonwebtoken::decode_header(&token).unwrap(),
            claims: serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap(),
        }
    }

    /// With another claim, or without it where the value is null.
    fn with(&self, claim: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        let fields = claims.as_object_mut().unwrap();
        if value.is_null() {
            fields.remove(claim);
        } else {
            fields.insert(claim.to_owned(), value);
        }
        signed(&self.header, &claims, SECRET)
    }

    fn by(&self, change: impl FnOnce(&mut Header), secret: &str) -> String {
        let mut header = self.header.clone();
        change(&mut header);
        signed(&header, &self.claims, secret)
    }

    fn unsigned(&self, algorithm: &str) -> String {
        let header = json!({"alg": algorithm, "typ": "JWT", "kid": self.header.kid});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&header), part(&self.claims))
    }
}

fn signed(header: &Header, claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(header, claims, &key).unwrap()
}

fn bearer(why: &'static str, token: &str, code: &'static str) -> Try {
    Try {
        why,
        sent: vec![format!("Bearer {token}")],
        code,
    }
}

/// Tokens that were never ours, or are not for this.
fn forged(forge: &Forge, now: i64) -> Vec<Try> {
    let invalid = |why, token: String| bearer(why, &token, "invalid_token");
    let mut tries = vec![
        invalid("garbage", "garbage".to_owned()),
        invalid("nothing after the scheme", String::new()),
        invalid("three parts of nothing", "a.b.c".to_owned()),
        invalid("no algorithm", forge.unsigned("none")),
        invalid("no algorithm, in capitals", forge.unsigned("NONE")),
        invalid("no signature", forge.unsigned("HS256")),
        invalid(
            "another secret",
            forge.by(|_| (), "another secret that is long enough"),
        ),
        invalid("HS384", forge.by(|h| h.alg = Algorithm::HS384, SECRET)),
        invalid("HS512", forge.by(|h| h.alg = Algorithm::HS512, SECRET)),
        invalid("no kid", forge.by(|h| h.kid = None, SECRET)),
        invalid(
            "unknown kid",
            forge.by(|h| h.kid = Some("unknown".to_owned()), SECRET),
        ),
        invalid(
            "kid of a path",
            forge.by(|h| h.kid = Some("../../dev/null".to_owned()), ""),
        ),
        invalid("another audience", forge.with("aud", json!("others"))),
        invalid("another issuer", forge.with("iss", json!("others"))),
        invalid("not yet", forge.with("nbf", json!(now + 300))),
        invalid("from the future", forge.with("iat", json!(now + 300))),
        invalid("an unknown role", forge.with("role", json!("root"))),
        invalid("a person who is none", forge.with("sub", json!("me"))),
        invalid("an end in words", forge.with("exp", json!("never"))),
    ];
    for claim in ["iss", "aud", "sub", "role", "sid", "jti", "iat", "exp"] {
        tries.push(invalid(
            "a claim is missing",
            forge.with(claim, Value::Null),
        ));
    }
    tries.push(bearer(
        "expired",
        &forge.with("exp", json!(now)),
        "token_expired",
    ));
    tries.push(bearer(
        "of nobody",
        &forge.with("sub", json!(ABSENT)),
        "token_revoked",
    ));
    tries.push(bearer(
        "of no login",
        &forge.with("sid", json!(ABSENT)),
        "token_revoked",
    ));
    tries
}

/// Headers that are not one header of one token.
fn misshapen(token: &str) -> Vec<Try> {
    let sent = |why, sent: &[String]| Try {
        why,
        sent: sent.to_vec(),
        code: "invalid_token",
    };
    let whole = format!("Bearer {token}");
    vec![
        sent("twice", &[whole.clone(), whole]),
        sent("no scheme", &[token.to_owned()]),
        sent("another scheme", &[format!("Basic {token}")]),
        sent("a tab", &[format!("Bearer\t{token}")]),
        sent("two tokens", &[format!("Bearer {token} {token}")]),
        sent("in quotes", &[format!("Bearer \"{token}\"")]),
        sent("empty", &[String::new()]),
    ]
}

async fn calls(app: &App, route: &api::routes::Route, sent: &[String]) -> Answer {
    let path = route.path.replace("{id}", ABSENT);
    let path = path.replace("{messageId}", ABSENT);
    let mut request = Request::builder().method(&route.method).uri(path);
    for value in sent {
        let value = HeaderValue::from_str(value).unwrap();
        request = request.header(header::AUTHORIZATION, value);
    }
    let request = match route.operation.example() {
        Some(example) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(example.to_string())),
        None => request.body(Body::empty()),
    };
    app.stranger().send(request.unwrap()).await
}

/// The routes that mind a token, and whether they need one.
fn guarded() -> Vec<(api::routes::Route, bool)> {
    let (_, routes) = api::routes::all();
    let guarded: Vec<_> = routes
        .into_iter()
        .filter_map(|route| match route.operation.access() {
            api::openapi::Access::SignedIn | api::openapi::Access::Roles(_) => Some((route, true)),
            api::openapi::Access::Anybody => {
                let register = route.path.ends_with("/register");
                register.then_some((route, false))
            }
        })
        .collect();
    assert!(guarded.len() > 25, "only {}", guarded.len());
    guarded
}

/// Tries each of these at every route, and fails unless all are told the same.
async fn all_are_refused(app: &App, tries: &[Try]) {
    let mut told: BTreeMap<&str, Value> = BTreeMap::new();
    for (route, needed) in guarded() {
        for Try { why, sent, code } in tries {
            if sent.is_empty() && !needed {
                continue;
            }
            let about = format!("{} {}: {why}", route.method, route.path);
            let mut answer = calls(app, &route, sent).await;
            assert_eq!(answer.status, 401, "{about}: {}", answer.body);
            assert_eq!(answer.body["code"], **code, "{about}");
            let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
            assert!(challenge.starts_with("Bearer"), "{about}");
            answer.body["requestId"] = Value::Null;
            // A header of another shape is told which shape it should have.
            let kind = if answer.body["detail"]
                .as_str()
                .unwrap()
                .starts_with("Send one")
            {
                "shape"
            } else {
                code
            };
            let first = told.entry(kind).or_insert_with(|| answer.body.clone());
            assert_eq!(*first, answer.body, "{about}");
        }
    }
}

#[tokio::test]
async fn no_route_takes_a_token_that_is_none() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let mut tries = forged(&Forge::of(&eve), app.now().timestamp());
    tries.extend(misshapen(&eve.token().unwrap()));
    tries.push(Try {
        why: "none",
        sent: Vec::new(),
        code: "token_required",
    });
    all_are_refused(&app, &tries).await;
}

#[tokio::test]
async fn credentials_of_another_kind_are_no_access_token() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let login = log_in(&app, "amina@example.com", "SecurePass123!").await;
    let refresh = login.ok()["refreshToken"].as_str().unwrap().to_owned();
    let forgot = json!({"email": "amina@example.com"});
    let anybody = app.stranger();
    let asked = anybody.post("/api/v1/auth/forgot-password", forgot).await;
    asked.ok();
    let ticket = amina.asks("general", "low").await;
    app.admin("Ada").await.closes(&ticket).await.ok();
    app.settle().await;
    let reset = token_in(&mails_of(&app, "reset_password")[0]);
    let secret = &app.cx.config.auth.jwt_secret;
    let survey = domain::tickets::survey::token(secret, ticket.parse().unwrap(), 0);
    let refused = |why, token: &str| bearer(why, token, "invalid_token");
    all_are_refused(
        &app,
        &[
            refused("a refresh token", &refresh),
            refused("the link of a reset", &reset),
            refused("the link of a survey", &survey),
        ],
    )
    .await;
}

#[tokio::test]
async fn no_route_takes_the_token_of_a_login_that_is_over() {
    let app = App::new().await;
    let (eve, gone) = (app.admin("Eve").await, app.admin("Gone").await);
    let (left, closed) = (eve.token().unwrap(), gone.token().unwrap());
    eve.call(axum::http::Method::POST, "/api/v1/auth/logout", None)
        .await
        .ok();
    app.deactivate(&gone).await;
    all_are_refused(
        &app,
        &[
            bearer("logged out", &left, "token_revoked"),
            bearer("deactivated", &closed, "token_revoked"),
        ],
    )
    .await;
    // The session is read in the transaction of the write, and still before the key.
    let path = "/api/v1/support/tickets";
    let unfit = [("idempotency-key", "two words")];
    let body = serde_json::json!({});
    let request = super::request(&gone, axum::http::Method::POST, path, &unfit, &body);
    let answer = api::router(app.cx.clone()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 401);
    app.advance(TimeDelta::minutes(15));
    all_are_refused(&app, &[bearer("expired as well", &left, "token_expired")]).await;
}

#[tokio::test]
async fn the_role_of_the_account_counts_and_not_the_token_s() {
    let app = App::new().await;
    let amina = Forge::of(&app.customer("Amina").await).with("role", json!("admin"));
    let eve = Forge::of(&app.admin("Eve").await).with("role", json!("customer"));
    for (route, needed) in guarded() {
        if !needed || route.path.ends_with("/logout") || route.method != "GET" {
            continue;
        }
        let of_admin = calls(&app, &route, &[format!("Bearer {eve}")]).await;
        let of_customer = calls(&app, &route, &[format!("Bearer {amina}")]).await;
        let staff_alone = matches!(route.operation.access(), api::openapi::Access::Roles(_));
        assert_ne!(of_admin.status, 403, "{}", route.path);
        assert_eq!(of_customer.status == 403, staff_alone, "{}", route.path);
    }
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case_and_spaces_around_the_token_do_not_count() {
    let app = App::new().await;
    let token = app.customer("Amina").await.token().unwrap();
    for sent in [
        format!("bearer {token}"),
        format!("BEARER {token}"),
        format!("Bearer   {token}"),
        format!("Bearer {token}  "),
    ] {
        let request = Request::get("/api/v1/auth/me").header(header::AUTHORIZATION, &sent);
        let request = request.body(Body::empty()).unwrap();
        app.stranger().send(request).await.ok();
    }
}
