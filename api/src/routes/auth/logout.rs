//! `POST /auth/logout`: ends the session of the token.

use crate::{
    auth::SignedIn,
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    unknown_parameters::UnknownParameters,
};
use actions::people::log_out;
use axum::{extract::State, http::StatusCode};
use domain::actor::Initiator;
use platform::context::Context;

/// Ends the caller's session.
///
/// # Errors
/// There is none, or it is an outside issuer's to end.
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
            "Your token is an outside issuer's, and so is the login: end it there.",
        ));
    };
    let mut work = cx.begin(Initiator::Person(caller.actor)).await?;
    log_out(&mut work, session).await?;
    work.commit().await?;
    Ok(Answer::default())
}

pub(crate) fn operation() -> Operation {
    Operation::new("logout", Access::SignedIn, "End the login of the token")
        .about("The login of an outside issuer's token is ended there: 409.")
        .conflicts(&["login_elsewhere"])
}
