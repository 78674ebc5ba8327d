//! Tickets as responses show them: with the names of people, the clocks and the escalations, read by one statement.

mod survey;
mod thread;

pub use survey::{Survey, SurveyState, survey};
pub use thread::{ThreadPage, history, message, thread};

use crate::tickets::{
    Target, mentions,
    refusal::denied,
    store::{self, EventRow},
};
use crate::{directory::Named, error::ActionError};
use domain::{
    actor::{Actor, Caller},
    ids::{TicketId, UserId},
    json::Json,
    people::Role,
    sla::{Clocks, SlaClock},
    tickets::{
        Message, Ticket, TicketEvent, TicketKey,
        access::{self, Action, Mention, Scope, role_may},
    },
};
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;

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

/// Reads these tickets, in this order, one that is named twice twice: one statement, however many. Unknown ids are left
/// out.
///
/// # Errors
/// The database failed.
pub async fn show(db: impl PgExecutor<'_>, tickets: &[TicketId]) -> sqlx::Result<Showing> {
    if tickets.is_empty() {
        return Ok(Showing::default());
    }
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.0).collect();
    let mut people = HashMap::new();
    let mut found = HashMap::new();
    for row in store::shown(db, &ids).await? {
        people.extend(by_id(row.people));
        let one = Shown::new(row.ticket, row.clocks, row.escalations);
        found.insert(one.ticket.id, one);
    }
    let tickets = tickets.iter().filter_map(|id| found.get(id).cloned());
    Ok(Showing {
        tickets: tickets.collect(),
        people,
    })
}

/// A ticket with its first messages.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The caller, in the present role.
    pub actor: Actor,
    /// The ticket.
    pub shown: Shown,
    /// Its first messages that the caller may read.
    pub messages: Vec<Message>,
    /// The people named in it and in the messages, by id.
    pub people: HashMap<UserId, Named>,
}

/// Opens a ticket for a caller: one statement, which reads the session as well. At most `messages` messages are read.
/// `None` when there is no such ticket, or the caller's session is over.
///
/// # Errors
/// [`ActionError::NotFound`] when the caller may not see it; the database failed.
pub async fn open(
    db: impl PgExecutor<'_>,
    caller: Caller,
    key: &TicketKey,
    messages: i64,
) -> Result<Option<Opened>, ActionError> {
    let staff = Role::ALL.iter().filter(|role| role.is_staff());
    let staff: Vec<_> = staff.map(ToString::to_string).collect();
    let Some(row) = store::opened(db, caller, key, &staff, messages).await? else {
        return Ok(None);
    };
    let actor = Actor {
        id: caller.person,
        role: row.role,
    };
    let mention = if row.is_mentioned {
        Mention::Mentioned
    } else {
        Mention::NotMentioned
    };
    access::may(&actor, Action::See, &row.ticket, mention).map_err(denied)?;
    Ok(Some(Opened {
        actor,
        shown: Shown::new(row.ticket, row.clocks, row.escalations),
        messages: row.messages.0,
        people: by_id(row.people).collect(),
    }))
}

impl Shown {
    fn new(
        ticket: Json<Ticket>,
        clocks: Json<Vec<SlaClock>>,
        escalations: Json<Vec<EventRow>>,
    ) -> Self {
        Self {
            ticket: ticket.0,
            clocks: Clocks(clocks.0),
            escalations: escalations.0.into_iter().map(Into::into).collect(),
        }
    }
}

fn by_id(people: Json<Vec<Named>>) -> impl Iterator<Item = (UserId, Named)> {
    people.0.into_iter().map(|person| (person.id, person))
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
