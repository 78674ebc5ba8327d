//! `PUT /auth/password`: changes the password, given the present one.

use crate::{
    client::ClientAddress,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    state::ApiState,
    throttle::Account,
};
use actions::error::ActionError;
use axum::extract::State;
use domain::{actor::Initiator, people::Password, reader::ObjectReader};
use secrecy::SecretString;
use serde_json::json;

/// Changes the password of the caller: `{currentPassword, newPassword}`. The other sessions end.
///
/// # Errors
/// 401; 409 for a person of the external issuer; 422, also for a wrong present password; 429 after too many
/// of these.
pub async fn put(
    caller: SignedIn,
    State(api): State<ApiState>,
    client: ClientAddress,
    payload: Payload,
) -> Result<Answer, Problem> {
    let (current, new) = payload.read(body)?;
    let owner = caller.actor.id;
    let change = async {
        let current = Some(current);
        let verified =
            actions::people::verify_password(&api.cx, &api.passwords, owner, current).await?;
        let hash = api.passwords.hash(&new, api.cx.ids.bytes()).await?;
        let mut work = api.cx.begin(Initiator::Person(caller.actor)).await?;
        actions::people::change_password(&mut work, caller.session, &verified, &hash).await?;
        work.commit().await?;
        Ok::<_, ActionError>(())
    };
    let account = Account::Person(owner);
    api.throttle.guard(account, client, change).await?;
    Ok(Answer::default())
}

fn body(body: &mut ObjectReader) -> Option<(SecretString, Password)> {
    body.named("PasswordUpdate", "A change of your password.");
    body.mean(&[
        ("currentPassword", "The present password."),
        ("newPassword", "The new password, of 10 to 128 characters."),
    ]);
    let current = body.required("currentPassword", 1..=1_000);
    let new = body.text("newPassword");
    let new = Password::parse(body.errors(), "newPassword", new.as_deref());
    Some((current?.into(), new?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changePassword", Access::SignedIn, "Change your password")
        .description(
            "All other sessions of the account end. People of an external issuer change their password there: 409.",
        )
        .body(
            body,
            json!({"currentPassword": "SecurePass123!", "newPassword": "Another pass phrase"}),
        )
        .conflicts(&["password_elsewhere"])
        .counts_failures()
}
