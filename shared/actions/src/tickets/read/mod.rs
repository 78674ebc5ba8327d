//! Tickets as responses show them: with the names of people, the clocks and the escalations. The number of
//! queries does not grow with the number of tickets.

mod survey;
mod thread;

pub use survey::{Survey, SurveyState, survey};
pub use thread::{ThreadPage, history, message, thread};

use crate::tickets::{Target, mentions, refusal::denied, store};
use crate::{
    directory::{self, Named},
    error::ActionError,
};
use domain::{
    actor::Actor,
    ids::{TicketId, UserId},
    sla::Clocks,
    tickets::{
        Ticket, TicketEvent,
        access::{Action, Scope, role_may},
    },
};
use sqlx::PgConnection;
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
