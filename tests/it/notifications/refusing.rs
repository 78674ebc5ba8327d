//! Refusing mails by the link in them, and addresses that refuse ours.

use super::{PREFERENCES, assigned, choose, desk};
use crate::harness::{App, Caller, Mail, NOTHING};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};

/// The path of the link in the header of a mail.
fn link(mail: &Mail) -> String {
    let (_, rest) = mail.whole.split_once("List-Unsubscribe: <").unwrap();
    let (link, _) = rest.split_once('>').unwrap();
    let unfolded: String = link.split_whitespace().collect();
    let (_, path) = unfolded.split_once("support.example.com").unwrap();
    path.to_owned()
}

async fn one_click(person: &Caller, path: &str) -> StatusCode {
    // As a mail program sends it (RFC 8058, section 3.1): without cookies or tokens.
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("List-Unsubscribe=One-Click"));
    person.raw(request.unwrap()).await.0
}

#[tokio::test]
async fn one_click_on_the_link_of_a_mail_stops_its_kind_and_nothing_else() {
    let app = App::with(&[
        ("ASSIGNMENT_STRATEGY", "manual"),
        ("PUBLIC_URL", "https://support.example.com"),
        ("PUSH_CONTACT", "mailto:push@example.com"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.news();
    sarah.says(&id, "One.").await.created();
    app.settle().await;
    let mails = app.mails();
    let mail = mails
        .iter()
        .find(|mail| mail.template == "staff_replied")
        .unwrap();
    assert!(
        mail.whole
            .contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    );
    let path = link(mail);
    // Scanners open links: nothing changes.
    let anybody = app.stranger();
    let (status, _, page) = anybody.downloads(&path).await;
    assert_eq!(status, 200);
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(
        page.contains("we replied to your ticket") && !page.contains("amina"),
        "{page}"
    );
    assert_eq!(
        app.count("select count(*) from notification_preferences")
            .await,
        0
    );
    for _ in 0..2 {
        assert_eq!(one_click(&anybody, &path).await, 200);
    }
    app.news();
    sarah.says(&id, "Two.").await.created();
    sarah.closes(&id).await.ok();
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_closed"]);
    choose(&amina, "staff_replied", "email", true).await;
    assert_eq!(one_click(&anybody, &format!("{path}x")).await, 404);
    let settings = amina.get(PREFERENCES).await.ok()["preferences"]["settings"].clone();
    assert!(
        settings
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["enabled"] == true)
    );
}

#[tokio::test]
async fn without_tls_and_on_mails_about_accounts_there_is_no_such_header() {
    let (app, eve, amina, sarah) = desk().await;
    assigned(&eve, &amina, &sarah).await;
    let forgot = serde_json::json!({"email": "amina@example.com"});
    app.stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await
        .ok();
    app.settle().await;
    let mails = app.mails();
    assert_eq!(mails.len(), 4);
    for mail in mails {
        assert!(!mail.whole.contains("List-Unsubscribe"), "{}", mail.whole);
    }
}

#[tokio::test]
async fn an_address_that_refused_three_mails_is_left_alone_for_a_week_and_then_tried_again() {
    let (app, eve, amina, sarah) = desk().await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.news();
    app.sql(
        "insert into undeliverable (channel, address, failures, since, retry_at)
         values ('email', $1, 3, '2025-10-01T08:00:00Z', '2025-10-08T08:00:00Z')",
        "amina@example.com",
    )
    .await;
    sarah.says(&id, "One.").await.created();
    app.settle().await;
    assert_eq!(app.news(), NOTHING);
    let dropped = "select count(*) from notifications where template = 'staff_replied' and status = 'dropped'";
    assert_eq!(app.count(dropped).await, 1);
    app.advance(chrono::TimeDelta::days(7));
    sarah.says(&id, "Two.").await.created();
    app.settle().await;
    // It was accepted, so that nothing is left of the refusals.
    assert!(app.news().contains(&"amina: staff_replied".to_owned()));
    assert_eq!(app.count("select count(*) from undeliverable").await, 0);
}
