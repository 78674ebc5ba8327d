//! `POST /auth/logout`: ends the session of the token.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    unknown_parameters::UnknownParameters,
};
use actions::people::log_out;
use axum::{extract::State, http::StatusCode};
use domain::actor::Initiator;
use platform::context::Context;

/// Ends the session of the caller.
///
/// # Errors
/// 401; 409 for a token of the external issuer; 422 for an unknown query parameter.
pub async fn logout(
    caller: SignedIn,
    State(cx): State<Context>,
    unknown: UnknownParameters,
) -> Result<Answer, Problem> {
    unknown.refuse()?;
    let Some(session) = caller.session else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "login_elsewhere",
            "Your token is of an external issuer: log out there.",
        ));
    };
    let mut work = cx.begin(Initiator::Person(caller.actor)).await?;
    log_out(&mut work, session).await?;
    work.commit().await?;
    Ok(Answer::default())
}

pub(crate) fn operation() -> Operation {
    Operation::new("logout", Access::SignedIn, "Log out")
        .description(
            "Ends the session of the token. The session of a token of an external issuer has to be ended there: 409.",
        )
        .conflicts(&["login_elsewhere"])
}
