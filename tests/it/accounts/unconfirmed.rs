//! The mails that an unconfirmed address gets, and those that follow its confirmation.

use super::{ME, PASSWORD, fills, mails_of, path_in, registers, token_in};
use crate::harness::{App, Caller, NOTHING};
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::people::Role;
use serde_json::json;

const CONFIRM: &str = "/api/v1/auth/confirm-email";
const HELD: &str = "select count(*) from notifications where status = 'held'";
const DROPPED: &str = "select count(*) from notifications where status = 'dropped'";

/// Confirms by the link of the last mail that asks for it at that name.
async fn confirms(app: &App, name: &str) {
    let mut mails = mails_of(app, "confirm_email");
    mails.retain(|mail| mail.name() == name);
    let token = token_in(mails.last().unwrap());
    let confirmed = app.stranger().post(CONFIRM, json!({"token": token})).await;
    confirmed.ok();
}

/// An agent answers on a ticket, and closes it.
async fn is_helped(app: &App, agent: &Caller, ticket: &str, words: &str) {
    agent.says(ticket, words).await.created();
    let closing = json!({"summary": words, "resolutionType": "solved"});
    agent.does("close", ticket, closing).await.ok();
    app.settle().await;
}

#[tokio::test]
async fn an_unconfirmed_address_gets_the_request_alone_and_nothing_that_anybody_wrote() {
    let app = App::new().await;
    let sarah = app.agent("Sarah", "general").await;
    for (language, greeting) in [("en", "Hello,"), ("sw", "Habari,"), ("fr", "Bonjour,")] {
        let email = format!("stranger.{language}@example.com");
        let body = json!({
            "firstName": "Visit bait.example", "lastName": "now", "email": email, "language": language,
            "phoneNumber": "+254700000001", "password": PASSWORD,
        });
        let made = app.stranger().post("/api/v1/auth/register", body).await;
        let rogue = app.same(&made.created()["user"]).await;
        let ticket = json!({
            "subject": "Your account is blocked, see bait.example", "description": "bait.example",
            "tags": ["bait.example"],
        });
        let ticket = rogue.opens(ticket).await;
        app.settle().await;
        rogue.says(&ticket, "See bait.example").await.created();
        is_helped(&app, &sarah, &ticket, "So bait.example it is.").await;
        let mails = app.mails();
        let to_it = mails.iter().filter(|mail| mail.to.contains(&email));
        let [mail] = to_it.collect::<Vec<_>>()[..] else {
            panic!("{mails:?}")
        };
        assert_eq!(mail.template, "confirm_email");
        assert_eq!(mail.to, email);
        for form in [&mail.whole, &mail.text(), &mail.html()] {
            assert!(!form.contains("bait") && !form.contains("Visit"), "{form}");
        }
        assert!(mail.text().contains(greeting), "{}", mail.text());
    }
}

#[tokio::test]
async fn held_mails_go_out_once_the_address_is_confirmed() {
    let app = App::new().await;
    let sarah = app.agent("Sarah", "general").await;
    let (amina, _) = registers(&app, "Amina").await;
    let ticket = amina.asks("general", "low").await;
    app.settle().await;
    sarah.says(&ticket, "Which one?").await.created();
    app.settle().await;
    assert_eq!(app.news(), ["amina: confirm_email", "sarah: work_assigned"]);
    assert_eq!(app.count(HELD).await, 3);
    app.advance(TimeDelta::hours(1));
    confirms(&app, "amina").await;
    app.settle().await;
    let told = [
        "amina: staff_replied",
        "amina: ticket_assigned",
        "amina: ticket_received",
    ];
    assert_eq!(app.news(), told);
    let mail = &mails_of(&app, "staff_replied")[0];
    assert!(mail.text().contains("Hello Amina,") && mail.text().contains("> Which one?"));
    // From now on at once, and nothing twice.
    sarah.says(&ticket, "Hello?").await.created();
    app.settle().await;
    assert_eq!(app.news(), ["amina: staff_replied"]);
    let again = "select count(*) from notifications where status = 'sent' and attempts <> 1";
    assert_eq!((app.count(HELD).await, app.count(again).await), (0, 0));
}

#[tokio::test]
async fn held_mails_that_no_longer_apply_are_not_sent() {
    let app = App::new().await;
    let sarah = app.agent("Sarah", "general").await;
    let (amina, _) = registers(&app, "Amina").await;
    let ticket = amina.asks("general", "low").await;
    app.settle().await;
    sarah.sets(&ticket, "waiting_customer").await.ok();
    app.settle().await;
    amina.says(&ticket, "Here.").await.created();
    sarah.sets(&ticket, "open").await.ok();
    app.settle().await;
    app.is(&sarah, "offline").await;
    app.news();
    confirms(&app, "amina").await;
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_received"]);
}

