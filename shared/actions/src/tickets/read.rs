//! Tickets as responses show them: with the names of people, the clocks and the escalations. The number of
//! queries does not grow with the number of tickets.

use crate::tickets::{Target, mentions, refusal::denied, store};
use crate::{
    error::ActionError,
    people::directory::{self, Named},
};
use domain::tickets::{
    EventActor, Message, Ticket, TicketEvent, TicketKey, TicketNumber,
    access::{Action, Scope, role_may},
};
use domain::{
    actor::Actor,
    ids::{TicketId, UserId},
    paging::{Direction, PageRequest, Start},
    sla::Clocks,
};
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;
use uuid::Uuid;

pub use domain::tickets::access::Viewer;

/// A ticket with its clocks and escalations.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The ticket.
    pub ticket: Ticket,
    /// Its clocks.
    pub clocks: Clocks,
    /// Its escalations, oldest first.
    pub escalations: Vec<TicketEvent>,
}

/// Tickets with their clocks and escalations, and the people named in them.
#[derive(Debug, Clone, Default)]
pub struct Showing {
    /// In the order asked for.
    pub tickets: Vec<Shown>,
    /// The customers and assignees, by id.
    pub people: HashMap<UserId, Named>,
}

/// Reads clocks, escalations and people of these tickets: three queries, however many tickets.
///
/// # Errors
/// The database failed.
pub async fn show(db: &mut PgConnection, tickets: Vec<Ticket>) -> sqlx::Result<Showing> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id.0).collect();
    let mut clocks = crate::sla::store::load(&mut *db, &ids).await?;
    let mut escalations: HashMap<TicketId, Vec<TicketEvent>> = HashMap::new();
    for event in store::escalations(&mut *db, &ids).await? {
        escalations.entry(event.ticket).or_default().push(event);
    }
    let everybody = tickets
        .iter()
        .flat_map(|ticket| [Some(ticket.customer_id), ticket.assigned_to]);
    let people = directory::names(db, &distinct(everybody.flatten())).await?;
    let tickets = tickets.into_iter().map(|ticket| Shown {
        clocks: clocks.remove(&ticket.id).unwrap_or_default(),
        escalations: escalations.remove(&ticket.id).unwrap_or_default(),
        ticket,
    });
    Ok(Showing {
        tickets: tickets.collect(),
        people,
    })
}

/// The ticket, if `actor` may do `action` to it. It is not locked.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket or `actor` may not see it;
/// [`ActionError::Forbidden`] when `actor` may see it but may not do `action`; the database failed.
pub async fn find(
    db: &mut PgConnection,
    actor: &Actor,
    target: &Target,
    action: Action,
) -> Result<Ticket, ActionError> {
    role_may(actor.role, action).map_err(denied)?;
    let ticket = store::find(&mut *db, &target.key)
        .await?
        .ok_or(ActionError::NotFound("ticket"))?;
    let may = mentions::may(db, actor, action, &ticket).await?;
    may.map_err(denied)?;
    Ok(ticket)
}

/// The survey that the link of a mail opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The ticket's number.
    pub number: TicketNumber,
    /// The customer's language.
    pub language: String,
    /// Whether there is something to answer.
    pub state: SurveyState,
}

/// Whether a survey can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyState {
    /// It can be answered.
    Open,
    /// It has been answered.
    Answered,
    /// The ticket has been reopened since.
    Over,
}

/// The survey for the resolution number `cycle` of a ticket (0 for the first). Reading changes nothing.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket; the database failed.
pub async fn survey(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    cycle: i32,
) -> Result<Survey, ActionError> {
    let found = store::find(db, &TicketKey::Id(ticket)).await?;
    let found = found.ok_or(ActionError::NotFound("survey"))?;
    let state = if found.reopened_count != cycle || found.status.is_active() {
        SurveyState::Over
    } else if found.is_rated() {
        SurveyState::Answered
    } else {
        SurveyState::Open
    };
    Ok(Survey {
        number: found.number,
        language: found.language,
        state,
    })
}

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

/// A page of a ticket's thread; `None` when the cursor names no message that the reader may see.
///
/// # Errors
/// The database failed.
pub async fn thread(
    db: &mut PgConnection,
    ticket: TicketId,
    reader: Viewer,
    section: PageRequest,
    order: Direction,
) -> sqlx::Result<Option<ThreadPage<Message>>> {
    let after = match section.start {
        Start::Page(_) => None,
        Start::After(id) => match store::place_of_message(&mut *db, ticket, reader, id).await? {
            None => return Ok(None),
            place => place,
        },
    };
    let rows = one_more(section, after);
    let entries = store::messages(&mut *db, ticket, reader, order, rows).await?;
    let total = store::count_messages(&mut *db, ticket, reader).await?;
    Ok(Some(page(db, entries, total, section.limit).await?))
}

/// The rows of a page, and one more, which tells whether the list goes on.
fn one_more(section: PageRequest, after: Option<store::Place>) -> store::Section {
    store::Section {
        after,
        offset: section.offset(),
        limit: section.limit.saturating_add(1),
    }
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

/// A page of a ticket's history, oldest first; `None` when the cursor names no event that the reader may see.
///
/// # Errors
/// The database failed.
pub async fn history(
    db: &mut PgConnection,
    ticket: TicketId,
    reader: Viewer,
    section: PageRequest,
) -> sqlx::Result<Option<ThreadPage<TicketEvent>>> {
    let after = match section.start {
        Start::Page(_) => None,
        Start::After(id) => match store::place_of_event(&mut *db, ticket, reader, id).await? {
            None => return Ok(None),
            place => place,
        },
    };
    let entries = store::events(&mut *db, ticket, reader, one_more(section, after)).await?;
    let total = store::count_events(&mut *db, ticket, reader).await?;
    Ok(Some(page(db, entries, total, section.limit).await?))
}

/// Who reads threads and histories: staff see internal notes, requesters do not.
#[must_use]
pub fn reader(actor: &Actor) -> Viewer {
    Scope::of(actor).reader()
}

fn distinct(people: impl Iterator<Item = UserId>) -> Vec<uuid::Uuid> {
    let mut ids: Vec<_> = people.map(|person| person.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
