//! Rate limits: counted over all processes, reported in headers, kept by each process without Redis.

use super::request;
use crate::harness::{Answer, App, Caller, Database, config, redis_url};
use api::{
    limits::{Limits, Rule, Standing},
    shared_counts::SharedCounts,
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use platform::{
    config::{Config, Settings},
    redis_link::RedisLink,
};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

const LIVE: &str = "/health/live";
const ME: &str = "/api/v1/auth/me";
const LOGIN: &str = "/api/v1/auth/login";

/// More than any machine needs for a count, however busy with other tests.
const PATIENT: Duration = Duration::from_secs(20);

/// A configuration that counts under a prefix of its own.
fn counting(prefix: &str, redis: &str, per_minute: &str) -> Config {
    let settings = Settings::load(|name| {
        let value = match name {
            "DATABASE_URL" => "postgres://127.0.0.1:1/none",
            "REDIS_URL" => redis,
            "REDIS_PREFIX" => prefix,
            "JWT_SECRET" => "a secret for tests that is long enough",
            "RATE_LIMIT_PER_MINUTE" | "RATE_LIMIT_AUTH_PER_MINUTE" => per_minute,
            _ => return None,
        };
        Some(value.to_owned())
    });
    let mut config = Config::read(&settings.unwrap()).unwrap();
    config.redis.patience = PATIENT;
    config
}

/// The limits of a process.
fn limits(config: &Config) -> Limits {
    let link = RedisLink::new(config.redis.url.clone());
    let counts = SharedCounts::new(link, &config.redis);
    Limits::new(config.http.rate_limits, counts)
}

async fn take(limits: &Limits, who: &str) -> Standing {
    limits.take(Rule::Caller, who).await.unwrap()
}

/// Calls until there is a refusal; returns it with the number of calls before.
pub async fn until_refused(mut call: impl AsyncFnMut() -> Answer) -> (usize, Answer) {
    let began = Instant::now();
    let mut before = 0;
    loop {
        let answer = call().await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return (before, answer);
        }
        before += 1;
        assert!(began.elapsed() < PATIENT, "{before} calls, none refused");
    }
}

#[tokio::test]
async fn a_limit_is_kept_to_the_call_and_shared_by_all_processes() {
    let database = Database::new().await;
    let config = counting(&database.name, &redis_url(), "5");
    let processes = [0; 2].map(|_| limits(&config));
    for (process, remaining) in processes.iter().cycle().zip([4, 3, 2, 1, 0]) {
        let standing = take(process, "ann").await;
        assert!(standing.allowed);
        assert_eq!((standing.limit, standing.remaining), (5, remaining));
        assert!(standing.reset <= Duration::from_mins(1));
    }
    for process in &processes {
        let over = take(process, "ann").await;
        assert!(!over.allowed);
        assert_eq!(over.remaining, 0);
        assert!(over.reset > Duration::from_secs(20));
    }
    assert!(take(&processes[0], "zoe").await.allowed, "another caller");
    let login = processes[0].take(Rule::Authentication, "ann").await;
    assert!(login.unwrap().allowed, "another limit");
}

