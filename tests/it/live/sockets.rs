//! Socket.IO: who may connect, what is caught up on, and when a connection ends.

use super::{follow, line, newest, overflows, said_again, seats::ask};
use crate::harness::{App, Caller, Frame, Serving, Socket, eventually, minutes, within};
use serde_json::{Value, json};
use std::time::Duration;

async fn refusal(serving: &Serving, auth: Value) -> String {
    match Socket::connect(serving.address(), &auth).await {
        Ok(_) => panic!("{auth} was admitted"),
        Err(code) => code,
    }
}

#[tokio::test]
async fn a_socket_needs_a_valid_token_and_is_refused_by_a_code() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let token = amina.token().unwrap();
    for (auth, code) in [
        (json!({}), "token_required"),
        (json!(null), "token_required"),
        (json!({"token": 7}), "token_required"),
        (json!({"token": "x"}), "invalid_token"),
        (json!({"token": token, "after": "x"}), "invalid_position"),
    ] {
        assert_eq!(refusal(&serving, auth.clone()).await, code, "{auth}");
    }
    app.advance(minutes(16));
    assert_eq!(
        refusal(&serving, json!({"token": token})).await,
        "token_expired"
    );
    amina.post("/api/v1/auth/logout", json!({})).await.ok();
    let token = amina.token().unwrap();
    assert_eq!(
        refusal(&serving, json!({"token": token})).await,
        "token_revoked"
    );
}

#[tokio::test]
async fn a_socket_gets_what_happens_while_it_is_connected() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let mut socket = serving.socket(&amina, None).await;
    let start = socket.until("position").await;
    let id = amina.asks("general", "low").await;
    let event = socket.until("ticket:created").await;
    assert_eq!(event["ticketId"], id.as_str());
    assert_eq!(event["ticket"], amina.ticket(&id).await.without_messages());
    // The same as by a page, but for the position, which says nothing.
    let (mut told, _) = follow(&amina, start["position"].as_str().unwrap(), 100).await;
    told[0]["position"] = event["position"].clone();
    assert_eq!(told, [event]);
}

trait WithoutMessages {
    fn without_messages(self) -> Self;
}

impl WithoutMessages for Value {
    fn without_messages(mut self) -> Self {
        self.as_object_mut().unwrap().shift_remove("messages");
        self
    }
}

#[tokio::test]
async fn a_client_that_was_away_catches_up_without_a_gap_and_gets_nothing_twice() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let mut socket = serving.socket(&amina, None).await;
    socket.until("position").await;
    let id = amina.asks("general", "low").await;
    let seen = socket.until("ticket:created").await;
    drop(socket);
    for count in 0..120 {
        amina.says(&id, &format!("away {count}")).await.created();
    }
    let mut again = serving.socket(&amina, seen["position"].as_str()).await;
    amina.says(&id, "back").await.created();
    let is_last = |_: &str, event: &Value| event["message"]["message"] == "back";
    let events = again.events_until(is_last).await;
    let texts: Vec<_> = events
        .iter()
        .map(|(_, event)| event["message"]["message"].clone())
        .collect();
    let expected: Vec<_> = (0..120)
        .map(|count| json!(format!("away {count}")))
        .collect();
    assert_eq!(texts, expected);
}

/// Within two seconds, which is the promise.
async fn is_closed(socket: &mut Socket, code: &str) {
    let closing = async {
        assert_eq!(socket.until("closing").await, json!({"code": code}));
        assert_eq!(socket.frame().await, Frame::Disconnected);
    };
    let closed = tokio::time::timeout(Duration::from_secs(2), closing).await;
    assert!(closed.is_ok(), "not closed within two seconds: {code}");
}

#[tokio::test]
async fn a_socket_ends_with_its_session_its_account_and_its_token() {
    let app = App::new().await;
    let serving = app.serves().await;
    let (amina, baraka, chen) = (
        app.customer("Amina").await,
        app.customer("Baraka").await,
        app.customer("Chen").await,
    );
    let mut sockets = Vec::new();
    for who in [&amina, &baraka, &chen] {
        sockets.push(serving.socket(who, None).await);
    }
    amina.post("/api/v1/auth/logout", json!({})).await.ok();
    is_closed(&mut sockets[0], "token_revoked").await;
    app.deactivate(&baraka).await;
    is_closed(&mut sockets[1], "token_revoked").await;
    app.advance(minutes(16));
    is_closed(&mut sockets[2], "token_expired").await;
}

