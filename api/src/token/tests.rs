//! Access tokens: issued, expired, of another secret or algorithm.

use super::*;
use platform::config::StaffRegistration;
use serde_json::{Value, json};

const SECRET: &str = "0123456789012345678901234567890123456789";

fn tokens(secret: &str, issuer: &str, audience: &str) -> Tokens {
    Tokens::new(&auth(secret, issuer, audience))
}

fn auth(secret: &str, issuer: &str, audience: &str) -> config::Auth {
    config::Auth {
        hash_cost: domain::people::HashCost::OWASP,
        jwt_secret: secret.into(),
        previous_jwt_secret: None,
        issuer: issuer.to_owned(),
        audience: audience.to_owned(),
        staff_registration: StaffRegistration::Closed,
        bootstrap_admin: None,
        outside: None,
    }
}

fn ours() -> Tokens {
    tokens(SECRET, "us", "them")
}

fn noon() -> DateTime<Utc> {
    "2025-10-01T12:00:00Z".parse().unwrap()
}

impl Tokens {
    /// The bearer of a valid token.
    fn bearer_of(&self, token: &str, now: DateTime<Utc>) -> Result<Bearer, Refused> {
        self.verify(token, now).map(|verified| verified.bearer)
    }
}

fn bearer() -> Bearer {
    Bearer {
        user: UserId(Uuid::from_u128(1)),
        role: Role::Support,
        session: SessionId(Uuid::from_u128(2)),
    }
}

fn issued(by: &Tokens) -> String {
    by.issue(bearer(), Uuid::from_u128(3), noon()).unwrap()
}

/// A token that differs from an issued one only by `change`.
fn forged(header: &Header, change: impl Fn(&mut Value)) -> String {
    let mut claims = json!({
        "iss": "us", "aud": "them", "sub": Uuid::from_u128(1), "role": "support",
        "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
        "iat": noon().timestamp(), "exp": noon().timestamp() + 900,
    });
    change(&mut claims);
    jsonwebtoken::encode(
        header,
        &claims,
        &EncodingKey::from_secret(SECRET.as_bytes()),
    )
    .unwrap()
}

#[test]
fn a_token_is_valid_for_15_minutes_by_the_given_clock() {
    let token = issued(&ours());
    assert_eq!(ours().bearer_of(&token, noon()), Ok(bearer()));
    let last = noon() + LIFETIME - TimeDelta::seconds(1);
    assert_eq!(ours().bearer_of(&token, last), Ok(bearer()));
    assert_eq!(
        ours().bearer_of(&token, noon() + LIFETIME),
        Err(Refused::Expired)
    );
    let before = noon() - TimeDelta::hours(1);
    assert_eq!(ours().bearer_of(&token, before), Err(Refused::Invalid));
}

#[test]
fn tokens_of_other_issuers_are_refused() {
    for others in [
        tokens(&SECRET.replace('0', "1"), "us", "them"),
        tokens(SECRET, "others", "them"),
        tokens(SECRET, "us", "others"),
    ] {
        assert_eq!(
            ours().bearer_of(&issued(&others), noon()),
            Err(Refused::Invalid)
        );
    }
    for text in ["", ".", "a.b.c", "Bearer"] {
        assert_eq!(ours().bearer_of(text, noon()), Err(Refused::Invalid));
    }
}

#[test]
fn a_token_of_the_previous_secret_is_valid_until_it_expires() {
    let changed = Tokens::new(&config::Auth {
        previous_jwt_secret: Some(SECRET.into()),
        ..auth(&SECRET.replace('0', "1"), "us", "them")
    });
    assert_eq!(changed.bearer_of(&issued(&ours()), noon()), Ok(bearer()));
    assert_eq!(changed.bearer_of(&issued(&changed), noon()), Ok(bearer()));
    assert_eq!(
        ours().bearer_of(&issued(&changed), noon()),
        Err(Refused::Invalid)
    );
}

#[test]
fn every_claim_is_needed() {
    let header = ours().header;
    let verify = |token: &str| ours().bearer_of(token, noon());
    assert_eq!(verify(&forged(&header, |_| ())), Ok(bearer()));
    for claim in ["iss", "aud", "sub", "role", "sid", "jti", "iat", "exp"] {
        let token = forged(&header, |claims| {
            claims.as_object_mut().unwrap().remove(claim);
        });
        assert_eq!(verify(&token), Err(Refused::Invalid), "without {claim}");
    }
}

#[test]
fn one_algorithm_and_one_key_are_accepted() {
    let verify = |token: &str| ours().bearer_of(token, noon());
    let mut other_algorithm = Header::new(Algorithm::HS512);
    other_algorithm.kid = ours().header.kid;
    assert_eq!(
        verify(&forged(&other_algorithm, |_| ())),
        Err(Refused::Invalid)
    );
    let no_key = Header::new(Algorithm::HS256);
    assert_eq!(verify(&forged(&no_key, |_| ())), Err(Refused::Invalid));
    let token = issued(&ours());
    let (_, rest) = token.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    assert_eq!(verify(&format!("{none}.{payload}.")), Err(Refused::Invalid));
}