#[tokio::test]
async fn calls_leave_the_window_after_a_minute() {
    let database = Database::new().await;
    let config = counting(&database.name, &redis_url(), "2");
    let limits = limits(&config);
    take(&limits, "ann").await;
    take(&limits, "ann").await;
    assert!(!take(&limits, "ann").await.allowed);
    // As if the older call had been made 61 seconds earlier.
    let client = redis::Client::open(redis_url()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let key = format!("{}:limit:caller:ann", database.name);
    let at: i64 = redis::cmd("LINDEX")
        .arg(&key)
        .arg(-1)
        .query_async(&mut redis)
        .await
        .unwrap();
    redis::cmd("LSET")
        .arg(&key)
        .arg(-1)
        .arg(at - 61_000)
        .exec_async(&mut redis)
        .await
        .unwrap();
    let standing = take(&limits, "ann").await;
    assert!(standing.allowed);
    assert_eq!(standing.remaining, 0);
    assert!(!take(&limits, "ann").await.allowed);
    let ttl: i64 = redis::cmd("PTTL")
        .arg(&key)
        .query_async(&mut redis)
        .await
        .unwrap();
    assert!((1..=60_000).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn a_call_too_many_is_told_when_to_come_back() {
    let app = App::with(&[("RATE_LIMIT_PER_MINUTE", "3")]).await;
    let routers = [0; 2].map(|_| Caller::stranger(api::router(app.cx.clone())));
    let mut turns = routers.iter().cycle();
    let (_, over) = until_refused(async || turns.next().unwrap().get(ME).await).await;
    assert_eq!(over.refused(429), "rate_limited");
    let number = |name: &str| -> u64 { over.headers[name].to_str().unwrap().parse().unwrap() };
    assert!((1..=60).contains(&number("retry-after")));
    assert_eq!(number("ratelimit-limit"), 3);
    assert_eq!(number("ratelimit-remaining"), 0);
    assert_eq!(number("ratelimit-reset"), number("retry-after"));
    assert!(over.headers.contains_key("x-request-id"));
    // Health checks are not counted.
    let health = routers[0].get(LIVE).await;
    health.ok();
    assert!(!health.headers.contains_key("ratelimit-limit"));
}

#[tokio::test]
async fn answers_tell_how_the_caller_stands_failures_too() {
    let app = App::with(&[("RATE_LIMIT_PER_MINUTE", "1000")]).await;
    let ann = app.customer("Ann").await;
    let began = Instant::now();
    for path in [ME, "/api/v1/nowhere"] {
        // A count that did not come in time is left out.
        while !ann
            .get(path)
            .await
            .headers
            .contains_key("ratelimit-remaining")
        {
            assert!(began.elapsed() < PATIENT);
        }
    }
}

#[tokio::test]
async fn people_have_limits_of_their_own_whatever_their_address() {
    let app = App::with(&[("RATE_LIMIT_PER_MINUTE", "3")]).await;
    let (ann, zoe) = (app.customer("Ann").await, app.customer("Zoe").await);
    until_refused(async || ann.get(ME).await).await;
    zoe.get(ME).await.ok();
}

#[tokio::test]
async fn logins_are_limited_by_address() {
    let set = [
        ("RATE_LIMIT_AUTH_PER_MINUTE", "3"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
    ];
    let app = App::with(&set).await;
    let stranger = app.stranger();
    let login = |peer: &str, forwarded: &str| {
        let body = json!({"email": "nobody@example.com", "password": "wrong"});
        let headers = [("x-forwarded-for", forwarded)];
        let mut request = request(&stranger, Method::POST, LOGIN, &headers, &body);
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    };
    // Behind the proxy, addresses count for themselves.
    until_refused(async || stranger.send(login("10.0.0.1:9", "1.1.1.1")).await).await;
    let other = stranger.send(login("10.0.0.1:9", "1.1.1.2")).await;
    assert_eq!(other.refused(401), "invalid_credentials");
    // A stranger's word for where it comes from is worth nothing.
    let mut last = 0;
    let lies = async || {
        last += 1;
        stranger
            .send(login("8.8.8.8:9", &format!("1.1.2.{last}")))
            .await
    };
    until_refused(lies).await;
    // The limit of logins is for logins.
    assert_eq!(
        stranger.get(ME).await.refused(401),
        "token_required",
        "reading"
    );
}

#[tokio::test]
async fn zero_turns_a_limit_off() {
    let database = Database::new().await;
    let limits = limits(&counting(&database.name, &redis_url(), "0"));
    assert_eq!(limits.take(Rule::Caller, "ann").await, None);
    assert_eq!(limits.take(Rule::Authentication, "ann").await, None);
}

#[tokio::test]
async fn the_limits_are_on_by_default() {
    let settings = Settings::load(|_| None).unwrap();
    assert_eq!(settings.get("RATE_LIMIT_PER_MINUTE"), "600");
    assert_eq!(settings.get("RATE_LIMIT_AUTH_PER_MINUTE"), "30");
    let database = Database::new().await;
    let config = config(
        &database,
        &std::env::temp_dir(),
        &[("RATE_LIMIT_PER_MINUTE", "600")],
    );
    assert_eq!(config.http.rate_limits.per_caller.unwrap().get(), 600);
}

/// Whether the process keeps the limit by itself, and nobody waits for long.
async fn keeps_it_by_itself(redis: &str) {
    let app = App::with(&[("RATE_LIMIT_PER_MINUTE", "2"), ("REDIS_URL", redis)]).await;
    let stranger = app.stranger();
    let began = Instant::now();
    for _ in 0..2 {
        assert_eq!(stranger.get(ME).await.refused(401), "token_required");
    }
    for _ in 0..18 {
        let over = stranger.get(ME).await;
        assert_eq!(over.refused(429), "rate_limited");
        assert_eq!(over.headers["ratelimit-limit"], "2");
        assert!(over.headers.contains_key("retry-after"));
    }
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn without_redis_each_process_keeps_limits_by_itself() {
    keeps_it_by_itself("redis://127.0.0.1:1").await;
}

#[tokio::test]
async fn with_a_redis_that_hangs_each_process_keeps_limits_by_itself() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    keeps_it_by_itself(&format!("redis://{address}")).await;
}

#[tokio::test]
async fn a_preflight_is_not_counted() {
    let set = [
        ("RATE_LIMIT_PER_MINUTE", "1"),
        ("CORS_ORIGINS", "https://app.example.com"),
    ];
    let app = App::with(&set).await;
    for _ in 0..5 {
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri(ME)
            .header(header::ORIGIN, "https://app.example.com")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
        let answer = app
            .stranger()
            .send(preflight.body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}
