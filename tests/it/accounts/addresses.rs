//! Addresses are confirmed, changed only by their owners, and never flooded with mails.

use super::{ME, PASSWORD, fills, log_in, mails_of, path_in, registers, token_in};
use crate::harness::App;
use chrono::TimeDelta;
use serde_json::json;

const CONFIRM: &str = "/api/v1/auth/confirm-email";
const CONFIRMED: &str = "select count(*) from users where email_confirmed_at is not null and email <> 'registrar@example.com'";

#[tokio::test]
async fn a_space_around_an_address_is_no_part_of_it_wherever_one_is_given() {
    let app = App::new().await;
    let body = json!({
        "firstName": "Amina", "lastName": "Otieno", "email": " amina@example.com ",
        "phoneNumber": "+254712345678", "password": PASSWORD,
    });
    let made = app.stranger().post("/api/v1/auth/register", body).await;
    let user = made.created()["user"].clone();
    assert_eq!(user["email"], "amina@example.com");
    for spelling in [
        "amina@example.com ",
        "\tAmina@example.com",
        "amina@example.com",
    ] {
        log_in(&app, spelling, PASSWORD).await.ok();
    }
    // Nor is it another account to guess at.
    for number in 0..10 {
        let spelling = format!("{}amina@example.com", " ".repeat(number));
        let refused = log_in(&app, &spelling, "WrongPass123!").await;
        assert_eq!(refused.refused(401), "invalid_credentials");
    }
    let refused = log_in(&app, "amina@example.com", PASSWORD).await;
    assert_eq!(refused.refused(429), "too_many_failures");
    let forgot = json!({"email": "amina@example.com "});
    app.stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await
        .ok();
    app.settle().await;
    assert_eq!(mails_of(&app, "reset_password").len(), 1);
    let amina = app.same(&user).await;
    let wish = json!({"email": "new@example.org ", "currentPassword": PASSWORD});
    let other = app.customer("Zoe").await;
    other.patch(ME, wish).await.ok();
    app.settle().await;
    let asked = mails_of(&app, "confirm_email");
    assert!(asked.iter().any(|mail| mail.to.contains("new@example.org")));
    let present = amina
        .patch(ME, json!({"email": "amina@example.com "}))
        .await;
    present.ok();
}

#[tokio::test]
async fn a_registration_asks_to_confirm_the_address() {
    let app = App::new().await;
    registers(&app, "Amina").await;
    app.settle().await;
    let mails = mails_of(&app, "confirm_email");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].name(), "amina");
    assert_eq!(mails[0].subject, "Please confirm your e-mail address");
    assert!(mails[0].references.is_empty());
    let path = path_in(&mails[0]);
    let shown = app.stranger().get(&path).await;
    assert_eq!(shown.status, 200);
    assert_eq!(app.count(CONFIRMED).await, 0, "opening it changes nothing");
    let confirmed = fills(&app, &path, "").await;
    assert_eq!(confirmed.status, 200);
    assert_eq!(app.count(CONFIRMED).await, 1);
    // Once more, by the other way, changes nothing.
    let again = json!({"token": token_in(&mails[0])});
    app.stranger().post(CONFIRM, again).await.ok();
    let nonsense = json!({"token": "nonsense"});
    let refused = app.stranger().post(CONFIRM, nonsense).await;
    assert_eq!(refused.body["errors"][0]["code"], "invalid_token");
}

#[tokio::test]
async fn the_pages_and_mails_speak_the_owner_s_language() {
    let app = App::new().await;
    for (name, language, subject) in [
        ("Zuhura", "sw-KE", "Tafadhali thibitisha"),
        ("Zoe", "fr", "Veuillez confirmer"),
    ] {
        let body = json!({
            "firstName": name, "lastName": "Otieno", "email": format!("{name}@example.com"),
            "phoneNumber": "+254712345678", "password": PASSWORD, "language": language,
        });
        let made = app.stranger().post("/api/v1/auth/register", body).await;
        made.created();
        app.settle().await;
        let mails = mails_of(&app, "confirm_email");
        let mail = mails.iter().find(|mail| mail.to.contains(name)).unwrap();
        assert!(mail.subject.contains(subject), "{}", mail.subject);
        let shown = app.stranger().get(&path_in(mail)).await;
        let tag = format!("<html lang=\"{}\">", &language[..2]);
        assert!(shown.body.as_str().unwrap().contains(&tag));
    }
}

