//! The texts and labels of a ticket are changed.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::{
    people::Role,
    tickets::{Ticket, TicketEdit, access::Action},
};
use platform::work::UnitOfWork;

/// Changes the fields that `edit` has. Another category changes neither priority, department nor SLA targets.
///
/// # Errors
/// [`ActionError::Forbidden`] when a requester names a field that is for staff; [`ActionError::Conflict`] when a
/// requester changes a ticket that has its first response; otherwise as every change of a ticket:
/// [`ActionError::NotFound`], [`ActionError::Stale`].
pub async fn edit(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    edit: TicketEdit,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Edit).await?;
    may_edit(actor.role, &edit)?;
    let mut change = loaded.at_expected_version()?;
    change.edit(edit, actor.role, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}

fn may_edit(role: Role, edit: &TicketEdit) -> Result<(), ActionError> {
    let for_staff = edit.fields_for_staff();
    if role.is_staff() || for_staff.is_empty() {
        return Ok(());
    }
    Err(ActionError::forbidden(
        "role_not_allowed",
        format!(
            "Your role may not change {}: only subject, tags and the related references.",
            for_staff.join(", ")
        ),
    ))
}
