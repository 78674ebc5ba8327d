//! The last steps of every action on a ticket, in one call so that none can be left out: the row and its
//! clocks, the history, and the jobs that follow.

use crate::tickets::{escalation_rule, reactions::reactions, store};
use crate::{agents::RosterCache, error::ActionError, job_list};
use domain::{
    actor::Initiator,
    ids::{EventId, TicketId},
    tickets::{Attribution, EventActor, PendingEvent, TicketChange, TicketEvent},
};
use platform::work::UnitOfWork;

/// Whether the ticket is in the database already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaveMode {
    /// It is new: an `insert`.
    Insert,
    /// It was loaded and locked: an `update` that checks the version.
    Update,
}

/// Saves a change of a ticket. A ticket that breached a deadline in this change is escalated first, if the
/// settings say so. A change without events writes nothing.
///
/// # Errors
/// The database failed; the escalation was refused.
pub(crate) async fn save(
    work: &mut UnitOfWork<'_>,
    change: &mut TicketChange,
    mode: SaveMode,
) -> Result<(), ActionError> {
    save_with_rosters(work, change, mode, &RosterCache::default()).await
}

/// As [`save`]. `rosters` is shared by all tickets of one sweep, so that each roster is read once.
///
/// # Errors
/// As [`save`].
pub(super) async fn save_with_rosters(
    work: &mut UnitOfWork<'_>,
    change: &mut TicketChange,
    mode: SaveMode,
    rosters: &RosterCache,
) -> Result<(), ActionError> {
    escalation_rule::apply(work, change, rosters).await?;
    if change.entries().is_empty() {
        return Ok(());
    }
    let read_version = match mode {
        SaveMode::Insert => None,
        SaveMode::Update => Some(change.stamp(work.now())),
    };
    store::write(&mut work.tx, change, read_version).await?;
    let ticket = change.ticket();
    let entries = change.entries().iter();
    let events: Vec<_> = entries.map(|entry| event(work, entry, ticket.id)).collect();
    let now = work.now();
    store::insert_events(&mut *work.tx, ticket.id, ticket.version, now, &events).await?;
    work.grow_feed();
    let (assignee, load) = (ticket.assigned_to, work.cx.config.tickets.load);
    let follow = events
        .iter()
        .flat_map(|event| reactions(event, assignee, load));
    job_list::enqueue_all(work, &follow.collect::<Vec<_>>()).await?;
    work.events
        .extend(events.iter().map(|event| event.kind.name()));
    Ok(())
}

/// The history entry of a pending event, with its id and its actor.
fn event(work: &UnitOfWork<'_>, entry: &PendingEvent, ticket: TicketId) -> TicketEvent {
    let by = match (entry.by, work.by()) {
        (Attribution::Person(person, role), _) => EventActor::Person(person, role),
        (Attribution::Actor, Initiator::Person(actor)) => EventActor::Person(actor.id, actor.role),
        (Attribution::Actor, Initiator::System) | (Attribution::System, _) => EventActor::System,
    };
    TicketEvent {
        id: EventId(work.cx.ids.uuid(entry.at)),
        ticket,
        at: entry.at,
        by,
        kind: entry.kind.clone(),
    }
}
