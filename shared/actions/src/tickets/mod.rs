//! The use cases of tickets. Each has the same steps: load, may, decide, save, record, enqueue;
//! the last three are one call, [`save`], so that none of them can be left out.

mod assign;
mod auto_close;
mod backfill_index;
mod close;
mod edit;
mod escalate;
pub mod list;
pub mod mentions;
mod open;
mod priority;
mod rate;
mod reactions;
pub mod read;
mod redact;
mod refusal;
mod release;
mod reopen;
mod reply;
pub mod search;
mod status;
pub(crate) mod store;

pub use assign::{AssignTo, Capacity, assign};
pub use auto_close::{AutoClosed, auto_close};
pub use backfill_index::backfill_index;
pub use close::{close, close_by_customer};
pub use edit::edit;
pub use escalate::{EscalateTo, Swept, escalate, sweep};
pub use open::open;
pub use priority::set_priority;
pub use rate::{rate, rate_by_survey};
pub use redact::{may_redact, redact};
pub use release::{Release, release, release_of_offline};
pub use reopen::reopen;
pub use reply::{may_write, reply};
pub use status::set_status;

use crate::tickets::reactions::reactions;
use crate::{assignment::RosterCache, error::ActionError, job_list, people::directory};
use domain::tickets::TicketKey;
use domain::tickets::{
    Attribution, EventActor, PendingEvent, Priority, Ticket, TicketChange, TicketEvent, access,
};
use domain::{
    actor::{Actor, Initiator},
    ids::{EventId, TicketId},
    sla::Policy,
};
use platform::work::UnitOfWork;

/// Which ticket, and at which version the caller believes it to be.
#[derive(Debug, Clone)]
pub struct Target {
    /// The ticket.
    pub key: TicketKey,
    /// The version that the caller has seen, where it said so.
    pub version: Option<i64>,
}

impl From<TicketId> for Target {
    fn from(id: TicketId) -> Self {
        Self {
            key: TicketKey::Id(id),
            version: None,
        }
    }
}

/// A ticket that is locked, with a version that has not been compared yet. Whom and what the caller
/// names beside it is judged before that (403, 422), its state after (409): only
/// [`Loaded::at_expected_version`] gives what can be changed.
pub(crate) struct Loaded {
    case: TicketChange,
    expected: Option<i64>,
}

impl Loaded {
    /// The ticket as it is.
    pub fn ticket(&self) -> &Ticket {
        self.case.ticket()
    }

    /// The ticket to be changed, if it is at the version that the caller has seen.
    pub fn at_expected_version(self) -> Result<TicketChange, ActionError> {
        let present = self.case.ticket().version;
        match self.expected {
            Some(version) if version != present => Err(ActionError::Stale { present }),
            Some(_) | None => Ok(self.case),
        }
    }
}

/// Loads a ticket for a change: locked, and only if the person may.
pub(crate) async fn load(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    target: &Target,
    action: access::Action,
) -> Result<Loaded, ActionError> {
    access::role_may(actor.role, action).map_err(denied)?;
    let case = lock(work, &target.key).await?;
    mentions::may(&mut work.tx, actor, action, case.ticket())
        .await?
        .map_err(denied)?;
    Ok(Loaded {
        case,
        expected: target.version,
    })
}

/// Loads a ticket for a change of the system's own.
pub(crate) async fn load_for_system(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
) -> Result<TicketChange, ActionError> {
    lock(work, &TicketKey::Id(ticket)).await
}

/// What happens to a ticket happens after what happened to it before: also when this request came first,
/// and had to wait for the other, whose clock may be ahead by a little.
async fn lock(work: &mut UnitOfWork<'_>, key: &TicketKey) -> Result<TicketChange, ActionError> {
    let ticket = store::lock(&mut *work.tx, key)
        .await?
        .ok_or(ActionError::NotFound("ticket"))?;
    work.not_before(ticket.updated_at);
    let mut clocks = crate::sla::store::load(&mut *work.tx, &[ticket.id.0]).await?;
    let clocks = clocks.remove(&ticket.id).unwrap_or_default();
    Ok(TicketChange::loaded(ticket, clocks))
}

/// Saves a case: row, clocks, history, the jobs that follow, and the bucket of the statistics. A
/// case that has to be escalated by rule is escalated first. A case to which nothing happened is
/// left alone.
pub(crate) async fn save(
    work: &mut UnitOfWork<'_>,
    case: &mut TicketChange,
    newness: SaveMode,
) -> Result<(), ActionError> {
    save_among(work, case, newness, &RosterCache::default()).await
}

/// As [`save`]; `desks` are those of all tickets that are escalated together.
pub(crate) async fn save_among(
    work: &mut UnitOfWork<'_>,
    case: &mut TicketChange,
    newness: SaveMode,
    desks: &RosterCache,
) -> Result<(), ActionError> {
    escalate::by_rule(work, case, desks).await?;
    if case.entries().is_empty() {
        return Ok(());
    }
    let read_version = match newness {
        SaveMode::Insert => None,
        SaveMode::Update => Some(case.stamp(work.now())),
    };
    store::write(&mut work.tx, case, read_version).await?;
    let ticket = case.ticket();
    let entries = case.entries().iter();
    let events: Vec<_> = entries.map(|entry| event(work, entry, ticket.id)).collect();
    store::insert_events(&mut *work.tx, ticket.id, &events).await?;
    let (assignee, load) = (ticket.assigned_to, work.cx.config.tickets.load);
    let follow = events
        .iter()
        .flat_map(|event| reactions(event, assignee, load));
    job_list::enqueue_all(work, &follow.collect::<Vec<_>>()).await?;
    work.happened
        .extend(events.iter().map(|event| event.kind.name()));
    crate::stats::mark_dirty(work, ticket.created_at).await?;
    Ok(())
}

/// An entry of the history, and who did it.
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

/// Whether a case is in the database yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaveMode {
    /// Not yet.
    Insert,
    /// It was loaded from there.
    Update,
}

pub(crate) fn denied(why: access::Denied) -> ActionError {
    match why {
        access::Denied::Hidden => ActionError::NotFound("ticket"),
        access::Denied::Role => {
            ActionError::forbidden("role_not_allowed", "Your role may not do this.")
        }
        access::Denied::MentionedOnly => ActionError::forbidden(
            "mentioned_only",
            "A note mentions you on this ticket: you may read it and add internal notes. Whoever has it, or an admin, \
             can do the rest or assign it to you.",
        ),
        access::Denied::NotTheSender => ActionError::forbidden(
            "not_your_message",
            "Somebody else wrote this message: its sender or an admin can redact it.",
        ),
    }
}

/// The policy that a ticket gets with this priority, by the rules as they are now.
async fn policy_for(
    work: &mut UnitOfWork<'_>,
    ticket: &Ticket,
    priority: Priority,
) -> Result<Policy, ActionError> {
    let customer = directory::find(&mut *work.tx, ticket.customer_id).await?;
    let customer = customer.ok_or(ActionError::Internal("a ticket's customer is gone"))?;
    crate::sla::policy_for(work, priority, ticket.category, customer.role).await
}

/// The person who acts; actions of people are never called on behalf of the system.
pub(crate) fn person(work: &UnitOfWork<'_>) -> Result<Actor, ActionError> {
    match work.by() {
        Initiator::Person(actor) => Ok(actor),
        Initiator::System => Err(ActionError::Internal(
            "an action of people was called by the system",
        )),
    }
}
