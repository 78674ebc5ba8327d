//! `GET`, `POST /notifications/unsubscribe/{token}`: the page of the link in a mail that can be refused. Opening it
//! changes nothing, since mail scanners open links. The `POST` is that of its form, or of the mail program itself
//! (RFC 8058): it is answered without a redirect, and a second time alike.

use crate::{
    error::Problem,
    extract::PathId,
    idempotency::{Asker, Idempotency},
    openapi::{Access, Operation},
    state::ApiState,
    unknown_parameters::UnknownParameters,
    views::unsubscribe_page::{Page, page},
};
use actions::notifications::preferences;
use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use domain::{
    ids::UserId,
    notifications::{Template, unsubscribe},
};
use futures_util::FutureExt;
use std::collections::BTreeSet;

/// Shows the page. An invalid link gets one with 404.
///
/// # Errors
/// 503 where the database is unavailable.
pub async fn get(
    State(api): State<ApiState>,
    token: PathId,
    unknown: UnknownParameters,
) -> Result<Response, Problem> {
    let brand = &api.cx.config.brand;
    let Some((person, kinds)) = claim(&api, &token) else {
        return Ok(page(brand, StatusCode::NOT_FOUND, "en", &Page::NoSuchLink));
    };
    unknown.refuse()?;
    let language = preferences::language(&api.cx.pool, person).await?;
    let language = language.as_deref().unwrap_or("en");
    Ok(page(brand, StatusCode::OK, language, &Page::Form(kinds)))
}

/// Switches the mails off. The body says nothing more than the link.
///
/// # Errors
/// 400 for an unfit idempotency key, 409, 422 for a key in use; 503 where the database is unavailable.
pub async fn post(
    State(api): State<ApiState>,
    token: PathId,
    unknown: UnknownParameters,
    idempotency: Idempotency,
    sent: Bytes,
) -> Result<Response, Problem> {
    let brand = &api.cx.config.brand;
    let Some((person, kinds)) = claim(&api, &token) else {
        return Ok(page(brand, StatusCode::NOT_FOUND, "en", &Page::NoSuchLink));
    };
    let asker = Asker::Unsubscribe(person);
    idempotency
        .once(&api.cx, asker, Some(sent), move |work| {
            async move {
                unknown.refuse()?;
                preferences::refuse_mails(work, person, &kinds).await?;
                let language = preferences::language(&mut *work.tx, person).await?;
                let language = language.as_deref().unwrap_or("en");
                let brand = &work.cx.config.brand;
                Ok(page(brand, StatusCode::OK, language, &Page::Done(kinds)))
            }
            .boxed()
        })
        .await
}

fn claim(api: &ApiState, token: &PathId) -> Option<(UserId, BTreeSet<Template>)> {
    let secrets = api.cx.config.auth.link_secrets();
    secrets
        .into_iter()
        .find_map(|secret| unsubscribe::verify(secret, token.as_str()))
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "showUnsubscribe",
        Access::Anybody,
        "Show the page that stops a kind of mail",
    )
    .description("An HTML page, to which mails link. Opening it changes nothing.")
    .pages()
}

pub(crate) fn post_operation() -> Operation {
    Operation::new(
        "unsubscribe",
        Access::Anybody,
        "Stop a kind of mail by the link in it",
    )
    .description(
        "The button of the page sends this request, and so does a mail program with one click (RFC 8058). Nothing else \
         changes: other mails and other channels stay.",
    )
    .pages()
}
