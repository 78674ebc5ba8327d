//! Where the providers of text messages report what became of a message. Nobody signs in: Twilio signs its calls, and
//! Africa's Talking knows a secret path. A call that is authentic is always answered with 200, also if it brings nothing
//! new: providers would only repeat it. Any other gets the 404 of a path that leads nowhere.

pub mod africas_talking;
mod form;
mod signature;
pub mod twilio;

use crate::error::Problem;
use actions::notifications::sms::{self, Subject};
use axum::http::StatusCode;
use domain::{actor::Initiator, sms::Reported};
use form::Form;
use platform::context::Context;

/// The refusal of a call that is not authentic. It does not tell whether text messages are sent at all.
fn nowhere() -> Problem {
    Problem::not_found("callback")
}

/// Stores a report. A status that nobody knows changes nothing.
async fn take(
    cx: &Context,
    subject: Subject<'_>,
    reported: Option<Reported>,
) -> Result<StatusCode, Problem> {
    if let Some(reported) = reported {
        let mut work = cx.begin(Initiator::System).await?;
        let settled = sms::report(&mut work, subject, &reported).await?;
        work.commit().await?;
        if let Some(parcel) = settled {
            tracing::info!(
                message.id = %parcel.id(),
                report = %reported.report,
                reason = reported.reason,
                "the delivery of a text message was reported"
            );
        }
    }
    Ok(StatusCode::OK)
}
