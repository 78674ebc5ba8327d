//! Tokens of an outside issuer: checked by its published keys, and accounts that come with them.

mod issuer;

use super::{ME, PASSWORD, log_in, mails_of};
use crate::{
    guards::until_refused,
    harness::{Answer, App},
};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use issuer::{Issuer, Key, claims};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

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
async fn a_token_that_no_published_key_signed_for_us_and_now_is_refused() {
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
async fn without_published_keys_no_token_can_be_verified() {
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
    // The address has no attempts left; a valid token is not limited by them.
    let (more, _) = until_refused(async || app.stranger().get(ME).await).await;
    assert!(more < 4, "{more} more calls");
    me(&app, &oscar).await.ok();
}

#[tokio::test]
async fn a_token_grants_staff_roles_only_where_configured() {
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
