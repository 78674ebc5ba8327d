//! Tokens of an outside issuer: checked by its published keys, and accounts that come with them.

use super::{ME, PASSWORD, log_in, mails_of};
use crate::{
    guards::until_refused,
    harness::{Answer, App},
};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Request, StatusCode},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::{net::TcpListener, task::JoinSet};

const ISSUER: &str = "https://login.example.org/";

/// A key pair of the test's own, with the name that it is published under.
struct Key {
    id: &'static str,
    algorithm: Algorithm,
    signing: EncodingKey,
}

impl Key {
    /// PKCS #8 around 32 bytes that any seed will do for (RFC 5915 and RFC 8410).
    fn ec(id: &'static str, seed: u8) -> Self {
        let head = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA=";
        Self {
            id,
            algorithm: Algorithm::ES256,
            signing: EncodingKey::from_ec_der(&around(head, seed)),
        }
    }

    fn ed(id: &'static str, seed: u8) -> Self {
        Self {
            id,
            algorithm: Algorithm::EdDSA,
            signing: EncodingKey::from_ed_der(&around("MC4CAQAwBQYDK2VwBCIEIA==", seed)),
        }
    }

    fn rsa(id: &'static str) -> Self {
        Self {
            id,
            algorithm: Algorithm::RS256,
            signing: EncodingKey::from_rsa_der(&STANDARD.decode(RSA).unwrap()),
        }
    }

    fn published(&self) -> Value {
        let mut key = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        key.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(key).unwrap()
    }

    fn signs(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.to_owned());
        jsonwebtoken::encode(&header, claims, &self.signing).unwrap()
    }
}

fn around(head: &str, seed: u8) -> Vec<u8> {
    let mut key = STANDARD.decode(head).unwrap();
    key.extend([seed; 32]);
    key
}

/// What the issuer answers with at present, and how often it was asked.
#[derive(Default)]
struct Published {
    keys: Option<Vec<Value>>,
    asked: usize,
}

/// An issuer whose keys can be changed, and which can be away.
struct Issuer {
    published: Arc<Mutex<Published>>,
    url: String,
    _server: JoinSet<()>,
}

impl Issuer {
    async fn with(keys: &[&Key]) -> Self {
        let published = Arc::new(Mutex::new(Published::default()));
        let answer = async |State(published): State<Arc<Mutex<Published>>>| {
            let mut published = published.lock().unwrap();
            published.asked += 1;
            match &published.keys {
                Some(keys) => (StatusCode::OK, json!({"keys": keys}).to_string()),
                None => (StatusCode::BAD_GATEWAY, String::new()),
            }
        };
        let router = Router::new()
            .route("/jwks", get(answer))
            .with_state(published.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let issuer = Self {
            published,
            url,
            _server: server,
        };
        issuer.publishes(keys);
        issuer
    }

    fn publishes(&self, keys: &[&Key]) {
        let keys = keys.iter().map(|key| key.published()).collect();
        self.published.lock().unwrap().keys = Some(keys);
    }

    fn goes_away(&self) {
        self.published.lock().unwrap().keys = None;
    }

    fn asked(&self) -> usize {
        self.published.lock().unwrap().asked
    }

    async fn app(&self, trust_roles: &str) -> App {
        self.app_with(trust_roles, "0").await
    }

    async fn app_with(&self, trust_roles: &str, per_minute: &str) -> App {
        App::with(&[
            ("AUTH_JWKS_URL", &self.url),
            ("AUTH_JWKS_ISSUER", ISSUER),
            ("AUTH_JWKS_AUDIENCE", "support"),
            ("AUTH_JWKS_TRUST_ROLES", trust_roles),
            ("RATE_LIMIT_PER_MINUTE", per_minute),
        ])
        .await
    }
}

fn claims(app: &App, subject: &str) -> Value {
    let now = app.now().timestamp();
    json!({
        "iss": ISSUER, "aud": "support", "sub": subject, "iat": now, "exp": now + 3600,
        "email": format!("{subject}@example.org"), "email_verified": true,
        "given_name": "Olive", "family_name": "Outside",
    })
}

async fn call(app: &App, method: &str, path: &str, token: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty());
    app.stranger().send(request.unwrap()).await
}

