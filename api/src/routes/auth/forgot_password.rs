//! `POST /auth/forgot-password`: asks for a link to a new password, by mail.

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

/// Takes a request: `{email}`. Answers the same, after the same work, whoever has the address.
///
/// # Errors
/// The body is wrong.
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
    body.required("email", 1..=254)
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "forgotPassword",
        Access::Anybody,
        "Ask for a link to a new password",
    )
    .about("By mail. The answer is the same whoever has the address.")
    .body(body, json!({"email": "sarah.support@baitech.com"}))
}