#[tokio::test]
async fn a_fresh_token_of_the_same_person_keeps_a_socket_connected() {
    let app = App::new().await;
    let serving = app.serves().await;
    let (amina, baraka) = (app.customer("Amina").await, app.customer("Baraka").await);
    let mut socket = serving.socket(&amina, None).await;
    app.advance(minutes(14));
    let refused = [
        (json!({"token": "x"}), "invalid_token"),
        (json!({"token": baraka.token()}), "invalid_token"),
        (json!({}), "token_required"),
    ];
    for (auth, code) in refused {
        assert_eq!(
            socket.asks("auth", &auth).await,
            json!({"success": false, "code": code})
        );
    }
    let renewed = socket.asks("auth", &json!({"token": amina.token()})).await;
    assert_eq!(renewed, json!({"success": true}));
    app.advance(minutes(10));
    let id = amina.asks("general", "low").await;
    assert_eq!(
        socket.until("ticket:created").await["ticketId"],
        id.as_str()
    );
    app.advance(minutes(6));
    is_closed(&mut socket, "token_expired").await;
}

#[tokio::test]
async fn a_changed_role_ends_a_socket_and_it_comes_back_in_the_new_role() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let rose = app.admin("Rose").await;
    let mut socket = serving.socket(&sarah, None).await;
    let first = amina.asks("billing", "low").await;
    let seen = socket.until("ticket:created").await;
    assert_eq!(seen["ticketId"], first.as_str());
    let path = format!("/api/v1/admin/users/{}", sarah.id());
    rose.patch(&path, json!({"role": "customer"})).await.ok();
    is_closed(&mut socket, "role_changed").await;
    // The token is still that of the session.
    let mut again = serving.socket(&sarah, seen["position"].as_str()).await;
    amina.asks("billing", "low").await;
    let own = app
        .same(&json!({"id": sarah.id(), "role": "customer"}))
        .await;
    let id = own.asks("general", "low").await;
    let is_own = |_: &str, event: &Value| event["ticketId"] == id.as_str();
    let between: Vec<_> = again.events_until(is_own).await;
    let between: Vec<_> = between.iter().map(|(_, event)| line(event)).collect();
    assert!(
        between.iter().all(|line| !line.contains("created")),
        "{between:?}"
    );
}

#[tokio::test]
async fn a_changed_role_ends_a_socket_whose_token_is_renewed_before_anybody_looks() {
    let app = App::new().await;
    let serving = app.serves().await;
    let sarah = app.agent("Sarah", "general").await;
    let mut socket = serving.socket(&sarah, None).await;
    socket.until("position").await;
    app.sql(
        "update users set role = 'customer' where id = $1::uuid",
        &sarah.id(),
    )
    .await;
    let token = json!(["auth", {"token": sarah.token()}]);
    socket.sends(&format!("42{token}")).await;
    is_closed(&mut socket, "role_changed").await;
}

