//! The SLA policy of a ticket that gets another priority or is reopened.

use crate::{directory, error::ActionError};
use domain::{
    sla::Policy,
    tickets::{Priority, Ticket},
};
use platform::work::UnitOfWork;

/// The policy for this ticket with `priority`, by the rules that are in force now.
///
/// # Errors
/// The database failed; [`ActionError::Internal`] when the customer's account is missing, which is a bug.
pub(super) async fn policy_for(
    work: &mut UnitOfWork<'_>,
    ticket: &Ticket,
    priority: Priority,
) -> Result<Policy, ActionError> {
    let customer = directory::find(&mut *work.tx, ticket.customer_id).await?;
    let customer = customer.ok_or(ActionError::Internal(
        "the customer of a ticket has no account",
    ))?;
    crate::sla::policy_for(work, priority, ticket.category, customer.role).await
}
