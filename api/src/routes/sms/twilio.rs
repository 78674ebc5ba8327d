//! `POST /notifications/sms/twilio/{token}`: Twilio reports what became of a message. The token is our id of it:
//! that of the notification or the digest.

use super::{Form, nowhere, signature::is_signed, take};
use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
};
use actions::notifications::sms::Subject;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::sms::{of_twilio, twilio_report_url};
use platform::{config::SmsTransport, context::Context};
use secrecy::ExposeSecret;
use uuid::Uuid;

/// Stores a report.
///
/// # Errors
/// 404 for a call that Twilio did not sign; 503 where the database is unavailable.
pub async fn post(
    State(cx): State<Context>,
    id: PathId,
    headers: HeaderMap,
    form: Form,
) -> Result<StatusCode, Problem> {
    let id: Uuid = id.as_str().parse().map_err(|_| nowhere())?;
    let SmsTransport::Twilio(account) = &cx.config.sms.transport else {
        return Err(nowhere());
    };
    let signature = headers.get("x-twilio-signature");
    let signature = signature.and_then(|value| value.to_str().ok());
    let url = twilio_report_url(&cx.config.http.public_url, id);
    let token = account.auth_token.expose_secret();
    if !signature.is_some_and(|signature| is_signed(token, &url, form.fields(), signature)) {
        return Err(nowhere());
    }
    let sid = form.get("MessageSid");
    let subject = Subject::Twilio { id, sid };
    let reported = of_twilio(form.get("MessageStatus"), form.get("ErrorCode"));
    take(&cx, subject, reported.filter(|_| !sid.is_empty())).await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "reportTwilioMessage",
        Access::Anybody,
        "Report what became of a text message",
    )
    .description("Twilio calls it, at the address that it was given with the message.")
    .hides(&["not_found"])
    .callback()
}
