//! `POST /auth/refresh`: goes on with a session.

use super::logged_in;
use crate::{
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
    state::ApiState,
};
use actions::people::RefreshToken;
use axum::extract::State;
use domain::{actor::Initiator, reader::ObjectReader};
use serde_json::json;

/// Gives new tokens for a refresh token: `{refreshToken}`.
///
/// # Errors
/// 401 for one that is unknown, spent, expired or revoked.
pub async fn refresh(State(api): State<ApiState>, payload: Payload) -> Result<Answer, Problem> {
    let token = RefreshToken::presented(payload.read(body)?);
    let mut work = api.cx.begin(Initiator::System).await?;
    let refreshed = actions::people::refresh(&mut work, &token).await?;
    work.commit().await?;
    let login = refreshed.into_login()?;
    logged_in(&api, &login)
}

fn body(body: &mut ObjectReader) -> Option<String> {
    body.required("refreshToken", 1..=1_000)
}

pub(crate) fn operation() -> Operation {
    super::gives_tokens(Operation::new(
        "refreshTokens",
        Access::Anybody,
        "Get new tokens for a refresh token",
    ))
    .about("Each refresh token is good once; using a spent one ends the login that it belongs to.")
    .challenges(&["invalid_refresh_token"])
    .body(
        body,
        json!({"refreshToken": "SkQFN593pj48aLoYx0pYl4_Gtal2iKtNp82Bmh0OdVY"}),
    )
}