async fn me(app: &App, token: &str) -> Answer {
    call(app, "GET", ME, token).await
}

#[tokio::test]
async fn the_first_request_of_somebody_makes_the_account_and_the_next_find_it() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    let app = issuer.app("false").await;
    let token = key.signs(&claims(&app, "olive"));
    let (one, two) = tokio::join!(me(&app, &token), me(&app, &token));
    let user = one.ok()["user"].clone();
    assert_eq!(two.ok()["user"], user);
    assert_eq!(user["firstName"], "Olive");
    assert_eq!(user["email"], "olive@example.org");
    assert_eq!(user["role"], "customer");
    let users = "select count(*) from users";
    assert_eq!(app.count(users).await, 1);
    app.settle().await;
    assert!(mails_of(&app, "confirm_email").is_empty(), "it is verified");
    // Logins and passwords are the issuer's affair.
    let refused = call(&app, "POST", "/api/v1/auth/logout", &token).await;
    assert_eq!(refused.refused(409), "login_elsewhere");
    let refused = log_in(&app, "olive@example.org", PASSWORD).await;
    assert_eq!(refused.refused(401), "invalid_credentials");
    let forgot = json!({"email": "olive@example.org"});
    let asked = app
        .stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await;
    asked.ok();
    app.settle().await;
    assert!(app.mails().is_empty());
}

#[tokio::test]
async fn keys_of_the_three_kinds_are_accepted() {
    let keys = [Key::ec("ec", 1), Key::ed("ed", 2), Key::rsa("rsa")];
    let issuer = Issuer::with(&[&keys[0], &keys[1], &keys[2]]).await;
    let app = issuer.app("false").await;
    for key in &keys {
        me(&app, &key.signs(&claims(&app, key.id))).await.ok();
    }
    assert_eq!(issuer.asked(), 1, "what is known is not asked for");
}

#[tokio::test]
async fn what_is_not_signed_by_a_published_key_for_us_and_now_is_refused() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    let app = issuer.app("false").await;
    let now = app.now().timestamp();
    for (claim, value) in [
        ("iss", json!("https://others.example.org/")),
        ("aud", json!("others")),
        ("aud", Value::Null),
        ("sub", json!("")),
        ("exp", json!(now)),
        ("exp", Value::Null),
        ("nbf", json!(now + 300)),
        ("iat", json!(now + 300)),
    ] {
        let mut wrong = claims(&app, "olive");
        wrong[claim] = value;
        assert_eq!(me(&app, &key.signs(&wrong)).await.status, 401, "{wrong}");
    }
    let good = claims(&app, "olive");
    let impostor = Key::ec("one", 9);
    assert_eq!(me(&app, &impostor.signs(&good)).await.status, 401);
    // The public key taken for a secret, a signature of another kind, and none at all.
    let public = key.published().to_string();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("one".to_owned());
    let secret = EncodingKey::from_secret(public.as_bytes());
    let confused = jsonwebtoken::encode(&header, &good, &secret).unwrap();
    assert_eq!(me(&app, &confused).await.refused(401), "invalid_token");
    let other = Key {
        id: "one",
        ..Key::ed("", 1)
    };
    assert_eq!(me(&app, &other.signs(&good)).await.status, 401);
    let signed = key.signs(&good);
    let payload = signed.split('.').nth(1).unwrap();
    let none = format!("eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.{payload}.");
    assert_eq!(me(&app, &none).await.refused(401), "invalid_token");
    me(&app, &signed).await.ok();
}

#[tokio::test]
async fn new_keys_are_asked_for_once_a_minute_and_old_ones_outlive_an_outage() {
    let (old, new) = (Key::ec("old", 1), Key::ec("new", 2));
    let issuer = Issuer::with(&[&old]).await;
    let app = issuer.app("false").await;
    let day = |key: &Key| {
        let mut claims = claims(&app, "olive");
        claims["exp"] = json!(app.now().timestamp() + 86_400);
        key.signs(&claims)
    };
    me(&app, &day(&old)).await.ok();
    issuer.publishes(&[&old, &new]);
    assert_eq!(me(&app, &day(&new)).await.status, 401, "a moment ago");
    assert_eq!(issuer.asked(), 1);
    app.advance(TimeDelta::minutes(1));
    me(&app, &day(&new)).await.ok();
    assert_eq!(issuer.asked(), 2);
    issuer.goes_away();
    app.advance(TimeDelta::hours(2));
    for _ in 0..5 {
        me(&app, &day(&old)).await.ok();
    }
    assert_eq!(issuer.asked(), 3);
    // A key that is withdrawn is good no longer.
    issuer.publishes(&[&new]);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(me(&app, &day(&old)).await.status, 401);
    me(&app, &day(&new)).await.ok();
}

