//! `DELETE /support/tickets/{id}/messages/{messageId}`: redacts a message.

use crate::{
    auth::Staff,
    error::Problem,
    extract::{IfMatch, InnerId, PathId},
    idempotency::Write,
    openapi::{Access, ExampleStage, Operation, Resource},
    respond::Answer,
    views::thread as view,
};
use actions::tickets::read;
use axum::{extract::State, response::Response};
use domain::{
    reader::ObjectReader,
    tickets::{NOTES, access::Action},
};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Redacts a message: `{reason}`. A second time changes nothing.
///
/// # Errors
/// 400, 401, 403 for anybody but staff and for an agent who names another person's message, 404, 412, 422.
pub async fn redact(
    Staff(actor): Staff,
    State(cx): State<Context>,
    (id, message): (PathId, InnerId),
    version: IfMatch,
    delete: Write,
) -> Result<Response, Problem> {
    delete
        .once(&cx, actor, |work, payload| {
            async move {
                let target = super::target(&id, version)?;
                let ticket = read::find(&mut work.tx, &actor, &target, Action::Redact).await?;
                let message = message.parse("messageId", Resource::Message.key())?;
                actions::tickets::may_redact(work, &actor, ticket.id, message).await?;
                let reason = payload.read(reason)?;
                let redacted = actions::tickets::redact(work, &target, message, reason).await?;
                let thread = read::message(&mut *work.tx, redacted).await?;
                let view = thread
                    .entries
                    .first()
                    .map(|message| view::message(message, &thread.people));
                Ok(Answer::of("message", view))
            }
            .boxed()
        })
        .await
}

fn reason(body: &mut ObjectReader) -> Option<String> {
    body.named("MessageRedact", "Why a message is redacted.");
    body.mean(&[(
        "reason",
        "Why the text is removed. Only agents and admins can read it, in the history.",
    )]);
    body.required("reason", 1..=NOTES)
}

pub(crate) fn operation() -> Operation {
    Operation::new("redactMessage", Access::Roles("agents and admins"), "Redact a message")
        .description(
            "The text and the files of the message are removed, also from searches. Its place in the thread stays, with the \
             person and the time of the redaction. Agents can redact their own messages, admins all. The reason is in the \
             history, for staff. Mails that were sent cannot be recalled. Redacting a message again changes nothing.",
        )
        .body(reason, json!({"reason": "It had the number of a card."}))
        .versioned()
        .forbids(&["not_your_message"])
        .answers::<view::MessageView>("message")
        .at(ExampleStage::Redacted)
}
