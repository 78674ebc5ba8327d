//! `POST /auth/login`: opens a session.

use super::logged_in;
use crate::{
    client::ClientAddress,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
    state::ApiState,
    throttle::Account,
};
use actions::{
    error::ActionError,
    people::{log_in, verify_login},
};
use axum::extract::State;
use domain::{actor::Initiator, people::LoginAddress, reader::ObjectReader};
use secrecy::SecretString;
use serde_json::json;

/// Logs a person in: `{email, password}`.
///
/// # Errors
/// 401, the same for an unknown address and a wrong password; 422; 429 after too many of these.
pub async fn login(
    State(api): State<ApiState>,
    client: ClientAddress,
    payload: Payload,
) -> Result<Answer, Problem> {
    let (address, password) = payload.read(body)?;
    let login = async {
        let verified = verify_login(&api.cx, &api.passwords, &address, password).await?;
        let mut work = api.cx.begin(Initiator::System).await?;
        let login = log_in(&mut work, &verified).await?;
        work.commit().await?;
        Ok::<_, ActionError>(login)
    };
    let account = Account::Address(&address);
    let login = api.throttle.guard(account, client, login).await?;
    logged_in(&api, &login)
}

fn body(body: &mut ObjectReader) -> Option<(LoginAddress, SecretString)> {
    body.named("SessionCreate", "A login.");
    body.mean(&[
        ("email", "The e-mail address of the account."),
        ("password", "The password of the account."),
    ]);
    let email = body.required("email", 1..=254);
    let password = body.required("password", 1..=1_000);
    Some((LoginAddress::given(&email?), password?.into()))
}

pub(crate) fn operation() -> Operation {
    super::gives_tokens(Operation::new("login", Access::Anybody, "Log in"))
        .description(
            "An unknown address and a wrong password give the same response: 401. After too many of them the response is 429.",
        )
        .challenges(&["invalid_credentials"])
        .counts_failures()
        .body(
            body,
            json!({"email": "sarah.support@baitech.com", "password": "SecurePass123!"}),
        )
}
