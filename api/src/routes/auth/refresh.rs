//! `POST /auth/refresh`: continues a session with new tokens.

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

/// Exchanges a refresh token for new tokens: `{refreshToken}`.
///
/// # Errors
/// 401 for a token that is unknown, used, expired or revoked; 422.
pub async fn refresh(State(api): State<ApiState>, payload: Payload) -> Result<Answer, Problem> {
    let token = RefreshToken::presented(payload.read(body)?);
    let mut work = api.cx.begin(Initiator::System).await?;
    let refreshed = actions::people::refresh(&mut work, &token).await?;
    work.commit().await?;
    let login = refreshed.into_login()?;
    logged_in(&api, &login)
}

fn body(body: &mut ObjectReader) -> Option<String> {
    body.named("SessionRefresh", "The refresh token of a session.");
    body.mean(&[(
        "refreshToken",
        "The refresh token of the last login or refresh. It can be used once.",
    )]);
    body.required("refreshToken", 1..=1_000)
}

pub(crate) fn operation() -> Operation {
    super::gives_tokens(Operation::new(
        "refreshTokens",
        Access::Anybody,
        "Get new tokens for a refresh token",
    ))
    .description("Each refresh token can be used once. Using it a second time ends its session.")
    .challenges(&["invalid_refresh_token"])
    .body(
        body,
        json!({"refreshToken": "SkQFN593pj48aLoYx0pYl4_Gtal2iKtNp82Bmh0OdVY"}),
    )
}
