//! Accounts and logins.

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
    views::person::User,
};
use actions::people::LoggedIn;
use axum::http::{HeaderValue, header};
use domain::people::AccountEventKind;

/// What a token looks like.
const SOME_TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl";

/// `{user, token, refreshToken, expiresIn}`, the last in seconds. Nobody may keep a copy on the way.
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

/// The language of the page that a link leads to; `None` when it leads nowhere any more.
async fn link_language(
    api: &ApiState,
    kind: AccountEventKind,
    token: &PathId,
) -> Result<Option<String>, Problem> {
    let Some(event) =
        domain::people::account::named(&api.cx.config.auth.link_secrets(), kind, token.as_str())
    else {
        return Ok(None);
    };
    let now = api.cx.clock.now();
    Ok(actions::people::account::link_language(&api.cx.pool, event, now).await?)
}

/// Tells that an operation answers with an account and its tokens. The tokens are left out where
/// somebody else's account was made.
fn gives_tokens(operation: Operation) -> Operation {
    operation
        .answers::<User>("user")
        .may_answer_like("token", &SOME_TOKEN)
        .may_answer_like("refreshToken", &SOME_TOKEN)
        .may_answer_like("expiresIn", &token::LIFETIME.num_seconds())
}
