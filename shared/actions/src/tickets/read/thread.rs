//! Pages of a ticket's thread and of its history.

use super::distinct;
use crate::directory::{self, Named};
use crate::tickets::store::{self, List, Listing, Section};
use domain::{
    ids::{TicketId, UserId},
    paging::{Direction, PageRequest, Start},
    tickets::{EventActor, Message, TicketEvent, access::Viewer},
};
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;
use uuid::Uuid;

/// A page of a thread or a history.
#[derive(Debug, Clone)]
pub struct ThreadPage<T> {
    /// The entries.
    pub entries: Vec<T>,
    /// The number of entries on all pages.
    pub total: i64,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Uuid>,
    /// The people named in the entries, by id.
    pub people: HashMap<UserId, Named>,
}

/// An entry of a thread or a history.
trait Entry {
    /// Its id, which is a cursor.
    fn id(&self) -> Uuid;

    /// The people whose names are shown with it.
    fn people(&self) -> impl Iterator<Item = UserId>;
}

impl Entry for Message {
    fn id(&self) -> Uuid {
        self.id.0
    }

    fn people(&self) -> impl Iterator<Item = UserId> {
        [self.sender_id, self.redacted_by].into_iter().flatten()
    }
}

impl Entry for TicketEvent {
    fn id(&self) -> Uuid {
        self.id.0
    }

    fn people(&self) -> impl Iterator<Item = UserId> {
        let actor = match self.by {
            EventActor::Person(person, _) => Some(person),
            EventActor::System => None,
        };
        actor.into_iter()
    }
}

/// The part of a list that a page shows, and one row more, which tells whether the list goes on; `None` when the
/// cursor names no entry of the list.
async fn section(
    db: &mut PgConnection,
    list: List,
    of: Listing,
    page: PageRequest,
) -> sqlx::Result<Option<Section>> {
    let after = match page.start {
        Start::Page(_) => None,
        Start::After(id) => match list.place(db, of, id).await? {
            None => return Ok(None),
            place => place,
        },
    };
    Ok(Some(Section {
        after,
        offset: page.offset(),
        limit: page.limit.saturating_add(1),
    }))
}

/// A page of at most `limit` entries. `entries` has one more where the list goes on.
async fn page<T: Entry>(
    db: impl PgExecutor<'_>,
    mut entries: Vec<T>,
    total: i64,
    limit: i64,
) -> sqlx::Result<ThreadPage<T>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = entries.len() > limit;
    entries.truncate(limit);
    let named = distinct(entries.iter().flat_map(Entry::people));
    let people = directory::names(db, &named).await?;
    Ok(ThreadPage {
        total,
        next: entries.last().filter(|_| more).map(Entry::id),
        entries,
        people,
    })
}

/// A page of a ticket's thread; `None` when the cursor names no message that the viewer may see.
///
/// # Errors
/// The database failed.
pub async fn thread(
    db: &mut PgConnection,
    ticket: TicketId,
    viewer: Viewer,
    request: PageRequest,
    order: Direction,
) -> sqlx::Result<Option<ThreadPage<Message>>> {
    let of = Listing { ticket, viewer };
    let Some(section) = section(&mut *db, List::Thread, of, request).await? else {
        return Ok(None);
    };
    let entries = store::messages(&mut *db, of, order, section).await?;
    let total = List::Thread.count(&mut *db, of).await?;
    Ok(Some(page(db, entries, total, request.limit).await?))
}

/// One message with the names of its people.
///
/// # Errors
/// The database failed.
pub async fn message(
    db: impl PgExecutor<'_>,
    message: Message,
) -> sqlx::Result<ThreadPage<Message>> {
    page(db, vec![message], 1, 1).await
}

/// A page of a ticket's history, oldest first; `None` when the cursor names no event that the viewer may see.
///
/// # Errors
/// The database failed.
pub async fn history(
    db: &mut PgConnection,
    ticket: TicketId,
    viewer: Viewer,
    request: PageRequest,
) -> sqlx::Result<Option<ThreadPage<TicketEvent>>> {
    let of = Listing { ticket, viewer };
    let Some(section) = section(&mut *db, List::History, of, request).await? else {
        return Ok(None);
    };
    let entries = store::events(&mut *db, of, section).await?;
    let total = List::History.count(&mut *db, of).await?;
    Ok(Some(page(db, entries, total, request.limit).await?))
}
