//! Saying whether one takes tickets.

use crate::{
    error::ActionError,
    job_list::{self, Job},
    people::store,
};
use domain::{
    actor::Actor,
    people::{Availability, AvailabilityNow, Role},
};
use platform::work::UnitOfWork;

/// Sets whether the caller takes tickets; the present answer again changes nothing. An agent who
/// becomes available is given what waits. Admins are never assigned to by automation.
///
/// # Errors
/// [`ActionError::NotFound`] for a caller who is not of the staff.
pub async fn set_availability(
    work: &mut UnitOfWork<'_>,
    by: Actor,
    to: Availability,
) -> Result<AvailabilityNow, ActionError> {
    let before = store::lock_availability(&mut work.tx, by.id)
        .await?
        .ok_or(ActionError::NotFound("agent"))?;
    if before != to {
        let now = work.now();
        store::save_availability(&mut work.tx, by.id, to, now).await?;
        if to == Availability::Available && by.role == Role::Support {
            job_list::enqueue(work, &Job::AssignToAvailableAgent { agent: by.id }).await?;
        }
    }
    let load = work.cx.config.tickets.load;
    let present = store::availability(&mut *work.tx, by.id, load).await?;
    present.ok_or(ActionError::NotFound("agent"))
}