#[tokio::test]
async fn another_address_needs_the_password_and_counts_once_it_is_confirmed() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let wish = json!({"email": "new@example.org"});
    let refused = amina.patch(ME, wish).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    assert_eq!(refused.body["errors"][0]["field"], "currentPassword");
    let wrong = json!({"email": "new@example.org", "currentPassword": "WrongPass123!"});
    let refused = amina.patch(ME, wrong).await;
    assert_eq!(refused.body["errors"][0]["code"], "wrong_password");
    let wish = json!({"email": "new@example.org", "currentPassword": PASSWORD});
    let asked = amina.patch(ME, wish).await;
    assert_eq!(asked.ok()["user"]["email"], "amina@example.com");
    app.settle().await;
    let mails = mails_of(&app, "confirm_email");
    assert_eq!(mails[0].name(), "new");
    log_in(&app, "amina@example.com", PASSWORD).await.ok();
    let token = json!({"token": token_in(&mails[0])});
    app.stranger().post(CONFIRM, token).await.ok();
    let me = amina.get(ME).await;
    assert_eq!(me.ok()["user"]["email"], "new@example.org");
    log_in(&app, "new@example.org", PASSWORD).await.ok();
    app.settle().await;
    let told = mails_of(&app, "email_changed");
    assert_eq!(told[0].name(), "amina");
    assert!(!told[0].whole.contains("new@example.org"));
}

#[tokio::test]
async fn the_first_person_to_confirm_an_address_gets_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let tom = app.customer("Tom").await;
    let taken = json!({"email": "TOM@example.com", "currentPassword": PASSWORD});
    assert_eq!(amina.patch(ME, taken).await.refused(409), "email_taken");
    let wish = json!({"email": "shared@example.org", "currentPassword": PASSWORD});
    amina.patch(ME, wish.clone()).await.ok();
    tom.patch(ME, wish).await.ok();
    app.settle().await;
    let tokens: Vec<_> = mails_of(&app, "confirm_email")
        .iter()
        .map(token_in)
        .collect();
    let anybody = app.stranger();
    let first = anybody.post(CONFIRM, json!({"token": tokens[0]})).await;
    first.ok();
    let second = anybody.post(CONFIRM, json!({"token": tokens[1]})).await;
    assert_eq!(second.refused(409), "email_taken");
}

#[tokio::test]
async fn a_new_password_stops_a_change_of_the_address_that_somebody_else_began() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let wish = json!({"email": "thief@example.org", "currentPassword": PASSWORD});
    amina.patch(ME, wish).await.ok();
    let new = json!({"currentPassword": PASSWORD, "newPassword": "Another pass phrase"});
    amina.put("/api/v1/auth/password", new).await.ok();
    app.settle().await;
    assert!(mails_of(&app, "confirm_email").is_empty());
}

#[tokio::test]
async fn an_address_that_nobody_confirmed_gets_20_mails_a_day() {
    let app = App::new().await;
    let (amina, _) = registers(&app, "Amina").await;
    let confirmed = app.customer("Tom").await;
    app.settle().await;
    let ask_again = json!({"email": "amina@example.com"});
    for _ in 0..25 {
        amina.patch(ME, ask_again.clone()).await.ok();
        confirmed.asks("general", "low").await;
        app.settle().await;
    }
    let to = |name: &str| {
        let mails = app.mails().into_iter();
        mails.filter(|mail| mail.name() == name).count()
    };
    assert_eq!((to("amina"), to("tom")), (20, 25));
    let dropped = "select count(*) from notifications where status = 'dropped'";
    // That of the registration is one of the 26.
    assert_eq!(app.count(dropped).await, 6);
    app.advance(TimeDelta::hours(24));
    amina.patch(ME, ask_again).await.ok();
    app.settle().await;
    assert_eq!(to("amina"), 21);
}

#[tokio::test]
async fn a_reset_by_mail_confirms_the_address_it_went_to() {
    let app = App::new().await;
    registers(&app, "Amina").await;
    let forgot = json!({"email": "amina@example.com"});
    let asked = app
        .stranger()
        .post("/api/v1/auth/forgot-password", forgot)
        .await;
    asked.ok();
    app.settle().await;
    let token = token_in(&mails_of(&app, "reset_password")[0]);
    let reset = json!({"token": token, "password": "Another pass phrase"});
    let reset = app
        .stranger()
        .post("/api/v1/auth/reset-password", reset)
        .await;
    reset.ok();
    assert_eq!(app.count(CONFIRMED).await, 1);
}
