//! Clients that missed more than is kept, or more than is caught up on: each is told to load anew, and goes on from there
//! without a gap.

use super::{EVENTS, follow, newest, overflows, position, said_again, streams::Stream};
use crate::harness::{App, Caller, Frame, Http, Serving, Socket};
use actions::job_list::Job;
use serde_json::{Value, json};

/// More changes than a client may be behind, and one part of the feed more: it is noticed at the end of a part.
const TOO_MANY: i32 = 5_600;

/// A system that serves, and a customer.
async fn served() -> (App, Serving, Caller) {
    let app = App::new().await;
    let (serving, amina) = (app.serves().await, app.customer("Amina").await);
    (app, serving, amina)
}

/// That many changes of a ticket of somebody else, which a client of another customer is not told.
async fn happens_to_others(app: &App, times: i32) {
    let baraka = app.customer("Baraka").await;
    let id = baraka.asks("general", "low").await;
    baraka.says(&id, "And then?").await.created();
    said_again(app, &id, times).await;
    // They have their positions.
    newest(&baraka).await;
}

/// A position whose following events are no longer kept.
async fn pruned(app: &App, caller: &Caller) -> String {
    caller.asks("general", "low").await;
    let old = newest(caller).await;
    caller.asks("general", "low").await;
    newest(caller).await;
    app.advance(chrono::TimeDelta::days(3));
    app.run(&Job::Prune).await;
    old
}

/// The position of the next event of a socket, which has to be `resync`.
async fn is_resynced(socket: &mut Socket) -> String {
    loop {
        match socket.frame().await {
            Frame::Event(name, content) if name == "resync" => return position(&content),
            Frame::Event(name, _) if name == "position" => {}
            other => panic!("{other:?} in place of a resync"),
        }
    }
}

/// Nothing has happened after that position, and what happens next is the next that the socket is told.
async fn goes_on(socket: &mut Socket, caller: &Caller, after: &str) {
    assert_eq!(follow(caller, after, 100).await.0, [Value::Null; 0]);
    let id = caller.asks("general", "low").await;
    let is_created =
        |name: &str, event: &Value| name == "ticket:created" && event["ticketId"] == id.as_str();
    assert_eq!(socket.events_until(is_created).await, []);
}

#[tokio::test]
async fn a_socket_with_a_position_that_is_no_longer_kept_is_told_to_load_anew() {
    let (app, serving, amina) = served().await;
    let old = pruned(&app, &amina).await;
    let mut socket = serving.socket(&amina, Some(&old)).await;
    let after = is_resynced(&mut socket).await;
    goes_on(&mut socket, &amina, &after).await;
}

#[tokio::test]
async fn a_socket_that_is_too_far_behind_is_told_to_load_anew() {
    let (app, serving, amina) = served().await;
    let old = newest(&amina).await;
    happens_to_others(&app, TOO_MANY).await;
    // It is not told, although it comes last: the client finds it when it loads anew.
    amina.asks("general", "low").await;
    let mut socket = serving.socket(&amina, Some(&old)).await;
    let after = is_resynced(&mut socket).await;
    goes_on(&mut socket, &amina, &after).await;
}

#[tokio::test]
async fn a_socket_that_is_nearly_too_far_behind_catches_up() {
    let (app, serving, amina) = served().await;
    let old = newest(&amina).await;
    happens_to_others(&app, 4_900).await;
    let id = amina.asks("general", "low").await;
    let mut socket = serving.socket(&amina, Some(&old)).await;
    let is_created = |_: &str, event: &Value| event["ticketId"] == id.as_str();
    assert_eq!(socket.events_until(is_created).await, []);
}

#[tokio::test]
async fn a_socket_that_does_not_read_for_too_long_is_told_to_load_anew() {
    let (app, serving, amina) = served().await;
    let mut slow = serving.socket(&amina, None).await;
    let id = overflows(&app, &amina).await;
    happens_to_others(&app, TOO_MANY).await;
    amina.says(&id, "missed").await.created();
    newest(&amina).await;
    let mut told = 0;
    let after = loop {
        match slow.frame().await {
            Frame::Event(name, content) if name == "resync" => break position(&content),
            Frame::Event(_, content) => {
                told += usize::from(!content["message"].is_null());
                assert_ne!(content["message"]["message"], "missed");
            }
            other => panic!("{other:?} in place of a resync"),
        }
    };
    // What was said before it fell behind; what was said afterwards it loads.
    assert_eq!(told, 601);
    goes_on(&mut slow, &amina, &after).await;
}

/// A stream of a person after a position.
async fn resumed(serving: &Serving, who: &Caller, after: &str) -> Stream {
    Stream::open(serving.address(), who, Some(after)).await
}

/// The next event of a stream is `resync`, and what happens next is told after it: also to a client that connects again
/// with the id of the `resync`.
async fn stream_is_resynced(serving: &Serving, mut stream: Stream, caller: &Caller) {
    let (name, id, data) = stream.event().await;
    assert_eq!(name, "resync");
    assert_eq!(data, json!({"position": id}));
    assert_eq!(follow(caller, &id, 100).await.0, [Value::Null; 0]);
    let ticket = caller.asks("general", "low").await;
    let again = resumed(serving, caller, &id).await;
    for mut stream in [stream, again] {
        let (name, _, data) = stream.event().await;
        assert_eq!(name, "ticket:created");
        assert_eq!(data["ticketId"], ticket.as_str());
    }
}

#[tokio::test]
async fn a_stream_with_a_position_that_is_no_longer_kept_is_told_to_load_anew() {
    let (app, serving, amina) = served().await;
    let old = pruned(&app, &amina).await;
    let stream = resumed(&serving, &amina, &old).await;
    stream_is_resynced(&serving, stream, &amina).await;
}

#[tokio::test]
async fn a_stream_that_is_too_far_behind_is_told_to_load_anew() {
    let (app, serving, amina) = served().await;
    let old = newest(&amina).await;
    happens_to_others(&app, TOO_MANY).await;
    amina.asks("general", "low").await;
    let stream = resumed(&serving, &amina, &old).await;
    stream_is_resynced(&serving, stream, &amina).await;
}

#[tokio::test]
async fn a_stream_that_does_not_read_for_too_long_is_told_to_load_anew() {
    let (app, serving, amina) = served().await;
    let mut slow = Stream::open(serving.address(), &amina, None).await;
    overflows(&app, &amina).await;
    happens_to_others(&app, TOO_MANY).await;
    let mut told = 0;
    let after = loop {
        let (name, id, data) = slow.event().await;
        match name.as_str() {
            "resync" => break id,
            _ => told += usize::from(!data["message"].is_null()),
        }
    };
    assert_eq!(told, 601);
    assert_eq!(follow(&amina, &after, 100).await.0, [Value::Null; 0]);
}

#[tokio::test]
async fn a_long_poll_with_a_position_that_is_no_longer_kept_is_refused_at_once() {
    let (app, serving, amina) = served().await;
    let old = pruned(&app, &amina).await;
    let path = format!("{EVENTS}?after={old}&wait=25");
    let polled = Http::at(serving.address())
        .get(&path, &amina.token().unwrap())
        .await;
    assert_eq!((polled.0, &polled.1["code"]), (410, &json!("events_gone")));
}
