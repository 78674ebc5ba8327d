//! Accounts: passwords, addresses, the admin's operations on them, and accounts of an outside issuer.

mod addresses;
mod admins;
mod outside;
mod passwords;
mod profile;
mod throttle;
mod unconfirmed;

use crate::harness::{Answer, App, Caller, Mail};
use serde_json::{Value, json};

pub const ME: &str = "/api/v1/auth/me";
pub const LOGIN: &str = "/api/v1/auth/login";
pub const PASSWORD: &str = "SecurePass123!";

/// Logs in by address and password.
pub async fn log_in(app: &App, email: &str, password: &str) -> Answer {
    let credentials = json!({"email": email, "password": password});
    app.stranger().post(LOGIN, credentials).await
}

/// Somebody who has registered and not confirmed the address, with what the registration said.
pub async fn registers(app: &App, name: &str) -> (Caller, Value) {
    let body = json!({
        "firstName": name, "lastName": "Otieno", "email": format!("{}@example.com", name.to_lowercase()),
        "phoneNumber": "+254712345678", "password": PASSWORD,
    });
    let made = app.stranger().post("/api/v1/auth/register", body).await;
    let user = made.created()["user"].clone();
    (app.same(&user).await, user)
}

/// The mails of a kind, oldest first.
pub fn mails_of(app: &App, template: &str) -> Vec<Mail> {
    let mails = app.mails().into_iter();
    mails.filter(|mail| mail.template == template).collect()
}

/// The path of the link in a mail.
pub fn path_in(mail: &Mail) -> String {
    let text = mail.text();
    let (_, rest) = text.split_once("/api/v1/auth/").unwrap();
    let path: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
    format!("/api/v1/auth/{path}")
}

/// The token of the link in a mail.
pub fn token_in(mail: &Mail) -> String {
    path_in(mail).rsplit('/').next().unwrap().to_owned()
}

/// A form sent as a browser sends it.
pub async fn fills(app: &App, path: &str, form: &str) -> Answer {
    let request = axum::http::Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(form.to_owned()));
    app.stranger().send(request.unwrap()).await
}
