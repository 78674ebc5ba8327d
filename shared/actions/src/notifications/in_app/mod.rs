//! What people are told in the app: a list of what concerned them, with a mark for what they have read.

pub mod store;

pub use store::MOST_COUNTED;

use crate::error::ActionError;
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    ids::{EventId, NotificationId, TicketId, UserId},
    notifications::{Audience, Template},
    people::Role,
    tickets::TicketNumber,
};
use platform::work::UnitOfWork;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// An entry of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id; later entries have greater ones.
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
    /// All entries of the filter, up to a thousand.
    pub total: i64,
    /// Unread entries, up to a thousand.
    pub unread: i64,
    /// The last entry, if the list goes on after it.
    pub next: Option<NotificationId>,
}

/// A person who reads the list, with the kinds that their role may see.
pub(crate) struct Reader {
    person: UserId,
    /// Kinds of any ticket.
    of_any: Vec<String>,
    /// Kinds of the person's own tickets.
    of_own: Vec<String>,
    /// Kinds of tickets that the person has, or that a note mentions the person on.
    of_assigned: Vec<String>,
}

impl Reader {
    fn new(actor: &Actor) -> Self {
        let words = |audiences: &[Audience]| {
            let kinds = audiences
                .iter()
                .flat_map(|audience| Template::of(*audience));
            kinds.map(|kind| kind.to_string()).collect::<Vec<_>>()
        };
        let (of_any, of_assigned) = match actor.role {
            Role::Admin => (words(&[Audience::Assignee, Audience::Staff]), Vec::new()),
            Role::Support => staff_words(),
            Role::Customer | Role::Technician | Role::Corporate => (Vec::new(), Vec::new()),
        };
        Self {
            person: actor.id,
            of_any,
            of_own: words(&[Audience::Customer]),
            of_assigned,
        }
    }
}

/// What agents see of any ticket that they were told of, and what only while they see the ticket itself.
fn staff_words() -> (Vec<String>, Vec<String>) {
    let (of_seen, of_any): (BTreeSet<_>, BTreeSet<_>) = Template::of(Audience::Staff)
        .chain(Template::of(Audience::Assignee))
        .partition(|kind| kind.audience() == Audience::Assignee || *kind == Template::Mentioned);
    let words = |kinds: BTreeSet<Template>| kinds.iter().map(Template::to_string).collect();
    (words(of_any), words(of_seen))
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
/// [`ActionError::NotFound`] if there is none, or the person may not see its ticket any more; the database failed.
pub async fn read(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    id: NotificationId,
) -> Result<Entry, ActionError> {
    store::mark_read(work, actor.id, id).await?;
    let entry = store::find(&mut *work.tx, &Reader::new(actor), id).await?;
    entry.ok_or(ActionError::NotFound("notification"))
}

/// Marks all entries as read, and returns how many were not.
///
/// # Errors
/// The database failed.
pub async fn read_all(work: &mut UnitOfWork<'_>, actor: &Actor) -> sqlx::Result<u64> {
    store::mark_all_read(work, actor.id).await
}