#[tokio::test]
async fn as_long_as_no_keys_could_be_had_nobody_can_tell() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    issuer.goes_away();
    let app = issuer.app("false").await;
    let token = key.signs(&claims(&app, "olive"));
    for _ in 0..2 {
        assert_eq!(me(&app, &token).await.refused(503), "unavailable");
    }
    app.customer("Amina").await.get(ME).await.ok();
}

#[tokio::test]
async fn everybody_from_outside_has_a_limit_and_bad_tokens_count_for_their_address() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    let app = issuer.app_with("false", "4").await;
    let token = |who: &str| key.signs(&claims(&app, who));
    let (olive, oscar) = (token("olive"), token("oscar"));
    // As long as no key is known, calls count for the address: this one fetches the keys.
    me(&app, &olive).await.ok();
    until_refused(async || me(&app, &olive).await).await;
    me(&app, &oscar).await.ok();
    // Another token of the same person is the same caller.
    let mut again = claims(&app, "olive");
    again["jti"] = json!("another");
    let again = key.signs(&again);
    let (more, _) = until_refused(async || me(&app, &again).await).await;
    assert!(more < 4, "{more} more calls");
    let impostor = Key::ec("one", 9);
    let unknown = Key::ec("unknown", 2);
    let mut tokens = 0;
    let bad = async || {
        tokens += 1;
        let who = format!("somebody{tokens}");
        let by = if tokens % 2 == 0 { &impostor } else { &unknown };
        me(&app, &by.signs(&claims(&app, &who))).await
    };
    until_refused(bad).await;
    // The address has none left; whoever has a good token has.
    let (more, _) = until_refused(async || app.stranger().get(ME).await).await;
    assert!(more < 4, "{more} more calls");
    me(&app, &oscar).await.ok();
}

#[tokio::test]
async fn who_is_of_the_staff_is_believed_only_where_it_is_said_so() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    for (trust, role) in [("false", "customer"), ("true", "support")] {
        let app = issuer.app(trust).await;
        let mut claims = claims(&app, "olive");
        claims["role"] = json!("support");
        let token = key.signs(&claims);
        assert_eq!(me(&app, &token).await.ok()["user"]["role"], role);
        let path = "/api/v1/support/availability";
        let staff = call(&app, "GET", path, &token).await.status == 200;
        assert_eq!(staff, trust == "true");
    }
}

#[tokio::test]
async fn what_somebody_may_do_is_decided_here_from_then_on() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    let app = issuer.app("true").await;
    let token = key.signs(&claims(&app, "olive"));
    let id = me(&app, &token).await.ok()["user"]["id"].clone();
    let eve = app.admin("Eve").await;
    let path = format!("/api/v1/admin/users/{}", id.as_str().unwrap());
    eve.patch(&path, json!({"role": "support"})).await.ok();
    call(&app, "GET", "/api/v1/support/dashboard", &token)
        .await
        .ok();
    eve.patch(&path, json!({"active": false})).await.ok();
    assert_eq!(me(&app, &token).await.refused(401), "token_revoked");
}

#[tokio::test]
async fn an_account_that_was_made_here_is_not_taken_over() {
    let key = Key::ec("one", 1);
    let issuer = Issuer::with(&[&key]).await;
    let app = issuer.app("false").await;
    app.customer("Amina").await;
    let mut same = claims(&app, "somebody");
    same["email"] = json!("AMINA@example.com");
    let refused = me(&app, &key.signs(&same)).await;
    assert_eq!(refused.refused(409), "email_taken");
    let mut nameless = claims(&app, "nameless");
    nameless["email"] = Value::Null;
    let refused = me(&app, &key.signs(&nameless)).await;
    assert_eq!(refused.refused(403), "email_missing");
    let mut unverified = claims(&app, "new");
    unverified["email_verified"] = json!(false);
    me(&app, &key.signs(&unverified)).await.ok();
    app.settle().await;
    assert_eq!(mails_of(&app, "confirm_email").len(), 1);
}

