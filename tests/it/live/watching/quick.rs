//! Clients that change their mind before they are answered.

use super::{Desk, names, opens, types, viewers};
use crate::harness::Frame;
use serde_json::json;

#[tokio::test]
async fn a_ticket_that_is_left_before_it_is_open_has_no_viewer_left() {
    let desk = Desk::new().await;
    let mut rose = desk.opened(1, &desk.rose).await;
    let mut sarah = desk.socket(0, &desk.sarah).await;
    for _ in 0..5 {
        for name in ["ticket:view", "ticket:leave"] {
            let sent = json!([name, {"ticketId": desk.ticket}]);
            sarah.sends(&format!("421{sent}")).await;
        }
        let mut answers = 0;
        while answers < 2 {
            answers += usize::from(matches!(sarah.frame().await, Frame::Answer(_)));
        }
        let seen = opens(&mut rose, &desk.ticket).await;
        assert_eq!(viewers(&seen), names(&["Rose"]));
    }
}

#[tokio::test]
async fn an_answer_that_becomes_a_note_is_told_at_once() {
    let desk = Desk::new().await;
    let mut rose = desk.opened(1, &desk.rose).await;
    let mut sarah = desk.opened(0, &desk.sarah).await;
    types(&mut sarah, &desk.ticket, json!({})).await;
    let told = rose.until("ticket:typing").await;
    assert_eq!([&told["isInternal"], &told["typing"]], [false, true]);
    types(&mut sarah, &desk.ticket, json!({"isInternal": true})).await;
    let told = rose.until("ticket:typing").await;
    assert_eq!([&told["isInternal"], &told["typing"]], [false, false]);
    let told = rose.until("ticket:typing").await;
    assert_eq!([&told["isInternal"], &told["typing"]], [true, true]);
}
