//! Failed logins are throttled, whether the account exists or not.

use super::{ME, PASSWORD, log_in};
use crate::harness::App;
use api::{
    client::ClientAddress,
    throttle::{Account, Throttle},
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use futures_util::future::join_all;
use serde_json::json;
use shared::people::LoginAddress;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::sync::Semaphore;

#[tokio::test]
async fn after_ten_failures_an_account_is_closed_to_logins_for_a_while() {
    let app = App::new().await;
    app.customer("Amina").await;
    for email in ["amina@example.com", "nobody@example.com"] {
        for _ in 0..10 {
            let refused = log_in(&app, email, "WrongPass123!").await;
            assert_eq!(refused.refused(401), "invalid_credentials");
        }
        let refused = log_in(&app, &email.to_uppercase(), PASSWORD).await;
        assert_eq!(refused.refused(429), "too_many_failures");
        let wait: u32 = refused.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=900).contains(&wait));
    }
}

#[tokio::test]
async fn a_success_clears_the_failures_of_an_account() {
    let app = App::new().await;
    app.customer("Amina").await;
    for _ in 0..3 {
        for _ in 0..9 {
            let refused = log_in(&app, "amina@example.com", "WrongPass123!").await;
            assert_eq!(refused.status, 401);
        }
        log_in(&app, "amina@example.com", PASSWORD).await.ok();
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_count_as_well() {
    let app = App::new().await;
    app.customer("Amina").await;
    let guesses = (0..20).map(|_| log_in(&app, "amina@example.com", "WrongPass123!"));
    let mut refused = 0;
    let mut set = Vec::new();
    for guess in guesses {
        set.push(Box::pin(guess));
    }
    let answers = join_all(set).await;
    for answer in answers {
        refused += u32::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn no_letter_that_some_program_takes_for_another_leads_to_an_account() {
    let app = App::new().await;
    app.customer("Kiki").await;
    // PostgreSQL's lower case of a dotted capital I is i, that of the Kelvin sign is k.
    for other in [
        "K\u{130}ki@example.com",
        "kik\u{130}@example.com",
        "\u{212a}iki@example.com",
    ] {
        let refused = log_in(&app, other, PASSWORD).await;
        assert_eq!(refused.refused(401), "invalid_credentials", "{other}");
    }
    for _ in 0..10 {
        let refused = log_in(&app, "kiki@example.com", "WrongPass123!").await;
        assert_eq!(refused.status, 401);
    }
    let refused = log_in(&app, "KIKI@example.com", PASSWORD).await;
    assert_eq!(refused.refused(429), "too_many_failures");
    let other = log_in(&app, "K\u{130}ki@example.com", PASSWORD).await;
    assert_eq!(other.refused(401), "invalid_credentials");
}

#[tokio::test]
async fn right_passwords_at_the_same_time_are_not_taken_for_wrong_ones() {
    let app = App::new().await;
    let throttle = Throttle::new(&app.cx.config);
    let address = LoginAddress::given("amina@example.com");
    let (looks, answers) = (&Semaphore::new(0), &Semaphore::new(0));
    let attempt = || {
        let client = ClientAddress(IpAddr::V4(Ipv4Addr::LOCALHOST));
        throttle.guard(Account::Address(&address), client, async move {
            looks.add_permits(1);
            answers.acquire().await.unwrap().forget();
            Ok(())
        })
    };
    let one_too_many = async {
        looks.acquire_many(10).await.unwrap().forget();
        let refused = attempt().await.unwrap_err();
        assert_eq!(refused.code(), "attempts_at_once");
        answers.add_permits(10);
    };
    let (let_through, ()) = tokio::join!(join_all((0..10).map(|_| attempt())), one_too_many);
    assert!(let_through.iter().all(Result::is_ok));
    answers.add_permits(1);
    attempt().await.unwrap();
}

#[tokio::test]
async fn a_client_that_tries_many_accounts_is_throttled_and_others_are_not() {
    let app = App::new().await;
    app.customer("Amina").await;
    let from = async |peer: &str, email: String, password: &str| {
        let body = json!({"email": email, "password": password});
        let request = Request::post(super::LOGIN)
            .header("content-type", "application/json")
            .extension(ConnectInfo::<SocketAddr>(peer.parse().unwrap()))
            .body(Body::from(body.to_string()));
        app.stranger().send(request.unwrap()).await
    };
    for number in 0..30 {
        let email = format!("guess{number}@example.com");
        let refused = from("192.0.2.7:1000", email, "WrongPass123!").await;
        assert_eq!(refused.status, 401);
    }
    let amina = || "amina@example.com".to_owned();
    let refused = from("192.0.2.7:2000", amina(), PASSWORD).await;
    assert_eq!(refused.refused(429), "too_many_failures");
    from("192.0.2.8:1000", amina(), PASSWORD).await.ok();
}

#[tokio::test]
async fn whoever_took_over_a_session_cannot_guess_the_password_with_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let body = json!({"currentPassword": "WrongPass123!", "newPassword": "Another pass phrase"});
    for _ in 0..5 {
        let put = amina.put("/api/v1/auth/password", body.clone()).await;
        assert_eq!(put.status, 422);
        let wish = json!({"email": "new@example.org", "currentPassword": "WrongPass123!"});
        assert_eq!(amina.patch(ME, wish).await.status, 422);
    }
    let refused = amina.put("/api/v1/auth/password", body).await;
    assert_eq!(refused.refused(429), "too_many_failures");
}

#[tokio::test]
async fn without_redis_everybody_is_let_through() {
    let app = App::with(&[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    app.customer("Amina").await;
    for _ in 0..12 {
        let refused = log_in(&app, "amina@example.com", "WrongPass123!").await;
        assert_eq!(refused.status, 401);
    }
    log_in(&app, "amina@example.com", PASSWORD).await.ok();
}