#[tokio::test]
async fn a_person_has_a_limited_number_of_connections() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(serving.socket(&amina, None).await);
    }
    let auth = json!({"token": amina.token()});
    assert_eq!(
        refusal(&serving, auth.clone()).await,
        "too_many_connections"
    );
    sockets.pop();
    eventually("a place is free again", async || {
        Socket::connect(serving.address(), &auth).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_nothing_and_holds_up_nobody() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let mut slow = serving.socket(&amina, None).await;
    let mut quick = serving.socket(&sarah, None).await;
    let text = "x".repeat(9_000);
    let id = amina.asks("general", "low").await;
    app.settle().await;
    amina.says(&id, &text).await.created();
    quick.until("ticket:message").await;
    said_again(&app, &id, 400).await;
    let last = amina.says(&id, "last");
    let is_last = |_: &str, event: &Value| event["message"]["message"] == "last";
    let (read, said) = tokio::join!(quick.events_until(is_last), last);
    said.created();
    let messages = |events: &[(String, Value)]| {
        let messages = events.iter().filter(|(name, _)| name == "ticket:message");
        messages.count()
    };
    assert_eq!(messages(&read), 400);
    assert_eq!(messages(&slow.events_until(is_last).await), 401);
}

/// Ends the right of a person whose client does not read: its connection is closed within two seconds, which is the
/// promise.
async fn is_cut_after(end: impl AsyncFnOnce(&App, &Caller)) {
    let app = App::with(&[("SOCKET_LIMIT_PER_ADDRESS", "1")]).await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let deaf = serving.socket(&amina, None).await;
    overflows(&app, &amina).await;
    end(&app, &amina).await;
    within(Duration::from_secs(2), "its place is free", async || {
        ask(serving.address(), "8.8.8.1").await.0 == 101
    })
    .await;
    drop(deaf);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_within_two_seconds_of_the_end_of_its_session() {
    is_cut_after(async |_: &App, amina: &Caller| {
        amina.post("/api/v1/auth/logout", json!({})).await.ok();
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_within_two_seconds_of_the_end_of_its_account() {
    is_cut_after(async |app: &App, amina: &Caller| app.deactivate(amina).await).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_within_two_seconds_of_a_change_of_its_role() {
    is_cut_after(async |app: &App, amina: &Caller| {
        let change = "update users set role = 'technician' where id = $1::uuid";
        app.sql(change, &amina.id()).await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_within_two_seconds_of_the_end_of_its_token() {
    is_cut_after(async |app: &App, _: &Caller| app.advance(minutes(16))).await;
}

#[tokio::test]
async fn a_socket_ends_with_its_account_also_while_its_events_wait_for_the_database() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let old = newest(&amina).await;
    amina.asks("general", "low").await;
    let mut held = app.cx.pool.begin().await.unwrap();
    sqlx::query("lock table ticket_events in access exclusive mode")
        .execute(&mut *held)
        .await
        .unwrap();
    let mut socket = serving.socket(&amina, Some(&old)).await;
    socket.until("position").await;
    app.deactivate(&amina).await;
    is_closed(&mut socket, "token_revoked").await;
    held.rollback().await.unwrap();
}

#[tokio::test]
async fn nonsense_from_a_client_harms_nobody() {
    let app = App::new().await;
    let serving = app.serves().await;
    let (amina, baraka) = (app.customer("Amina").await, app.customer("Baraka").await);
    let mut other = serving.socket(&baraka, None).await;
    let long = format!("42{}", json!(["auth", {"token": "x".repeat(100_000)}]));
    for frame in [
        "",
        "9",
        "42",
        "42[]",
        "42[7]",
        "42[\"auth\"]",
        "4251-[\"auth\",{}]",
        "41",
        &long,
    ] {
        let mut socket = serving.socket(&amina, None).await;
        socket.sends(frame).await;
    }
    let mut flooding = serving.socket(&amina, None).await;
    for _ in 0..500 {
        flooding.sends("42[\"auth\",{\"token\":\"x\"}]").await;
    }
    let id = baraka.asks("general", "low").await;
    assert_eq!(other.until("ticket:created").await["ticketId"], id.as_str());
}

#[tokio::test]
async fn a_page_of_another_site_may_connect_only_where_it_may_call_the_api() {
    let app = App::with(&[("CORS_ORIGINS", "https://help.example.com")]).await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let address = serving.address();
    let auth = json!({"token": amina.token()});
    let own = format!("http://{address}");
    for (origin, is_admitted) in [
        ("https://help.example.com", true),
        (own.as_str(), true),
        ("https://evil.example.com", false),
        ("null", false),
    ] {
        let connected = Socket::connect_from(address, Some(origin), &auth).await;
        let refused = connected.err();
        let expected = (!is_admitted).then_some("origin_not_allowed");
        assert_eq!(refused.as_deref(), expected, "{origin}");
    }
}

#[tokio::test]
async fn a_process_that_stops_closes_its_sockets_so_that_clients_connect_again() {
    let app = App::new().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let mut socket = serving.socket(&amina, None).await;
    let start = socket.until("position").await;
    serving.stop().await;
    assert_eq!(
        socket.frame().await,
        Frame::Closed,
        "and not disconnected for good"
    );
    let id = amina.asks("general", "low").await;
    let again = app.serves().await;
    let mut socket = again.socket(&amina, start["position"].as_str()).await;
    assert_eq!(
        socket.until("ticket:created").await["ticketId"],
        id.as_str()
    );
}
