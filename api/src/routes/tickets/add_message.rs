//! `POST /support/tickets/{id}/messages`: adds a message or an internal note.

use crate::{
    error::Problem,
    extract::{IfMatch, PathId, Payload},
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    views::thread as view,
};
use actions::tickets::read;
use axum::{extract::State, response::Response};
use domain::{
    actor::{Actor, Caller},
    tickets::{NewMessage, access::Action},
};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Adds a message or, with `isInternal`, a note: `{message?, attachments?, isInternal?}`.
///
/// # Errors
/// 400, 401, 403 for a note of a requester or a message of an agent who is only mentioned, 404, 409 for a
/// requester on a closed ticket, 412, 413, 415, 422.
pub async fn add_message(
    caller: Caller,
    State(cx): State<Context>,
    id: PathId,
    version: IfMatch,
    post: Write,
) -> Result<Response, Problem> {
    post.once(&cx, caller, |work, payload| {
        async move {
            let actor = actions::tickets::person(work)?;
            let target = super::target(&id, version)?;
            let added = match new_message(payload, &actor) {
                Ok(new) => actions::tickets::reply(work, &target, new)
                    .await
                    .map_err(Into::into),
                Err(refused) => Err(refused),
            };
            let (ticket, message) = match added {
                Ok(added) => added,
                Err(refused) => {
                    // An agent whom a note mentions may write notes.
                    let who = (&actor, Action::See);
                    return Err(super::hidden_or(&mut work.tx, who, &target, refused).await);
                }
            };
            let thread = read::message(&mut *work.tx, message).await?;
            let view = thread
                .entries
                .first()
                .map(|message| view::message(message, &thread.people));
            let location = format!("/api/v1/support/tickets/{}/messages", ticket.id);
            Ok(Answer::of("message", view).created(&location))
        }
        .boxed()
    })
    .await
}

fn new_message(payload: Payload, actor: &Actor) -> Result<NewMessage, Problem> {
    let mut body = payload.object()?;
    actions::tickets::may_write(actor.role, NewMessage::visibility(&body))?;
    let new = NewMessage::read(&mut body);
    body.finish(new).map_err(Problem::invalid)
}

pub(crate) fn operation() -> Operation {
    Operation::new("addMessage", Access::SignedIn, "Add a message or an internal note")
        .description(
            "A message of a requester resumes a ticket that waits for the customer, and reopens a resolved one. On a closed \
             ticket the requester gets 409. Internal notes are for staff: others get 403. `message` may be empty or absent if \
             there is an attachment. `@` with an employee number in an internal note mentions that agent, who may then read \
             the ticket and add notes.",
        )
        .body(
            NewMessage::read,
            json!({"message": "I tried again but still getting the same error", "attachments": []}),
        )
        .versioned()
        .conflicts(&["illegal_transition", "ticket_closed"])
        .forbids(&["role_not_allowed", "mentioned_only"])
        .creates()
        .answers::<view::MessageView>("message")
        .leads_to("message/ticketId", Resource::Ticket)
}
