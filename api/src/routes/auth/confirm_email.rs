//! Confirms an address by a mailed link: `POST /auth/confirm-email`, and the page of the link. Opening the page
//! changes nothing; the `POST` of its form confirms.

use crate::{
    error::Problem,
    extract::{PathId, Payload},
    openapi::{Access, Operation},
    respond::Answer,
    state::ApiState,
    unknown_parameters::UnknownParameters,
    views::account_page::{Page, page},
};
use actions::error::ActionError;
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{actor::Initiator, people::AccountEventKind, reader::ObjectReader};
use platform::context::Context;
use serde_json::json;

/// Confirms the address: `{token}`.
///
/// # Errors
/// 409 where another account has the address; 422 for a link that is no longer valid.
pub async fn confirm_email(State(cx): State<Context>, payload: Payload) -> Result<Answer, Problem> {
    let token = payload.read(body)?;
    confirm(&cx, &token).await?;
    Ok(Answer::default())
}

async fn confirm(cx: &Context, token: &str) -> Result<(), ActionError> {
    let mut work = cx.begin(Initiator::System).await?;
    actions::people::confirm_email(&mut work, token).await?;
    work.commit().await?;
    Ok(())
}

fn body(body: &mut ObjectReader) -> Option<String> {
    body.named("EmailConfirm", "The token that confirms an e-mail address.");
    body.mean(&[(
        "token",
        "The last part of the mailed link. It can be used within 7 days.",
    )]);
    body.required("token", 1..=1_000)
}

/// Shows the form. An invalid link gets a page with 404.
///
/// # Errors
/// 503 where the database is unavailable.
pub async fn get(State(api): State<ApiState>, token: PathId) -> Result<Response, Problem> {
    let kind = AccountEventKind::ConfirmEmail;
    super::link_page(&api, kind, &token, |address| Page::ConfirmEmail(address)).await
}

/// Confirms the address. Refusals are pages: 404 for an invalid link, 409 where another account has the
/// address.
///
/// # Errors
/// 422 for an unknown query parameter; 503 where the database is unavailable.
pub async fn post(
    State(api): State<ApiState>,
    token: PathId,
    unknown: UnknownParameters,
) -> Result<Response, Problem> {
    let kind = AccountEventKind::ConfirmEmail;
    let recipient = super::link_recipient(&api, kind, &token).await?;
    if recipient.is_some() {
        unknown.refuse()?;
    }
    let language = recipient
        .as_ref()
        .map_or("en", |recipient| &recipient.language);
    let page = |status, what| page(&api.cx.config.brand, status, language, what);
    match confirm(&api.cx, token.as_str()).await {
        Ok(()) => Ok(page(StatusCode::OK, Page::EmailConfirmed)),
        Err(ActionError::Invalid(_)) => Ok(page(StatusCode::NOT_FOUND, Page::NoSuchLink)),
        Err(ActionError::Conflict { .. }) => Ok(page(StatusCode::CONFLICT, Page::EmailTaken)),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn operation() -> Operation {
    Operation::new("confirmEmail", Access::Anybody, "Confirm an address")
        .description(
            "`token` is the one that was mailed to the address. Confirming again changes nothing.",
        )
        .body(body, json!({"token": "the last part of the mailed link"}))
        .conflicts(&["email_taken"])
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "showEmailConfirmation",
        Access::Anybody,
        "Show the page that confirms an address",
    )
    .description("An HTML page, to which a mail links. Opening it changes nothing.")
    .pages()
}

pub(crate) fn post_operation() -> Operation {
    Operation::new(
        "confirmEmailByPage",
        Access::Anybody,
        "Confirm an address by the page of a mailed link",
    )
    .description("The button of the page sends this request, with an empty body.")
    .pages()
}
