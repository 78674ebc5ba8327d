//! Passwords that were forgotten, and those that are changed.

use super::{LOGIN, ME, PASSWORD, fills, log_in, mails_of, path_in, registers, token_in};
use crate::harness::App;
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const FORGOT: &str = "/api/v1/auth/forgot-password";
const RESET: &str = "/api/v1/auth/reset-password";
const CHANGE: &str = "/api/v1/auth/password";

async fn forgets(app: &App, email: &str) -> Value {
    let answer = app.stranger().post(FORGOT, json!({"email": email})).await;
    let body = answer.ok().clone();
    app.settle().await;
    body
}

async fn resets(app: &App, token: &str, password: &str) -> crate::harness::Answer {
    let body = json!({"token": token, "password": password});
    app.stranger().post(RESET, body).await
}

#[tokio::test]
async fn the_answer_does_not_tell_whose_address_is_known() {
    let app = App::new().await;
    let gone = app.customer("Gone").await;
    app.deactivate(&gone).await;
    app.customer("Amina").await;
    let unknown = forgets(&app, "nobody@example.com").await;
    for email in [
        "AMINA@example.com",
        "gone@example.com",
        "no address",
        // PostgreSQL's lower case of it is hers.
        "AM\u{130}NA@example.com",
    ] {
        assert_eq!(forgets(&app, email).await, unknown);
    }
    let mails = mails_of(&app, "reset_password");
    let told: Vec<_> = mails.iter().map(super::Mail::name).collect();
    assert_eq!(told, ["amina"]);
    let left = "select count(*) from password_reset_requests";
    assert_eq!(app.count(left).await, 0);
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_every_login() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let login = log_in(&app, "amina@example.com", PASSWORD).await;
    let refresh = json!({"refreshToken": login.ok()["refreshToken"]});
    forgets(&app, "amina@example.com").await;
    let token = token_in(&mails_of(&app, "reset_password")[0]);
    let short = resets(&app, &token, "short").await;
    assert_eq!(short.refused(422), "invalid_fields");
    resets(&app, &token, "Another pass phrase").await.ok();
    assert_eq!(amina.get(ME).await.refused(401), "token_revoked");
    let refreshed = app.stranger().post("/api/v1/auth/refresh", refresh).await;
    assert_eq!(refreshed.status, 401);
    let old = log_in(&app, "amina@example.com", PASSWORD).await;
    assert_eq!(old.refused(401), "invalid_credentials");
    log_in(&app, "amina@example.com", "Another pass phrase")
        .await
        .ok();
    let again = resets(&app, &token, "A third pass phrase").await;
    assert_eq!(again.refused(422), "invalid_fields");
    assert_eq!(again.body["errors"][0]["code"], "invalid_token");
    app.settle().await;
    assert_eq!(mails_of(&app, "password_changed").len(), 1);
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour_and_serves_nothing_else() {
    let app = App::new().await;
    registers(&app, "Amina").await;
    forgets(&app, "amina@example.com").await;
    let reset = token_in(&mails_of(&app, "reset_password")[0]);
    let confirm = token_in(&mails_of(&app, "confirm_email")[0]);
    let crossed = resets(&app, &confirm, "Another pass phrase").await;
    assert_eq!(crossed.refused(422), "invalid_fields");
    let crossed = json!({"token": reset});
    let crossed = app
        .stranger()
        .post("/api/v1/auth/confirm-email", crossed)
        .await;
    assert_eq!(crossed.refused(422), "invalid_fields");
    app.advance(TimeDelta::minutes(30));
    let late = resets(&app, &reset, "Another pass phrase").await;
    assert_eq!(late.refused(422), "invalid_fields");
}

#[tokio::test]
async fn two_concurrent_uses_of_one_link_count_once() {
    let app = App::new().await;
    app.customer("Amina").await;
    forgets(&app, "amina@example.com").await;
    let token = token_in(&mails_of(&app, "reset_password")[0]);
    let (one, two) = tokio::join!(
        resets(&app, &token, "Another pass phrase"),
        resets(&app, &token, "A third pass phrase"),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort();
    let expected = [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY];
    assert_eq!(statuses, expected);
}

#[tokio::test]
async fn asking_on_and_on_does_not_flood_an_address() {
    let app = App::new().await;
    app.customer("Amina").await;
    for _ in 0..6 {
        forgets(&app, "amina@example.com").await;
    }
    assert_eq!(mails_of(&app, "reset_password").len(), 3);
    app.advance(TimeDelta::minutes(31));
    forgets(&app, "amina@example.com").await;
    assert_eq!(mails_of(&app, "reset_password").len(), 4);
}

#[tokio::test]
async fn the_page_of_a_link_changes_nothing_until_its_form_is_sent() {
    let app = App::new().await;
    app.customer("Amina").await;
    forgets(&app, "amina@example.com").await;
    let path = path_in(&mails_of(&app, "reset_password")[0]);
    for _ in 0..2 {
        let shown = app.stranger().get(&path).await;
        assert_eq!(shown.status, 200);
        assert!(shown.body.as_str().unwrap().contains("new-password"));
        assert!(
            shown.body.as_str().unwrap().contains("a…@example.com"),
            "whose account"
        );
        assert!(!shown.body.as_str().unwrap().contains("amina@example.com"));
        assert_eq!(shown.headers["cache-control"], "no-store");
    }
    assert_eq!(fills(&app, &path, "password=short").await.status, 422);
    let filled = fills(&app, &path, "password=Another+pass+phrase").await;
    assert_eq!(filled.status, 200, "{}", filled.body);
    let where_to = "go back to BaiTech and log in with the new password";
    assert!(filled.body.as_str().unwrap().contains(where_to));
    log_in(&app, "amina@example.com", "Another pass phrase")
        .await
        .ok();
    assert_eq!(app.stranger().get(&path).await.status, 404);
    let again = fills(&app, &path, "password=Another+pass+phrase").await;
    assert_eq!(again.status, 404);
}

/// Ten wrong passwords, after which the right one is refused as well.
async fn is_guessed_at(app: &App, email: &str) {
    for _ in 0..10 {
        let refused = log_in(app, email, "WrongPass123!").await;
        assert_eq!(refused.refused(401), "invalid_credentials");
    }
    let refused = log_in(app, email, PASSWORD).await;
    assert_eq!(refused.refused(429), "too_many_failures");
}

#[tokio::test]
async fn a_password_reset_by_mail_logs_in_despite_failed_guesses_of_others() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let guess = json!({"currentPassword": "WrongPass123!", "newPassword": "A third pass phrase"});
    for _ in 0..10 {
        assert_eq!(amina.put(CHANGE, guess.clone()).await.status, 422);
    }
    let refused = amina.put(CHANGE, guess).await;
    assert_eq!(refused.refused(429), "too_many_failures");
    is_guessed_at(&app, "amina@example.com").await;
    forgets(&app, "Amina@example.com").await;
    let token = token_in(&mails_of(&app, "reset_password")[0]);
    resets(&app, &token, "Another pass phrase").await.ok();
    let login = log_in(&app, "amina@example.com", "Another pass phrase").await;
    let amina = app.same(&login.ok()["user"]).await;
    let change =
        json!({"currentPassword": "Another pass phrase", "newPassword": "A third pass phrase"});
    amina.put(CHANGE, change).await.ok();
}

#[tokio::test]
async fn a_password_reset_on_the_page_logs_in_likewise() {
    let app = App::new().await;
    app.customer("Amina").await;
    is_guessed_at(&app, "amina@example.com").await;
    forgets(&app, "amina@example.com").await;
    let path = path_in(&mails_of(&app, "reset_password")[0]);
    let filled = fills(&app, &path, "password=Another+pass+phrase").await;
    assert_eq!(filled.status, 200, "{}", filled.body);
    log_in(&app, "amina@example.com", "Another pass phrase")
        .await
        .ok();
}

#[tokio::test]
async fn a_change_of_the_password_ends_the_other_logins_and_the_links_under_way() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let other = log_in(&app, "amina@example.com", PASSWORD).await;
    let refresh = json!({"refreshToken": other.ok()["refreshToken"]});
    forgets(&app, "amina@example.com").await;
    let wrong = json!({"currentPassword": "WrongPass123!", "newPassword": "Another pass phrase"});
    let refused = amina.put(CHANGE, wrong).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    assert_eq!(refused.body["errors"][0]["code"], "wrong_password");
    let right = json!({"currentPassword": PASSWORD, "newPassword": "Another pass phrase"});
    amina.put(CHANGE, right).await.ok();
    amina.get(ME).await.ok();
    let refreshed = app.stranger().post("/api/v1/auth/refresh", refresh).await;
    assert_eq!(refreshed.status, 401);
    let credentials = json!({"email": "amina@example.com", "password": "Another pass phrase"});
    app.stranger().post(LOGIN, credentials).await.ok();
    let token = token_in(&mails_of(&app, "reset_password")[0]);
    let spent = resets(&app, &token, "A third pass phrase").await;
    assert_eq!(spent.refused(422), "invalid_fields");
    app.settle().await;
    assert_eq!(mails_of(&app, "password_changed").len(), 1);
}

