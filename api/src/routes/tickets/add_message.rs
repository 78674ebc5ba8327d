//! `POST /support/tickets/{id}/messages`.

use crate::{
    auth::SignedIn,
    error::Problem,
    extract::{IfMatch, PathId},
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    views::thread as view,
};
use actions::tickets::read;
use axum::{extract::State, response::Response};
use domain::tickets::{NewMessage, access::Action};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Adds a message or, with `isInternal`, a note: `{message?, attachments?, isInternal?}`.
///
/// # Errors
/// A requester sends a note; a requester writes to a closed ticket.
pub async fn add_message(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    version: IfMatch,
    post: Write,
) -> Result<Response, Problem> {
    post.once(&cx, actor, |work, payload| {
        async move {
            // Whom a note mentions may write notes: what else is written is asked of its action.
            let who = (&actor, Action::See);
            let (target, _) = super::found_in(&mut work.tx, who, &id, version).await?;
            let mut body = payload.object()?;
            actions::tickets::may_write(actor.role, NewMessage::visibility(&body))?;
            let new = NewMessage::read(&mut body);
            let new = body.finish(new).map_err(Problem::invalid)?;
            let (ticket, message) = actions::tickets::reply(work, &target, new).await?;
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

pub(crate) fn operation() -> Operation {
    Operation::new("addMessage", Access::SignedIn, "Add a message or an internal note")
        .about("A requester's reply moves a waiting ticket on and takes a resolved one up again; on a closed one it is 409. \
            Internal notes are for staff: 403 for others. `message` may be empty or absent where there is an attachment. \
            `@` and an employee number in an internal note mentions that agent, who may read the ticket and add notes from then on.")
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