#[tokio::test]
async fn the_latest_20_held_mails_of_a_week_go_out() {
    let app = App::new().await;
    let (amina, _) = registers(&app, "Amina").await;
    amina.asks("general", "low").await;
    app.settle().await;
    app.advance(TimeDelta::days(8));
    for _ in 0..25 {
        amina.asks("general", "low").await;
        app.advance(TimeDelta::seconds(1));
    }
    app.settle().await;
    assert_eq!(app.count(HELD).await, 26);
    // The first link has expired.
    let again = json!({"email": "amina@example.com"});
    amina.patch(ME, again).await.ok();
    app.settle().await;
    confirms(&app, "amina").await;
    app.settle().await;
    let told = mails_of(&app, "ticket_received");
    assert_eq!(told.len(), 20);
    assert_eq!((app.count(HELD).await, app.count(DROPPED).await), (0, 6));
}

#[tokio::test]
async fn a_new_password_by_mail_proves_an_address_too_and_the_mail_names_nobody() {
    let app = App::new().await;
    let (amina, _) = registers(&app, "Amina").await;
    amina.asks("general", "low").await;
    let forgot = json!({"email": "amina@example.com"});
    let forgot = app
        .stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await;
    forgot.ok();
    app.settle().await;
    let told = ["amina: confirm_email", "amina: reset_password"];
    assert_eq!(app.news(), told);
    let mail = mails_of(&app, "reset_password").remove(0);
    assert!(mail.text().contains("\nHello,"), "{}", mail.text());
    assert!(!mail.whole.contains("Amina"), "{}", mail.whole);
    let set = fills(&app, &path_in(&mail), "password=Another+pass+phrase").await;
    assert_eq!(set.status, StatusCode::OK);
    app.settle().await;
    let told = ["amina: password_changed", "amina: ticket_received"];
    assert_eq!(app.news(), told);
}

#[tokio::test]
async fn a_new_password_is_not_told_to_an_address_that_nobody_has_confirmed() {
    let app = App::new().await;
    let (amina, _) = registers(&app, "Amina").await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": "Another pass phrase"});
    amina.put("/api/v1/auth/password", change).await.ok();
    app.settle().await;
    assert!(mails_of(&app, "password_changed").is_empty());
}

#[tokio::test]
async fn another_address_is_asked_without_a_name_and_what_is_told_goes_to_the_one_before() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let wish = json!({"email": "new@example.org", "currentPassword": PASSWORD});
    amina.patch(ME, wish).await.ok();
    amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_received", "new: confirm_email"]);
    let mail = &mails_of(&app, "confirm_email")[0];
    assert_eq!(mail.to, "new@example.org");
    assert!(mail.text().contains("\nHello,"), "{}", mail.text());
    confirms(&app, "new").await;
    amina.asks("general", "low").await;
    app.settle().await;
    let told = ["amina: email_changed", "new: ticket_received"];
    assert_eq!(app.news(), told);
}

#[tokio::test]
async fn an_unconfirmed_address_that_gives_way_to_a_confirmed_one_is_told_nothing() {
    let app = App::new().await;
    let (amina, _) = registers(&app, "Amina").await;
    amina.asks("general", "low").await;
    app.settle().await;
    app.news();
    let wish = json!({"email": "new@example.org", "currentPassword": PASSWORD});
    amina.patch(ME, wish).await.ok();
    app.settle().await;
    confirms(&app, "new").await;
    app.settle().await;
    assert_eq!(app.news(), ["new: confirm_email", "new: ticket_received"]);
}

#[tokio::test]
async fn an_agent_whom_an_admin_registered_gets_mails_about_work_once_the_address_is_confirmed() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let body = json!({
        "firstName": "Kim", "lastName": "Otieno", "email": "kim@example.com", "role": Role::Support.as_str(),
        "phoneNumber": "+254712345678", "password": PASSWORD, "supportInfo": {"department": "general"},
    });
    let made = eve.post("/api/v1/auth/register", body).await;
    let kim = app.same(&made.created()["user"]).await;
    app.is(&kim, "available").await;
    app.customer("Amina").await.asks("general", "low").await;
    app.settle().await;
    let told = [
        "amina: ticket_assigned",
        "amina: ticket_received",
        "kim: confirm_email",
    ];
    assert_eq!(app.news(), told);
    confirms(&app, "kim").await;
    app.settle().await;
    assert_eq!(app.news(), ["kim: work_assigned"]);
}

#[tokio::test]
async fn a_mail_that_is_being_held_while_its_address_is_confirmed_goes_out_once() {
    let app = App::new().await;
    for turn in 0..10 {
        let name = format!("amina{turn}");
        let (amina, _) = registers(&app, &name).await;
        app.settle().await;
        amina.asks("general", "low").await;
        let (_, ()) = tokio::join!(app.run_due(), confirms(&app, &name));
        app.settle().await;
        assert_eq!(app.count(HELD).await, 0);
        let to_her = mails_of(&app, "ticket_received").into_iter();
        let to_her = to_her.filter(|mail| mail.name() == name);
        assert_eq!(to_her.count(), 1);
    }
    assert_eq!(app.news().len(), 20);
    assert_eq!(app.news(), NOTHING);
}
