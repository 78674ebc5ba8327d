//! Tickets as they are shown: with the names of the people in them, their clocks and their
//! escalations, in a number of queries that does not grow with the number of tickets.

use crate::tickets::{Target, denied, mentions, store};
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

/// A ticket with what is shown beside it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The ticket.
    pub ticket: Ticket,
    /// Its clocks.
    pub clocks: Clocks,
    /// Its escalations, oldest first.
    pub escalations: Vec<TicketEvent>,
}

/// Tickets with what is shown beside them, and the names of everybody in them.
#[derive(Debug, Clone, Default)]
pub struct Showing {
    /// In the order asked for.
    pub tickets: Vec<Shown>,
    /// Everybody named in them.
    pub people: HashMap<UserId, Named>,
}

/// Gathers what is shown beside these tickets: three queries, however many tickets.
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

/// A ticket that the caller may see, and to which the caller may do `action`.
///
/// # Errors
/// [`ActionError::NotFound`] when there is none, or none that the caller may see;
/// [`ActionError::Forbidden`] when seeing it is all that the caller may.
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

/// What the link of a survey mail leads to.
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
    /// It can.
    Open,
    /// It has been.
    Answered,
    /// The ticket has been taken up again since.
    Over,
}

/// What the survey of a ticket's resolution asks for. Reading changes nothing.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket.
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

/// A part of something that is read in order, and how much there is of it.
#[derive(Debug, Clone)]
pub struct ThreadPage<T> {
    /// The entries.
    pub entries: Vec<T>,
    /// How many there are in all.
    pub total: i64,
    /// The entry after which it goes on, if it does.
    pub next: Option<Uuid>,
    /// Everybody named in them.
    pub people: HashMap<UserId, Named>,
}

/// A part of a ticket's thread in that order; `None` when it is to begin after what is not there.
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
    let cut = cut(section, after);
    let mut entries = match order {
        Direction::Ascending => store::messages(&mut *db, ticket, reader, cut).await?,
        Direction::Descending => store::latest_messages(&mut *db, ticket, reader, cut).await?,
    };
    let next = next(&mut entries, section.limit, |message| message.id.0);
    let total = store::count_messages(&mut *db, ticket, reader).await?;
    let named = distinct(entries.iter().flat_map(people_of).flatten());
    let people = directory::names(db, &named).await?;
    Ok(Some(ThreadPage {
        entries,
        total,
        next,
        people,
    }))
}

/// One more than wanted tells whether there is more.
fn cut(section: PageRequest, after: Option<store::Place>) -> store::Cut {
    store::Cut {
        after,
        offset: section.offset(),
        limit: section.limit.saturating_add(1),
    }
}

/// Drops what is one too many, and names the entry before it.
fn next<T>(entries: &mut Vec<T>, limit: i64, id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = entries.len() > limit;
    entries.truncate(limit);
    entries.last().filter(|_| more).map(id)
}

/// Who wrote a message, and who redacted it.
fn people_of(message: &Message) -> [Option<UserId>; 2] {
    [message.sender_id, message.redacted_by]
}

/// One message with the names of its people.
///
/// # Errors
/// The database failed.
pub async fn message(
    db: impl PgExecutor<'_>,
    message: Message,
) -> sqlx::Result<ThreadPage<Message>> {
    let named = distinct(people_of(&message).into_iter().flatten());
    let people = directory::names(db, &named).await?;
    Ok(ThreadPage {
        entries: vec![message],
        total: 1,
        next: None,
        people,
    })
}

/// A part of a ticket's history; `None` when it is to begin after what is not there.
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
    let mut entries = store::events(&mut *db, ticket, reader, cut(section, after)).await?;
    let next = next(&mut entries, section.limit, |event| event.id.0);
    let total = store::count_events(&mut *db, ticket, reader).await?;
    let actors = distinct(entries.iter().filter_map(|event| match event.by {
        EventActor::Person(person, _) => Some(person),
        EventActor::System => None,
    }));
    let people = directory::names(db, &actors).await?;
    Ok(Some(ThreadPage {
        entries,
        total,
        next,
        people,
    }))
}

/// Whose eyes a thread and a history are for.
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
