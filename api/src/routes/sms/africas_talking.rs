//! `POST /notifications/sms/africas-talking/{token}`: Africa's Talking reports what became of a message. Its calls are not
//! signed: the token is the secret.

use super::{Form, nowhere, take};
use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
};
use actions::notifications::sms::Subject;
use axum::{extract::State, http::StatusCode};
use domain::sms::{is_report_token, of_africas_talking};
use platform::{config::SmsTransport, context::Context};

/// Stores a report.
///
/// # Errors
/// 404 for a call to another address than the secret one; 503 where the database is unavailable.
pub async fn post(
    State(cx): State<Context>,
    token: PathId,
    form: Form,
) -> Result<StatusCode, Problem> {
    let config = &cx.config;
    let is_ours = matches!(config.sms.transport, SmsTransport::AfricasTalking(_))
        && is_report_token(&config.auth.link_secrets(), token.as_str());
    if !is_ours {
        return Err(nowhere());
    }
    let (id, number) = (form.get("id"), form.get("phoneNumber"));
    let subject = Subject::AfricasTalking { id, number };
    let reported = of_africas_talking(form.get("status"), form.get("failureReason"));
    take(&cx, subject, reported.filter(|_| !id.is_empty())).await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "reportAfricasTalkingMessage",
        Access::Anybody,
        "Report what became of a text message",
    )
    .description("Africa's Talking calls it, at the address that its dashboard was given.")
    .hides(&["not_found"])
    .callback()
}
