//! An issuer of tokens, with keys and claims of its own.

use crate::harness::App;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::{net::TcpListener, task::JoinSet};

const ISSUER: &str = "https://login.example.org/";

/// A key pair of the test's own, with the name that it is published under.
pub(super) struct Key {
    pub(super) id: &'static str,
    pub(super) algorithm: Algorithm,
    pub(super) signing: EncodingKey,
}

impl Key {
    /// PKCS #8 around 32 bytes that any seed will do for (RFC 5915 and RFC 8410).
    pub(super) fn ec(id: &'static str, seed: u8) -> Self {
        let head = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA=";
        Self {
            id,
            algorithm: Algorithm::ES256,
            signing: EncodingKey::from_ec_der(&around(head, seed)),
        }
    }

    pub(super) fn ed(id: &'static str, seed: u8) -> Self {
        Self {
            id,
            algorithm: Algorithm::EdDSA,
            signing: EncodingKey::from_ed_der(&around("MC4CAQAwBQYDK2VwBCIEIA==", seed)),
        }
    }

    pub(super) fn rsa(id: &'static str) -> Self {
        Self {
            id,
            algorithm: Algorithm::RS256,
            signing: EncodingKey::from_rsa_der(&STANDARD.decode(RSA).unwrap()),
        }
    }

    pub(super) fn published(&self) -> Value {
        let mut key = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        key.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(key).unwrap()
    }

    pub(super) fn signs(&self, claims: &Value) -> String {
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
pub(super) struct Issuer {
    published: Arc<Mutex<Published>>,
    url: String,
    _server: JoinSet<()>,
}

impl Issuer {
    pub(super) async fn with(keys: &[&Key]) -> Self {
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

    pub(super) fn publishes(&self, keys: &[&Key]) {
        let keys = keys.iter().map(|key| key.published()).collect();
        self.published.lock().unwrap().keys = Some(keys);
    }

    pub(super) fn goes_away(&self) {
        self.published.lock().unwrap().keys = None;
    }

    pub(super) fn asked(&self) -> usize {
        self.published.lock().unwrap().asked
    }

    pub(super) async fn app(&self, trust_roles: &str) -> App {
        self.app_with(trust_roles, "0").await
    }

    pub(super) async fn app_with(&self, trust_roles: &str, per_minute: &str) -> App {
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

pub(super) fn claims(app: &App, subject: &str) -> Value {
    let now = app.now().timestamp();
    json!({
        "iss": ISSUER, "aud": "support", "sub": subject, "iat": now, "exp": now + 3600,
        "email": format!("{subject}@example.org"), "email_verified": true,
        "given_name": "Olive", "family_name": "Outside",
    })
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
