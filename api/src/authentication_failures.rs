//! The failures of authentication.

use crate::error::Problem;
use axum::http::StatusCode;
use domain::people::Role;

const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;

/// 401: the token is not accepted.
pub(crate) fn refused(code: &'static str, detail: &str) -> Problem {
    Problem::unauthenticated(code, detail, INVALID_TOKEN)
}

/// 401: no token was sent.
pub(crate) fn token_required() -> Problem {
    let detail = "Log in, and send `Authorization: Bearer <token>`.";
    Problem::unauthenticated("token_required", detail, "Bearer")
}

/// 403: the role of the caller is not one of `whom`.
pub(crate) fn role_not_allowed(whom: &str, role: Role) -> Problem {
    let detail = format!("This is for {whom}; your role is {role}.");
    Problem::new(StatusCode::FORBIDDEN, "role_not_allowed", detail)
}

pub(crate) fn invalid_token() -> Problem {
    refused("invalid_token", "The access token is not valid here.")
}

pub(crate) fn expired_token() -> Problem {
    refused(
        "token_expired",
        "The access token has expired: get a new one with the refresh token.",
    )
}

pub(crate) fn revoked_token() -> Problem {
    refused(
        "token_revoked",
        "The session has ended or the account is not active: log in again.",
    )
}
