//! The first steps of every action on a ticket: the actor, the permission, the row lock.

use crate::error::ActionError;
use crate::tickets::{ExpectedVersion, Target, mentions, refusal::denied, store};
use domain::{
    actor::{Actor, Initiator},
    ids::{TicketId, UserId},
    tickets::{
        Ticket, TicketChange, TicketKey,
        access::{self, Scope},
    },
};
use platform::work::UnitOfWork;

/// A locked ticket whose version is not compared yet. The order of refusals is fixed: first the permission
/// (403) and the people and tickets that the body names (422), then the version, then the state (409).
/// [`LockedTicket::at_expected_version`] is therefore the only way to a [`TicketChange`].
pub(crate) struct LockedTicket {
    change: TicketChange,
    expected: ExpectedVersion,
}

impl LockedTicket {
    /// The ticket as it is in the database.
    pub fn ticket(&self) -> &Ticket {
        self.change.ticket()
    }

    /// The change of the ticket, which is empty yet.
    ///
    /// # Errors
    /// [`ActionError::Stale`] when the ticket has another version than the caller expects.
    pub fn at_expected_version(self) -> Result<TicketChange, ActionError> {
        let present = self.change.ticket().version;
        if self.expected.admits(present) {
            Ok(self.change)
        } else {
            Err(ActionError::Stale { present })
        }
    }
}

/// Locks a ticket for a change by a person. The role is checked before the ticket is read.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket or `actor` may not see it;
/// [`ActionError::Forbidden`] when `actor` may see it but may not do `action`; the database failed.
pub(crate) async fn load(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    target: &Target,
    action: access::Action,
) -> Result<LockedTicket, ActionError> {
    access::role_may(actor.role, action).map_err(denied)?;
    let customer = match Scope::of(actor) {
        Scope::Own(customer) => Some(customer),
        Scope::AgentQueue(_) | Scope::All => None,
    };
    let change = lock(work, &target.key, customer).await?;
    mentions::may(&mut work.tx, actor, action, change.ticket())
        .await?
        .map_err(denied)?;
    Ok(LockedTicket {
        change,
        expected: target.version.clone(),
    })
}

/// Locks a ticket for a change by the system, which needs no permission.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket; the database failed.
pub(crate) async fn load_for_system(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
) -> Result<TicketChange, ActionError> {
    lock(work, &TicketKey::Id(ticket), None).await
}

/// Time never runs backwards on a ticket: once the row is locked, `work.now()` is at least its `updated_at`.
/// This request may have waited for another one, whose process may have a clock that is ahead.
async fn lock(
    work: &mut UnitOfWork<'_>,
    key: &TicketKey,
    customer: Option<UserId>,
) -> Result<TicketChange, ActionError> {
    let ticket = store::lock(&mut *work.tx, key, customer)
        .await?
        .ok_or(ActionError::NotFound("ticket"))?;
    work.not_before(ticket.updated_at);
    let mut clocks = crate::sla::store::load(&mut *work.tx, &[ticket.id.0]).await?;
    let clocks = clocks.remove(&ticket.id).unwrap_or_default();
    Ok(TicketChange::loaded(ticket, clocks))
}

/// The person who acts. Some actions are only for people: the system never calls them.
///
/// # Errors
/// [`ActionError::Internal`] when the system is the initiator, which is a bug.
pub fn person(work: &UnitOfWork<'_>) -> Result<Actor, ActionError> {
    match work.by() {
        Initiator::Person(actor) => Ok(actor),
        Initiator::System => Err(ActionError::Internal(
            "the system called an action that is for people only",
        )),
    }
}
