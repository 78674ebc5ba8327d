//! What people are told in the app: a list of what concerned them, with a mark for what they have read.

pub mod store;

pub use store::MOST_COUNTED;

use crate::{error::ActionError, feed};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    ids::{EventId, NotificationId, TicketId, UserId},
    notifications::{Template, kinds_for},
    people::Role,
    tickets::TicketNumber,
};
use platform::work::UnitOfWork;
use sqlx::PgConnection;

/// An entry of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: NotificationId,
    /// The entry of the ticket's history.
    pub event: EventId,
    /// What is told.
    pub kind: Template,
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its present subject.
    pub subject: String,
    /// The given name of the person who did it; `None` for the system.
    pub actor: Option<String>,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Which entries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// All.
    All,
    /// Those that are not read yet.
    Unread,
}

/// A part of the list.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Which entries.
    pub filter: Filter,
    /// The last entry of the part before.
    pub after: Option<NotificationId>,
    /// Entries to skip.
    pub offset: i64,
    /// The most entries.
    pub limit: i64,
}

/// The list as a person sees it.
#[derive(Debug)]
pub struct Listed {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// All entries of the filter, counted up to [`MOST_COUNTED`].
    pub total: i64,
    /// Unread entries, counted up to [`MOST_COUNTED`].
    pub unread: i64,
    /// The last entry, if the list goes on after it.
    pub next: Option<NotificationId>,
}

/// A person who reads the list.
pub(crate) struct Reader {
    person: UserId,
    /// The kinds that people of this role are told.
    kinds: Vec<String>,
    sees: Sees,
}

/// Which tickets a person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    /// All.
    All,
    /// Those assigned to the person, unassigned ones, and those that a note mentions the person on.
    OfAgent,
    /// Their own.
    Own,
}

impl Reader {
    fn new(actor: &Actor) -> Self {
        let sees = match actor.role {
            Role::Admin => Sees::All,
            Role::Support => Sees::OfAgent,
            Role::Customer | Role::Technician | Role::Corporate => Sees::Own,
        };
        Self {
            person: actor.id,
            kinds: kinds_for(actor.role).map(|kind| kind.to_string()).collect(),
            sees,
        }
    }
}

/// The least id of the entries that are made from an instant on: ids begin with their time (RFC 9562, section 5.7).
#[must_use]
pub fn first_id_at(at: DateTime<Utc>) -> uuid::Uuid {
    let milliseconds = u128::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Uuid::from_u128(milliseconds << 80)
}

/// The list of a person.
///
/// # Errors
/// The database failed.
pub async fn list(db: &mut PgConnection, actor: &Actor, part: Part) -> sqlx::Result<Listed> {
    let reader = Reader::new(actor);
    let page = (part.after, part.offset, part.limit + 1);
    let mut entries = store::list(&mut *db, &reader, part.filter, page).await?;
    let unread = store::count(&mut *db, &reader, Filter::Unread).await?;
    let total = match part.filter {
        Filter::All => store::count(&mut *db, &reader, Filter::All).await?,
        Filter::Unread => unread,
    };
    let shown = usize::try_from(part.limit).unwrap_or(usize::MAX);
    let goes_on = entries.len() > shown;
    entries.truncate(shown);
    Ok(Listed {
        next: entries.last().filter(|_| goes_on).map(|entry| entry.id),
        entries,
        total,
        unread,
    })
}

/// Marks an entry as read.
///
/// # Errors
/// [`ActionError::NotFound`] if there is none, or the person may no longer see its ticket; the database failed.
pub async fn read(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    id: NotificationId,
) -> Result<Entry, ActionError> {
    if store::mark_read(work, actor.id, id).await? {
        feed::add_read(work, actor.id).await?;
    }
    let entry = store::find(&mut *work.tx, &Reader::new(actor), id).await?;
    entry.ok_or(ActionError::NotFound("notification"))
}

/// Marks all entries as read, and returns how many were not.
///
/// # Errors
/// The database failed.
pub async fn read_all(work: &mut UnitOfWork<'_>, actor: &Actor) -> sqlx::Result<u64> {
    let marked = store::mark_all_read(work, &Reader::new(actor)).await?;
    if marked > 0 {
        feed::add_read(work, actor.id).await?;
    }
    Ok(marked)
}
