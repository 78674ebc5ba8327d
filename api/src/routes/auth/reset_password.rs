//! Sets a new password by a mailed link: `POST /auth/reset-password`, and the page of the link. Opening the page
//! changes nothing; the `POST` of its form sets the password.

use crate::{
    error::Problem,
    extract::{PathId, Payload},
    openapi::{Access, Operation},
    respond::Answer,
    state::ApiState,
    throttle::Account,
    unknown_parameters::UnknownParameters,
    views::account_page::{Page, page},
};
use actions::error::ActionError;
use axum::{
    extract::{Form, State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    actor::Initiator,
    field_error::FieldErrors,
    people::{AccountEventKind, Password},
    reader::ObjectReader,
};
use serde::Deserialize;
use serde_json::json;

/// The form. It has no `Debug`, so that the password cannot be logged.
#[derive(Deserialize)]
pub struct Filled {
    password: Option<String>,
}

/// Sets the password: `{token, password}`.
///
/// # Errors
/// 422 for an unfit password, or a link that is no longer valid.
pub async fn reset_password(
    State(api): State<ApiState>,
    payload: Payload,
) -> Result<Answer, Problem> {
    let (token, password) = payload.read(body)?;
    reset(&api, &token, &password).await?;
    Ok(Answer::default())
}

/// Sets the password, and removes the counted failures: a person who reads the mail of the account is its
/// owner.
async fn reset(api: &ApiState, token: &str, password: &Password) -> Result<(), ActionError> {
    actions::people::check_reset_link(&api.cx, token).await?;
    let hash = api.passwords.hash(password, api.cx.ids.bytes()).await?;
    let mut work = api.cx.begin(Initiator::System).await?;
    let account = actions::people::reset_password(&mut work, token, &hash).await?;
    work.commit().await?;
    let tried_by = [
        Account::Address(&account.address),
        Account::Person(account.id),
    ];
    api.throttle.forget(&tried_by).await;
    Ok(())
}

fn body(body: &mut ObjectReader) -> Option<(String, Password)> {
    body.named(
        "PasswordReset",
        "A new password, with the token of a mailed link.",
    );
    body.mean(&[
        (
            "token",
            "The last part of the mailed link. It can be used once, within 30 minutes.",
        ),
        ("password", "The new password, of 10 to 128 characters."),
    ]);
    let token = body.required("token", 1..=1_000);
    let password = body.text("password");
    let password = Password::parse(body.errors(), "password", password.as_deref());
    token.zip(password)
}

/// Shows the form. An invalid link gets a page with 404.
///
/// # Errors
/// 503 where the database is unavailable.
pub async fn get(State(api): State<ApiState>, token: PathId) -> Result<Response, Problem> {
    let kind = AccountEventKind::ResetPassword;
    super::link_page(&api, kind, &token, |address| Page::NewPassword(address)).await
}

/// Sets the password. Refusals are pages: 404 for an invalid link, 422 for an unfit password.
///
/// # Errors
/// 422 for an unknown query parameter; 503 where the database is unavailable.
pub async fn post(
    State(api): State<ApiState>,
    token: PathId,
    unknown: UnknownParameters,
    filled: Result<Form<Filled>, FormRejection>,
) -> Result<Response, Problem> {
    let kind = AccountEventKind::ResetPassword;
    let brand = &api.cx.config.brand;
    let Some(recipient) = super::link_recipient(&api, kind, &token).await? else {
        return Ok(page(brand, StatusCode::NOT_FOUND, "en", Page::NoSuchLink));
    };
    unknown.refuse()?;
    let page = |status, what| page(brand, status, &recipient.language, what);
    let Some(password) = filled.ok().and_then(|Form(filled)| password(&filled)) else {
        let again = Page::NewPasswordAgain(&recipient.address);
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, again));
    };
    match reset(&api, token.as_str(), &password).await {
        Ok(()) => Ok(page(StatusCode::OK, Page::PasswordSet)),
        Err(ActionError::Invalid(_)) => Ok(page(StatusCode::NOT_FOUND, Page::NoSuchLink)),
        Err(error) => Err(error.into()),
    }
}

fn password(filled: &Filled) -> Option<Password> {
    Password::parse(
        &mut FieldErrors::new(),
        "password",
        filled.password.as_deref(),
    )
}

fn form(body: &mut ObjectReader) {
    let password = body.text("password");
    Password::parse(body.errors(), "password", password.as_deref());
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "resetPassword",
        Access::Anybody,
        "Set a new password by a mailed token",
    )
    .description("The token can be used once. All sessions of the account end.")
    .body(
        body,
        json!({"token": "the last part of the mailed link", "password": "Another pass phrase"}),
    )
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "showPasswordReset",
        Access::Anybody,
        "Show the form for a new password",
    )
    .description("An HTML page, to which a mail links. Opening it changes nothing.")
    .pages()
}

pub(crate) fn post_operation() -> Operation {
    Operation::new(
        "resetPasswordByPage",
        Access::Anybody,
        "Set a new password by the form that a mail links to",
    )
    .description("The form of the page sends this request. Each link can be used once.")
    .body(form, json!({"password": "Another pass phrase"}))
    .pages()
}
