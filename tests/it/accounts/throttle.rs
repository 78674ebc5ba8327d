//! Failed logins are throttled, whether the account exists or not.

use super::{ME, PASSWORD, log_in, mails_of};
use crate::harness::{Answer, App, redis_url};
use actions::error::ActionError;
use api::{
    client::ClientAddress,
    shared_counts::SharedCounts,
    throttle::{Account, Throttle},
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use chrono::TimeDelta;
use domain::people::LoginAddress;
use futures_util::future::join_all;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::{net::TcpListener, sync::Semaphore};

/// A login from an address.
async fn from(app: &App, peer: &str, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    let peer: SocketAddr = format!("{peer}:1000").parse().unwrap();
    let request = Request::post(super::LOGIN)
        .header("content-type", "application/json")
        .extension(ConnectInfo(peer))
        .body(Body::from(body.to_string()));
    app.stranger().send(request.unwrap()).await
}

/// As many wrong passwords as lock the account for their sender.
async fn guesses(app: &App, peer: &str, email: &str) {
    for _ in 0..10 {
        let refused = from(app, peer, email, "WrongPass123!").await;
        assert_eq!(refused.refused(401), "invalid_credentials");
    }
    let refused = from(app, peer, email, PASSWORD).await;
    assert_eq!(refused.refused(429), "too_many_failures");
}

fn throttle(app: &App) -> Throttle {
    let counts = SharedCounts::new(app.cx.redis.clone(), &app.cx.config.redis);
    Throttle::new(app.cx.clone(), counts)
}

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
    let throttle = throttle(&app);
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
    for number in 0..30 {
        let email = format!("guess{number}@example.com");
        let refused = from(&app, "192.0.2.7", &email, "WrongPass123!").await;
        assert_eq!(refused.status, 401);
    }
    let amina = "amina@example.com";
    let refused = from(&app, "192.0.2.7", amina, PASSWORD).await;
    assert_eq!(refused.refused(429), "too_many_failures");
    from(&app, "192.0.2.8", amina, PASSWORD).await.ok();
}

#[tokio::test]
async fn a_stolen_session_cannot_be_used_to_guess_the_password() {
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
async fn wrong_passwords_from_elsewhere_do_not_keep_the_owner_of_an_account_out() {
    let app = App::new().await;
    app.customer("Amina").await;
    for elsewhere in ["192.0.2.7", "[2001:db8:1:2:3:4:5:6]"] {
        guesses(&app, elsewhere, "amina@example.com").await;
        from(&app, "192.0.2.8", "amina@example.com", PASSWORD)
            .await
            .ok();
    }
    // The rest of a household is the same client.
    let refused = from(
        &app,
        "[2001:db8:1:2:6:5:4:3]",
        "amina@example.com",
        PASSWORD,
    )
    .await;
    assert_eq!(refused.refused(429), "too_many_failures");
}

#[tokio::test]
async fn very_many_wrong_passwords_from_everywhere_slow_an_account_down_and_do_not_close_it() {
    let app = App::new().await;
    let throttle = &throttle(&app);
    let address = &LoginAddress::given("amina@example.com");
    let attempt = async |client: u8, outcome: Result<(), ActionError>| {
        let client = ClientAddress(IpAddr::V4(Ipv4Addr::new(192, 0, 2, client)));
        let account = Account::Address(address);
        throttle
            .guard(account, client, async move { outcome })
            .await
    };
    let wrong = || Err(ActionError::Unauthenticated("invalid_credentials"));
    for client in 0..100 {
        let refused = attempt(client % 20, wrong()).await.unwrap_err();
        assert_eq!(refused.code(), "invalid_credentials");
    }
    let refused = attempt(100, wrong()).await.unwrap_err();
    assert_eq!(refused.code(), "invalid_credentials", "the one in a while");
    let refused = attempt(101, Ok(())).await.unwrap_err();
    assert_eq!(refused.code(), "too_many_failures");
    // As if the few seconds were over.
    let client = redis::Client::open(redis_url()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let pattern = format!("{}:failures:at:*", app.cx.config.redis.prefix);
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg(pattern)
        .query_async(&mut redis)
        .await
        .unwrap();
    let key = keys.iter().find(|key| !key.ends_with(":looks")).unwrap();
    let mut over = redis::cmd("HDEL");
    over.arg(key)
        .arg("next")
        .exec_async(&mut redis)
        .await
        .unwrap();
    attempt(101, Ok(())).await.unwrap();
}

#[tokio::test]
async fn the_owner_is_told_once_of_wrong_passwords_and_nobody_of_those_for_no_account() {
    let app = App::new().await;
    app.customer("Amina").await;
    let told = async || {
        app.settle().await;
        mails_of(&app, "too_many_failures").len()
    };
    guesses(&app, "192.0.2.6", "nobody@example.com").await;
    assert_eq!(told().await, 0);
    guesses(&app, "192.0.2.7", "amina@example.com").await;
    assert_eq!(told().await, 1);
    assert_eq!(mails_of(&app, "too_many_failures")[0].name(), "amina");
    // Others, in the same quarter of an hour.
    guesses(&app, "192.0.2.8", "Amina@example.com").await;
    assert_eq!(told().await, 1);
    for (elsewhere, so_far) in [(9, 2), (10, 3), (11, 4), (12, 4)] {
        app.advance(TimeDelta::minutes(16));
        guesses(&app, &format!("192.0.2.{elsewhere}"), "amina@example.com").await;
        assert_eq!(told().await, so_far, "four in a day");
    }
}

#[tokio::test]
async fn the_owner_is_told_of_guesses_with_a_session_that_somebody_took_over() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let body = json!({"currentPassword": "WrongPass123!", "newPassword": "Another pass phrase"});
    for _ in 0..10 {
        assert_eq!(
            amina
                .put("/api/v1/auth/password", body.clone())
                .await
                .status,
            422
        );
    }
    app.settle().await;
    assert_eq!(mails_of(&app, "too_many_failures").len(), 1);
}

/// Ten failures are counted by the process, and the eleventh attempt is refused.
async fn counts_by_itself(redis: &str) {
    let app = App::with(&[("REDIS_URL", redis)]).await;
    app.customer("Amina").await;
    guesses(&app, "192.0.2.7", "amina@example.com").await;
    from(&app, "192.0.2.8", "amina@example.com", PASSWORD)
        .await
        .ok();
    app.settle().await;
    assert_eq!(mails_of(&app, "too_many_failures").len(), 1);
}

#[tokio::test]
async fn without_redis_each_process_counts_wrong_passwords_by_itself() {
    counts_by_itself("redis://127.0.0.1:1").await;
}

#[tokio::test]
async fn with_a_redis_that_hangs_each_process_counts_wrong_passwords_by_itself() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    counts_by_itself(&format!("redis://{address}")).await;
}
