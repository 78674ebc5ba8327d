//! `/support/tickets`: one file for each thing that can be done.
//!
//! A handler that changes a ticket first asks whether the caller may see it (404), then reads the
//! body (413, 415, 400, 422), then calls its action, which asks again under the ticket's lock.

pub mod add_message;
pub mod assign;
pub mod close;
pub mod create;
pub mod escalate;
pub mod get;
pub mod history;
pub mod list;
pub mod messages;
pub mod priority;
pub mod rate;
pub mod reopen;
pub mod status;

use crate::{
    body::Body,
    error::Problem,
    extract::{IfMatch, PathId},
    respond::Answer,
    views::{page::Pagination, ticket},
};
use axum::http::{HeaderValue, header};
use shared::{
    attachments::{Form, RawAttachment},
    context::Context,
    fault::{Entries, Fault},
    paging::Section,
    tickets::{
        Ticket,
        actions::{Target, TicketKey},
        read,
    },
    work::{Actor, By, Work},
};
use sqlx::{PgConnection, PgExecutor};

/// The ticket that a request names, if the caller may see it.
async fn target(
    cx: &Context,
    actor: &Actor,
    id: &PathId,
    version: IfMatch,
) -> Result<Target, Problem> {
    target_in(&cx.pool, actor, id, version).await
}

/// As [`target`], by this connection: for whoever has a transaction open already.
async fn target_in(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    id: &PathId,
    version: IfMatch,
) -> Result<Target, Problem> {
    let mut target = Target {
        key: key(id)?,
        version: None,
    };
    let found = read::find(db, actor, &target).await?;
    target.version = version.against(found.version);
    Ok(target)
}

/// The ticket that a request names, for reading, by the connection that reads the rest.
async fn find(db: &mut PgConnection, actor: &Actor, id: &PathId) -> Result<Ticket, Problem> {
    let target = Target {
        key: key(id)?,
        version: None,
    };
    Ok(read::find(db, actor, &target).await?)
}

/// The id or number in the path.
fn key(id: &PathId) -> Result<TicketKey, Problem> {
    id.read("the id or the number of a ticket", TicketKey::parse)
}

/// A unit of work of the caller's.
async fn begin<'a>(cx: &'a Context, actor: &Actor) -> Result<Work<'a>, Problem> {
    Ok(cx.begin(By::Person(*actor)).await?)
}

/// Shows the ticket to the caller, also one that has just passed out of sight, and commits: who is
/// told of a failure can rely on it.
async fn done(mut work: Work<'_>, actor: &Actor, changed: Ticket) -> Result<Answer, Problem> {
    let answer = shown(&mut work, actor, changed).await?;
    work.commit().await?;
    Ok(answer)
}

/// `{success, ticket}` with its `ETag`.
async fn shown(work: &mut Work<'_>, actor: &Actor, one: Ticket) -> Result<Answer, Problem> {
    let version = one.version;
    let showing = read::show(&mut work.tx, vec![one]).await?;
    let reader = read::reader(actor);
    let view = showing
        .tickets
        .first()
        .map(|one| ticket::ticket(one, &showing.people, reader, work.now));
    Ok(with_etag(Answer::of("ticket", view), version))
}

fn with_etag(answer: Answer, version: i64) -> Answer {
    match HeaderValue::from_str(&format!("\"{version}\"")) {
        Ok(etag) => answer.header(header::ETAG, etag),
        Err(_) => answer,
    }
}

/// `attachments` of a ticket or a message.
fn attachments(body: &mut Body) -> Entries<RawAttachment> {
    let read = |item: &mut Body| {
        Some(RawAttachment {
            form: Form::of(|field| item.has(field)),
            id: item.text("id"),
            url: item.text("url"),
            file_name: item.text("fileName"),
        })
    };
    body.objects("attachments", read).unwrap_or_default()
}

/// A part of a list within a ticket, and which it is.
fn part<T>(
    section: Section,
    found: Option<read::Part<T>>,
) -> Result<(read::Part<T>, Pagination), Problem> {
    let Some(part) = found else {
        return Err(Problem::bad_query(vec![Fault {
            field: "cursor".to_owned(),
            code: "bad_cursor",
            message: "must be the nextCursor of this list".to_owned(),
        }]));
    };
    let next = part.next.map(|next| next.to_string());
    let pagination = Pagination::of(section, part.total).followed_by(next);
    Ok((part, pagination))
}
