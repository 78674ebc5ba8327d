//! An admin changes the role, the state or the support info of an account. The change applies from the next
//! request of that person on.
//!
//! Race: the last two admins take each other's role at once. A change that may remove an admin locks the rows of
//! all admins first, so that the second one finds that only one admin is left.

use crate::{
    agents::store::lock_agent,
    error::ActionError,
    feed,
    job_list::{self, Job},
    people::{
        account::store::{self as accounts, Account},
        store,
    },
};
use domain::{
    field_error::FieldErrors,
    ids::UserId,
    people::{Availability, NewSupportInfo, Patch, Person, PersonChange, Role, SupportInfoChange},
};
use platform::work::UnitOfWork;

/// Changes an account.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such account; [`ActionError::Conflict`] when no active admin would
/// be left, or the employee number is taken; [`ActionError::Invalid`] for support info of a requester; the
/// database failed.
pub async fn change_person(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    change: &PersonChange,
) -> Result<Person, ActionError> {
    let admins = if change.takes_admins_away() {
        store::lock_admins(&mut work.tx).await?
    } else {
        Vec::new()
    };
    let before = accounts::lock(&mut work.tx, person).await?;
    let before = before.ok_or(ActionError::NotFound("user"))?;
    let role = change.role.unwrap_or(before.role);
    let active = change.active.unwrap_or(before.active);
    let mut errors = FieldErrors::new();
    change.check_for(role, &mut errors);
    errors.finish(Some(()))?;
    let was_admin = before.active && before.role == Role::Admin;
    let is_last = !admins.iter().any(|admin| *admin != person);
    if was_admin && !(active && role == Role::Admin) && is_last {
        return Err(ActionError::conflict(
            "last_admin",
            "This is the last active admin: make somebody else an admin first.",
        ));
    }
    save_role_and_state(work, &before, role, active).await?;
    match &change.support_info {
        Patch::Stays | Patch::Cleared => {}
        Patch::To(info) => save_support_info(work, person, role, info).await?,
    }
    store::person(&mut work.tx, person, work.cx.config.tickets.load).await
}

/// A person who stops being an active agent gets no more tickets, since the agent's row is locked here as it is
/// for an assignment. A job returns their active tickets to the queue.
async fn save_role_and_state(
    work: &mut UnitOfWork<'_>,
    before: &Account,
    role: Role,
    active: bool,
) -> Result<(), ActionError> {
    let (id, now) = (before.id, work.now());
    let stays_agent = active && role.is_staff();
    if role.is_staff() {
        store::insert_agent(&mut work.tx, id, &NewSupportInfo::default(), now).await?;
    }
    lock_agent(&mut *work.tx, id).await?;
    store::update_role_and_state(work, id, role, active).await?;
    if before.role.is_staff() && before.active && !stays_agent {
        store::save_availability(&mut work.tx, id, Availability::Offline, now).await?;
        feed::add_availability(work, id).await?;
        job_list::enqueue(work, &Job::ReleaseTickets { agent: id }).await?;
    }
    if !active {
        accounts::revoke_sessions(&mut work.tx, id, None, now).await?;
    }
    Ok(())
}

/// Writes the changed support info. A job assigns unassigned tickets to the agent, whose capacity may be higher
/// now.
///
/// # Errors
/// [`ActionError::Conflict`] when the employee number is taken; the database failed.
pub(super) async fn save_support_info(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    role: Role,
    info: &SupportInfoChange,
) -> Result<(), ActionError> {
    store::update_agent(work, person, info)
        .await
        .map_err(|error| {
            store::taken(
                error,
                "agents_employee_id_key",
                "employee_id_taken",
                "Somebody else has this employee number.",
            )
        })?;
    if role == Role::Support {
        job_list::enqueue(work, &Job::AssignToAvailableAgent { agent: person }).await?;
    }
    Ok(())
}
