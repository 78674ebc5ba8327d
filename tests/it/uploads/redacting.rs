//! The files of a redacted message are deleted.

use super::{has, kept, message, path, picture, ticket};
use crate::harness::{App, TICKETS};
use actions::job_list::Job;
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn files_of_a_redacted_message_are_nobodys_and_go_with_the_next_sweep() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let (of_ticket, kept_one, gone) = (
        picture(&ann).await,
        picture(&ann).await,
        picture(&ann).await,
    );
    let id = ann.opens(ticket(&[&of_ticket])).await;
    let messages = format!("{TICKETS}/{id}/messages");
    ann.post(&messages, message(&[&kept_one], false))
        .await
        .created();
    let made = ann.post(&messages, message(&[&gone], false)).await;
    let said = made.created()["message"]["id"].as_str().unwrap();
    assert!(has(&ann, &gone).await && has(&eve, &gone).await);
    let redacted = eve.redacts(&id, said).await;
    assert_eq!(redacted.ok()["message"]["attachments"], json!([]));
    for who in [&ann, &eve] {
        assert!(!has(who, &gone).await);
        assert!(has(who, &kept_one).await && has(who, &of_ticket).await);
        let thread = who.get(&messages).await.ok().to_string();
        assert!(!thread.contains(&gone) && thread.contains(&path(&kept_one)));
    }
    // It cannot be attached again, and does not count against its uploader.
    let again = ann.post(&messages, message(&[&gone], false)).await;
    assert_eq!(again.refused(422), "invalid_fields");
    assert_eq!(kept(&app).await, (3, 3));
    for _ in 0..2 {
        app.run(&Job::Prune).await;
        assert_eq!(kept(&app).await, (2, 2));
    }
    app.advance(TimeDelta::days(2));
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (2, 2));
}

#[tokio::test]
async fn files_of_a_redaction_that_is_undone_are_still_there() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let id = ann.opens(ticket(&[])).await;
    let file = picture(&ann).await;
    let messages = format!("{TICKETS}/{id}/messages");
    let made = ann.post(&messages, message(&[&file], false)).await;
    let said = made.created()["message"]["id"].as_str().unwrap().to_owned();
    let before = ann.ticket(&id).await;
    sqlx::query(
        "alter table ticket_events add constraint broken check (what->>'type' <> 'message_redacted')",
    )
    .execute(&app.cx.pool)
    .await
    .unwrap();
    let failed = eve.redacts(&id, &said).await;
    assert_eq!(failed.refused(500), "internal_error");
    assert_eq!(ann.ticket(&id).await, before);
    assert!(has(&ann, &file).await);
    let found = ann.get(&format!("{TICKETS}?q=see")).await;
    assert_eq!(
        found.ok()["tickets"][0]["highlight"][1]["messageId"],
        said.as_str()
    );
}
