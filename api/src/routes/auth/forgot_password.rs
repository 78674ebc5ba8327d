//! `POST /auth/forgot-password`: requests a mail with a link to set a new password.

use crate::{
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
};
use axum::extract::State;
use domain::{actor::Initiator, reader::ObjectReader};
use platform::context::Context;
use serde_json::json;

/// Requests the mail: `{email}`. The response and the work for it are the same for every address, so that
/// neither shows whether an account exists.
///
/// # Errors
/// 400, 413, 415, 422 for a wrong body.
pub async fn forgot_password(
    State(cx): State<Context>,
    payload: Payload,
) -> Result<Answer, Problem> {
    let email = payload.read(body)?;
    let mut work = cx.begin(Initiator::System).await?;
    actions::people::forgot_password(&mut work, &email).await?;
    work.commit().await?;
    Ok(Answer::default())
}

fn body(body: &mut ObjectReader) -> Option<String> {
    body.named(
        "PasswordForgot",
        "The account whose password is to be set again.",
    );
    body.mean(&[("email", "The e-mail address of the account.")]);
    body.required("email", 1..=254)
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "forgotPassword",
        Access::Anybody,
        "Request a mail to set a new password",
    )
    .description(
            "The mail has a link to set a new password. The response is the same whether the address has an account or not.",
        )
    .body(body, json!({"email": "sarah.support@baitech.com"}))
}