#[tokio::test]
async fn the_links_are_nowhere_in_the_database() {
    let app = App::new().await;
    registers(&app, "Amina").await;
    forgets(&app, "amina@example.com").await;
    for mail in app.mails() {
        let token = token_in(&mail);
        for rows in [
            "select coalesce(string_agg(e::text, ' '), '') from account_events e",
            "select coalesce(string_agg(n::text, ' '), '') from notifications n",
            "select coalesce(string_agg(j::text, ' '), '') from jobs j",
        ] {
            let text: String = sqlx::query_scalar(rows)
                .fetch_one(&app.cx.pool)
                .await
                .unwrap();
            assert!(!text.is_empty() && !text.contains(&token));
        }
    }
}

#[tokio::test]
async fn the_page_for_a_new_password_can_show_it_and_works_without_its_script() {
    let app = App::new().await;
    app.customer("Amina").await;
    forgets(&app, "amina@example.com").await;
    let path = path_in(&mails_of(&app, "reset_password")[0]);
    for answer in [
        app.stranger().get(&path).await,
        fills(&app, &path, "password=short").await,
    ] {
        let page = answer.body.as_str().unwrap();
        let (before, rest) = page.split_once("<script>").unwrap();
        let (script, after) = rest.split_once("</script>").unwrap();
        assert!(!after.contains("<script"), "one script only");
        let hash = STANDARD.encode(Sha256::digest(script));
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains(&format!("script-src 'sha256-{hash}';")),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && policy.starts_with("default-src 'none'"),
            "{policy}"
        );
        // Without the script there is a form as before, and no box that does nothing.
        assert!(
            before.contains("<label class=\"show\" hidden><input type=\"checkbox\">"),
            "{page}"
        );
        assert!(
            before.contains("<input type=\"password\" name=\"password\""),
            "{page}"
        );
    }
    let set = fills(&app, &path, "password=Another+pass+phrase").await;
    assert!(
        !set.body.as_str().unwrap().contains("<script"),
        "no other page has a script"
    );
}
