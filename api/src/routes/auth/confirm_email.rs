//! Confirming an address by the link of a mail: `POST /auth/confirm-email`, and the page that the
//! link leads to. Opening the page changes nothing; its form's `POST` does.

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
/// The link is no good any more; somebody else has the address.
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
    body.required("token", 1..=1_000)
}

/// Shows the form.
///
/// # Errors
/// The database failed.
pub async fn get(State(api): State<ApiState>, token: PathId) -> Result<Response, Problem> {
    let kind = AccountEventKind::ConfirmEmail;
    Ok(match super::link_language(&api, kind, &token).await? {
        Some(language) => page(StatusCode::OK, &language, Page::ConfirmEmail),
        None => page(StatusCode::NOT_FOUND, "en", Page::NoSuchLink),
    })
}

/// Takes the form.
///
/// # Errors
/// The database failed.
pub async fn post(
    State(api): State<ApiState>,
    token: PathId,
    unknown: UnknownParameters,
) -> Result<Response, Problem> {
    let kind = AccountEventKind::ConfirmEmail;
    let language = super::link_language(&api, kind, &token).await?;
    if language.is_some() {
        unknown.refuse()?;
    }
    let language = language.as_deref().unwrap_or("en");
    match confirm(&api.cx, token.as_str()).await {
        Ok(()) => Ok(page(StatusCode::OK, language, Page::EmailConfirmed)),
        Err(ActionError::Invalid(_)) => Ok(page(StatusCode::NOT_FOUND, language, Page::NoSuchLink)),
        Err(ActionError::Conflict { .. }) => {
            Ok(page(StatusCode::CONFLICT, language, Page::EmailTaken))
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn operation() -> Operation {
    Operation::new("confirmEmail", Access::Anybody, "Confirm an address")
        .about("By the token that was mailed to it. Doing it again changes nothing.")
        .body(body, json!({"token": "what the link of the mail ends in"}))
        .conflicts(&["email_taken"])
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "showEmailConfirmation",
        Access::Anybody,
        "Show the page that confirms an address",
    )
    .about("A page for people, which a mail links to. Opening it changes nothing.")
    .pages(&[404])
}

pub(crate) fn post_operation() -> Operation {
    Operation::new(
        "confirmEmailByPage",
        Access::Anybody,
        "Confirm the address that a mail links from",
    )
    .about("What the page's button sends: nothing but the link itself.")
    .pages(&[404, 409])
}
