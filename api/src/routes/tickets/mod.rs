//! `/support/tickets`: one file for each operation.
//!
//! A handler that changes a ticket uses a [`TicketWrite`]. The refusals have an order: that the caller may not see the
//! ticket (404), those of the body (413, 415, 400, 422), those of the action. The action itself checks, under the row
//! lock of the ticket, whether the caller may see it; only where the body is refused, or the role, it is looked up for
//! that ([`hidden_or`]). All of this is one transaction, which takes the idempotency key first.

pub mod add_message;
pub mod assign;
pub mod close;
pub mod create;
pub mod edit;
pub mod escalate;
pub mod get;
pub mod history;
pub mod list;
pub mod messages;
pub mod priority;
pub mod rate;
pub mod redact;
pub mod reopen;
pub mod status;
pub mod suggest;

use crate::{
    error::Problem,
    extract::{IfMatch, PathId, Payload},
    idempotency::{Sender, Write},
    openapi::Resource,
    respond::Answer,
    views::{page::Pagination, ticket},
};
use actions::{
    error::ActionError,
    tickets::{Target, person, read},
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, header},
    response::Response,
};
use domain::{
    actor::Actor,
    field_error::FieldError,
    paging::PageRequest,
    tickets::{Ticket, TicketKey, access::Action},
};
use futures_util::{FutureExt, future::BoxFuture};
use platform::{context::Context, work::UnitOfWork};
use sqlx::PgConnection;

/// A write to the ticket in the path: its id or number, its expected version, the idempotency key and the
/// body.
#[derive(Debug)]
pub struct TicketWrite {
    id: PathId,
    version: IfMatch,
    write: Write,
}

impl<S: Send + Sync> FromRequest<S> for TicketWrite {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Ok(id) = PathId::from_request_parts(&mut parts, state).await;
        let Ok(version) = IfMatch::from_request_parts(&mut parts, state).await;
        let write = Write::from_request(Request::from_parts(parts, body), state).await?;
        Ok(Self { id, version, write })
    }
}

impl TicketWrite {
    /// Changes the ticket, once for each idempotency key: `read` reads the body, and `act` applies the result.
    /// The response shows the ticket, even where the caller can no longer see it after the change.
    ///
    /// # Errors
    /// 400 for an unfit id, 404 for a ticket that the caller may not see, then the errors of `read` and of
    /// `act`; those of [`Write::once`].
    async fn change<'a, T: Send + 'a>(
        self,
        cx: &'a Context,
        sender: impl Into<Sender>,
        read: impl FnOnce(Payload) -> Result<T, Problem> + Send + 'a,
        act: impl for<'w> FnOnce(
            &'w mut UnitOfWork<'a>,
            &'w Target,
            T,
        ) -> BoxFuture<'w, Result<Ticket, ActionError>>
        + Send
        + 'a,
    ) -> Result<Response, Problem> {
        let Self { id, version, write } = self;
        write
            .once(cx, sender, move |work, payload| {
                async move {
                    let actor = person(work)?;
                    let target = target(&id, version)?;
                    let changed = match read(payload) {
                        Ok(change) => act(work, &target, change).await.map_err(Into::into),
                        Err(refused) => Err(refused),
                    };
                    match changed {
                        Ok(ticket) => shown(work, &actor, &ticket).await,
                        Err(refused) => {
                            let who = (&actor, Action::Change);
                            Err(hidden_or(&mut work.tx, who, &target, refused).await)
                        }
                    }
                }
                .boxed()
            })
            .await
    }
}

/// The ticket that a request names, and its expected version.
///
/// # Errors
/// 400 for an unfit id.
fn target(id: &PathId, version: IfMatch) -> Result<Target, Problem> {
    Ok(Target {
        key: key(id)?,
        version: version.0,
    })
}

/// The refusal that the caller gets: first that the ticket is hidden, or the action not for the caller, then the one that was
/// found without the ticket.
async fn hidden_or(
    db: &mut PgConnection,
    (actor, action): (&Actor, Action),
    target: &Target,
    refused: Problem,
) -> Problem {
    if refused.status().is_server_error() {
        return refused;
    }
    match read::find(db, actor, target, action).await {
        Err(hidden @ (ActionError::NotFound(_) | ActionError::Forbidden { .. })) => hidden.into(),
        Ok(_) | Err(_) => refused,
    }
}

/// The ticket that a request names, for reading, by the connection that reads the rest.
///
/// # Errors
/// 400 for an unfit id, 404.
async fn find(db: &mut PgConnection, actor: &Actor, id: &PathId) -> Result<Ticket, Problem> {
    let target = Target::from(key(id)?);
    Ok(read::find(db, actor, &target, Action::See).await?)
}

/// The id or number in the path.
///
/// # Errors
/// 400 for an unfit id.
fn key(id: &PathId) -> Result<TicketKey, Problem> {
    id.read(Resource::Ticket.key(), TicketKey::parse)
}

/// `{success, ticket}` with its `ETag`.
async fn shown(work: &mut UnitOfWork<'_>, actor: &Actor, one: &Ticket) -> Result<Answer, Problem> {
    let showing = read::show(&mut *work.tx, &[one.id]).await?;
    let reader = read::reader(actor);
    let view = showing
        .tickets
        .first()
        .map(|one| ticket::ticket(one, &showing.people, reader, work.now()));
    Ok(with_etag(Answer::of("ticket", view), one.version))
}

fn with_etag(answer: Answer, version: i64) -> Answer {
    match HeaderValue::from_str(&format!("\"{version}\"")) {
        Ok(etag) => answer.header(header::ETAG, etag),
        Err(_) => answer,
    }
}

/// A page of a list within a ticket, and its pagination.
///
/// # Errors
/// 400 for a cursor of another list.
fn part<T>(
    section: PageRequest,
    found: Option<read::ThreadPage<T>>,
) -> Result<(read::ThreadPage<T>, Pagination), Problem> {
    let Some(part) = found else {
        return Err(Problem::bad_query(vec![FieldError {
            field: "cursor".to_owned(),
            code: "bad_cursor",
            message: "must be the `nextCursor` of this list".to_owned(),
        }]));
    };
    let next = part.next.map(|next| next.to_string());
    let pagination = Pagination::of(section, part.total).followed_by(next);
    Ok((part, pagination))
}
