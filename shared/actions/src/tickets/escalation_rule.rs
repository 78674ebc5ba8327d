//! The rule that escalates a ticket after a breach. It is part of saving, so that no action can forget it.

use crate::{agents::RosterCache, error::ActionError};
use domain::tickets::{Escalation, TicketChange};
use platform::{config::AutoEscalate, work::UnitOfWork};

/// Escalates the ticket if a deadline was breached in this change and the settings allow it. The history
/// names the system as the actor, also when a person's request found the breach.
///
/// # Errors
/// The database failed, or another transaction holds the only suitable agent for too long.
pub(super) async fn apply(
    work: &mut UnitOfWork<'_>,
    change: &mut TicketChange,
    rosters: &RosterCache,
) -> Result<(), ActionError> {
    let Some(breach) = change.must_escalate() else {
        return Ok(());
    };
    match work.cx.config.tickets.escalate_on_breach {
        AutoEscalate::OnBreach => {}
        AutoEscalate::Never => return Ok(()),
    }
    let to = crate::agents::claim_for_escalation(work, change.ticket(), rosters).await?;
    let escalation = Escalation {
        to,
        reason: breach.reason(),
        automatic: true,
    };
    change.escalate(escalation, work.now())?;
    Ok(())
}
