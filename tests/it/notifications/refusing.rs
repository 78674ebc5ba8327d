//! Refusing mails by the link in them, and addresses that refuse ours.

use super::{PREFERENCES, assigned, choose, desk};
use crate::harness::{
    App, Caller, Mail,
    smtp_server::{Behaviour, SmtpServer},
};
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
    let server = SmtpServer::start().await;
    let app = App::with(&[
        ("SMTP_URL", server.url()),
        ("ASSIGNMENT_STRATEGY", "manual"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let failed =
        "select count(*) from notifications where template = 'staff_replied' and status = 'failed'";
    // Its server is full of mistrust, which says nothing of the address.
    server.behave(Behaviour::RefuseSaying("550 5.7.1 not welcome"));
    for text in ["1", "2", "3", "4"] {
        eve.says(&id, text).await.created();
        app.run_due().await;
    }
    assert_eq!(app.count("select count(*) from undeliverable").await, 0);
    server.behave(Behaviour::RefuseSaying("550 5.1.1 no such user"));
    for text in ["5", "6", "7"] {
        eve.says(&id, text).await.created();
        app.run_due().await;
    }
    let before = app
        .count("select count(*) from jobs where state = 'dead'")
        .await;
    eve.says(&id, "8").await.created();
    app.run_due().await;
    assert_eq!(app.count(failed).await, 8, "each stays visible");
    let untried = "select count(*) from notifications where last_error like 'not tried%' and status = 'failed'";
    assert_eq!(app.count(untried).await, 1);
    // No alarm is raised for it: the others were failures (seven replies and the assignment), and it is none.
    let (_, _, metrics) = app.stranger().downloads("/metrics").await;
    let metrics = String::from_utf8(metrics.to_vec()).unwrap();
    for (outcome, count) in [("failed", 8), ("undeliverable", 1)] {
        let line =
            format!("support_deliveries_total{{channel=\"email\",outcome=\"{outcome}\"}} {count}");
        assert!(metrics.contains(&line), "{line} in {metrics}");
    }
    assert_eq!(
        app.count("select count(*) from jobs where state = 'dead'")
            .await,
        before
    );
    // Mails about the account are sent all the same.
    server.behave(Behaviour::Accept);
    let forgot = serde_json::json!({"email": "amina@example.com"});
    app.stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await
        .ok();
    app.run_due().await;
    let arrived = server.received().len();
    eve.says(&id, "9").await.created();
    app.run_due().await;
    assert_eq!(server.received().len(), arrived);
    app.advance(chrono::TimeDelta::days(7));
    eve.says(&id, "10").await.created();
    app.run_due().await;
    assert_eq!(server.received().len(), arrived + 1);
    // It was accepted, so that nothing is left of the refusals.
    assert_eq!(app.count("select count(*) from undeliverable").await, 0);
}

#[tokio::test]
async fn the_link_of_a_digest_stops_the_kinds_that_it_tells() {
    let app = App::with(&[
        ("ASSIGNMENT_STRATEGY", "manual"),
        ("PUBLIC_URL", "https://support.example.com"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    for _ in 0..7 {
        assigned(&eve, &amina, &sarah).await;
    }
    app.settle().await;
    app.advance(chrono::TimeDelta::minutes(1));
    app.settle().await;
    let mails = app.mails();
    let digest = mails.iter().find(|mail| mail.template == "digest").unwrap();
    assert_eq!(one_click(&app.stranger(), &link(digest)).await, 200);
    let settings = sarah.get(PREFERENCES).await.ok()["preferences"]["settings"].clone();
    let off: Vec<_> = settings
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["enabled"] == false)
        .map(|one| {
            format!(
                "{} {}",
                one["kind"].as_str().unwrap(),
                one["channel"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(off, ["work_assigned email"]);
}

#[tokio::test]
async fn a_bounce_can_be_tied_to_its_mail_by_the_envelope() {
    let server = SmtpServer::start().await;
    let app = App::with(&[
        ("SMTP_URL", server.url()),
        ("MAIL_BOUNCES_TO", "bounces@example.com"),
    ])
    .await;
    let amina = app.customer("Amina").await;
    amina.asks("general", "low").await;
    app.settle().await;
    for mail in server.received() {
        let message_id = mail.header("Message-ID").unwrap();
        let (id, _) = message_id.trim_start_matches('<').split_once('@').unwrap();
        assert_eq!(mail.from, format!("bounces+{id}@example.com"));
    }
    assert_eq!(server.received().len(), 1);
}
