//! `/auth`: accounts and sessions.

pub mod confirm_email;
pub mod forgot_password;
pub mod login;
pub mod logout;
pub mod me;
pub mod password;
pub mod refresh;
pub mod register;
pub mod reset_password;

use crate::{
    error::Problem,
    extract::PathId,
    openapi::Operation,
    respond::Answer,
    state::ApiState,
    token::{self, Bearer},
    views::{
        account_page::{Page, page},
        person::User,
    },
};
use actions::people::{LoggedIn, account::LinkRecipient};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::people::AccountEventKind;

/// The example of a token in the document.
const SOME_TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl";

/// The response `{user, token, refreshToken, expiresIn}`; `expiresIn` is in seconds. No cache may keep it.
///
/// # Errors
/// 500 where the token cannot be signed.
fn logged_in(api: &ApiState, login: &LoggedIn) -> Result<Answer, Problem> {
    let now = api.cx.clock.now();
    let bearer = Bearer {
        user: login.person.id,
        role: login.person.role,
        session: login.session,
    };
    let access = api
        .tokens
        .issue(bearer, api.cx.ids.uuid(now), now)
        .map_err(Problem::unexpected)?;
    Ok(Answer::of("user", User::from(&login.person))
        .with("token", access)
        .with("refreshToken", login.refresh_token.reveal())
        .with("expiresIn", token::LIFETIME.num_seconds())
        .header(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// The person to whom a link was mailed; `None` for a link that is invalid or over.
///
/// # Errors
/// 503 where the database is unavailable.
async fn link_recipient(
    api: &ApiState,
    kind: AccountEventKind,
    token: &PathId,
) -> Result<Option<LinkRecipient>, Problem> {
    let Some(event) =
        domain::people::account::named(&api.cx.config.auth.link_secrets(), kind, token.as_str())
    else {
        return Ok(None);
    };
    let now = api.cx.clock.now();
    Ok(actions::people::account::link_recipient(&api.cx.pool, event, now).await?)
}

/// The page of a mailed link: `shown` for the masked address of its recipient, or 404 for a link that is invalid or over.
///
/// # Errors
/// 503 where the database is unavailable.
async fn link_page(
    api: &ApiState,
    kind: AccountEventKind,
    token: &PathId,
    shown: fn(&str) -> Page<'_>,
) -> Result<Response, Problem> {
    let brand = &api.cx.config.brand;
    Ok(match link_recipient(api, kind, token).await? {
        Some(LinkRecipient { language, address }) => {
            page(brand, StatusCode::OK, &language, shown(&address))
        }
        None => page(brand, StatusCode::NOT_FOUND, "en", Page::NoSuchLink),
    })
}

/// Declares that an operation responds with an account and its tokens. The tokens are optional: they are
/// absent where an admin registers another person.
fn gives_tokens(operation: Operation) -> Operation {
    operation
        .answers::<User>("user")
        .answers_like("token", &SOME_TOKEN)
        .answers_like("refreshToken", &SOME_TOKEN)
        .answers_like("expiresIn", &token::LIFETIME.num_seconds())
        .answer_named("SessionResponse")
}