/// A key that opens nothing but these tests.
const RSA: &str = "\
    MIIEowIBAAKCAQEAngGfKyMKRyy4w5203vViO3dIqH73ugK9nU33siUM7tLof/HyVpbB31nra3Cs\
    mxXa5mR/Y/1uo4ktBl+LVMCiQnPconkxWCrL8yoPrSOOzCEvGeNBN9aG00koPfS63NLCv4LxHRVA\
    hh1Mrrp4iiLygqzDp3f6aVUgOGGMBRc4ODAPoziJ5xbykioCdO+MU2ObmwpltS9EF0OcXr02dMyr\
    L61GRcN3/CJNhkCoLjzLxA36z5+MVnbgRynu6fcwr60L9eP3ovFqqas5G+BOKGhwRlnnlLF+tf44\
    N4l0KTXn4lD8wLiYmDnfprElahgVwtUV+Nz1VfMUPS/1H9+cWK4TIwIDAQABAoIBAAoBs0lhljiM\
    ugTVe4t1QevfMZBOPjUfEFAijHHRS+DiJYxYz86xDIUvJiwvPhcySqM1sSWterDLsrjJG0NaUcxg\
    lxQJFdluGG2Fd+mwq039OgTrMgmtwesmonBOC/mJNYE4czmyy1vTBjS4pYKmFPK2q0tzWz4JgJlh\
    gCMgZdSVCR7nOzWAgt0wQB/20hbVoOE1ZUJeaAsfsrJCLzoFZU15iNEemJ8uNJyPrd6zhyKMyt6+\
    o/pTutFiR/ialDCkFRPsQ4LqpGwUAUmKOGAiO3FkohDmPb8jSzqjFHZQwmdjJUp4ULxhES7IgiPV\
    X8g68nI/QFKVDgMRoMdgnj02IPECgYEA02P5rFSBy/yvMPi0IfSNoxImcTu6gQwNrr0Huy77iYG+\
    9+lhB5GUn6B8grwpI+UlP0hne0Awvfa/K4DJSd0QRBZKdQwtAyEWryxfg/ihS6rO0Yfu8h8BHve+\
    YPyqkFNmZZHKdwqxkVrD4SdjiV64BJpYycWdds29r5o7L1bcuTECgYEAv1mnSBv1r+aM1xW5dDLg\
    OivsONRkXFCljE3sxygMkglJukpJeZbhc98mCRyAxsxROOOdLR9ME8A0ZuYjdbB0xKpxHT0bWfNS\
    HlVN6NmqvCVcbaHplUtGWdzPSzdTE7O0fJ+M0bpS40Lo7EjnNfjO6MWxj9V0I/NG+2n8R+L8fJMC\
    gYBrhPBbPOiADtg0+mr00mSwSu0OryiftrfG5xLlnHIIcNvnUOcvaFbGEmUCQh5SyZx2YadwwyeH\
    l9eIkwrO7Qf2+beJbVX/v3bARruWboHr8McdQBzDPg3d6HkG77z5h9IPW2Y1wlSq8BWtkdFI78p9\
    XNxIVKFQ6jjO9o2f+HhwIQKBgQCulEx0FNZeaxlabz6pjnVXfZVi8By0wPuZe8solRiK8KBsr7RD\
    k+4UOqbIL1IqjmUYY0qWzXQqnPTyYMw/ZwPSHrNe+s6GjeIBPND9PgJw8CFZAR1NEcWY3UXfmRVZ\
    514nSaY//x/6qqQ6V/VjH6Mfaqcq1JPG7QF5BmSe7bBwswKBgDCjKUagOL3lAINxIo5ggzxKkN16\
    OUewIfhzfJqV8bnH8TaBTWdjiMcZAo3evKHQT1G67lybf0IiYZr3CW/gNnAtNCEP8kE0NL/HmQGt\
    N91eAlLisOB/NerY07IaXwBRpZLcbUSm3pUFnifNybHQXqwtBnOKTfZNU8KbeNwVpMUe";
