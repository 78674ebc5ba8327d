//! `PUT /auth/password`: another password, by the present one.

use crate::{
    auth::SignedIn,
    body::Body,
    client::ClientAddress,
    error::Problem,
    extract::Payload,
    openapi::{Operation, Who},
    respond::Answer,
    state::ApiState,
    throttle::Account,
};
use axum::extract::State;
use secrecy::SecretString;
use serde_json::json;
use shared::people::{Password, actions};

/// Changes the caller's password: `{currentPassword, newPassword}`. The other logins end.
///
/// # Errors
/// The present password is another, or that was tried too often; the new one is none.
pub async fn put(
    caller: SignedIn,
    State(api): State<ApiState>,
    client: ClientAddress,
    payload: Payload,
) -> Result<Answer, Problem> {
    let (current, new) = payload.read(body)?;
    let by = (caller.actor, caller.session);
    let change = actions::change_password(&api.cx, &api.passwords, by, current, &new);
    let account = Account::Person(caller.actor.id);
    api.throttle.guard(account, client, change).await?;
    Ok(Answer::default())
}

fn body(body: &mut Body) -> Option<(SecretString, Password)> {
    let current = body.required("currentPassword", 1..=1_000);
    let new = body.text("newPassword");
    let new = Password::parse(body.faults(), "newPassword", new.as_deref());
    Some((current?.into(), new?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changePassword", Who::SignedIn, "Change your password")
        .about("The other logins end. An outside issuer's people change theirs there: 409.")
        .body(
            body,
            json!({"currentPassword": "SecurePass123!", "newPassword": "Another pass phrase"}),
        )
        .conflicts(&["password_elsewhere"])
        .counts_failures()
}
