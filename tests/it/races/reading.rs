//! Reads during a change show one instant only. Each reader is stopped between two of its statements by a lock
//! on the table that the later statement reads.

use crate::harness::{Answer, App, Caller, TICKETS, eventually, stage::waiting_for_a_lock};
use serde_json::json;
use sqlx::AssertSqlSafe;

/// The response to a reader that is stopped at this table while the changes happen.
async fn stopped(app: &App, who: &Caller, path: &str, table: &str, changes: &[&str]) -> Answer {
    let mut tx = app.cx.pool.begin().await.unwrap();
    let lock = format!("lock table {table} in access exclusive mode");
    sqlx::query(AssertSqlSafe(lock))
        .execute(&mut *tx)
        .await
        .unwrap();
    let changing = async {
        eventually("the reader waits", async || {
            waiting_for_a_lock(app).await > 0
        })
        .await;
        for change in changes {
            sqlx::query(AssertSqlSafe((*change).to_owned()))
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(who.get(path), changing);
    answer
}

#[tokio::test]
async fn a_ticket_and_its_messages_are_of_one_instant() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let id = ann.asks("general", "low").await;
    ann.says(&id, "And?").await.created();
    let changes = [
        "update tickets set version = version + 1, subject = 'Later'",
        "delete from messages",
    ];
    let path = format!("{TICKETS}/{id}");
    let answer = stopped(&app, &ann, &path, "messages", &changes).await;
    let shown = &answer.ok()["ticket"];
    let is_later = shown["subject"] == "Later";
    let messages = shown["messages"].as_array().unwrap().len();
    assert_eq!(messages, usize::from(!is_later));
    assert_eq!(ann.ticket(&id).await["messages"], json!([]));
}

/// What an agent reads who has one ticket, while another agent gets it and everybody gets another name.
async fn read_while_it_moves(path: &str) {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let sam = app.agent("Sam", "general").await;
    let kim = app.agent("Kim", "billing").await;
    let id = ann.asks("general", "low").await;
    app.settle().await;
    assert_eq!(ann.ticket(&id).await["assignedTo"]["id"], sam.id());
    let before = sam.get(path).await.ok().clone();
    let moved = format!("update tickets set assigned_to = '{}'", kim.id());
    let changes = [&*moved, "update users set first_name = 'Later'"];
    // The tickets are chosen and read by then; their escalations and people are not.
    let answer = stopped(&app, &sam, path, "ticket_events", &changes).await;
    assert_eq!(answer.ok(), &before, "{path}");
    assert_ne!(sam.get(path).await.ok(), &before, "{path}");
}

#[tokio::test]
async fn a_list_shows_what_it_was_narrowed_by() {
    read_while_it_moves(&format!("{TICKETS}?assignedTo=me")).await;
}

#[tokio::test]
async fn a_dashboard_shows_what_it_was_made_of() {
    read_while_it_moves("/api/v1/support/dashboard").await;
}
