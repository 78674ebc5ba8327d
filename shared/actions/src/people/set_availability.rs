//! An agent sets whether they take tickets.

use crate::{
    error::ActionError,
    feed,
    job_list::{self, Job},
    people::store,
};
use domain::{
    actor::Actor,
    people::{Absence, Availability, AvailabilityNow, Role},
};
use platform::work::UnitOfWork;

/// Sets the caller's availability, and ends an absence; the present one changes nothing that is shown. When an agent
/// becomes available, a job assigns unassigned tickets to them. Admins are never assigned to automatically.
///
/// # Errors
/// [`ActionError::NotFound`] when the caller is no agent or admin; the database failed.
pub async fn set_availability(
    work: &mut UnitOfWork<'_>,
    by: Actor,
    to: Availability,
) -> Result<AvailabilityNow, ActionError> {
    let before = store::lock_availability(&mut work.tx, by.id)
        .await?
        .ok_or(ActionError::NotFound("agent"))?;
    if before.set == to && before.absence == Absence::Present {
        store::forget_clients(&mut work.tx, by.id).await?;
    } else {
        let now = work.now();
        store::save_availability(&mut work.tx, by.id, to, now).await?;
        feed::add_availability(work, by.id).await?;
        if to == Availability::Available && by.role == Role::Support {
            job_list::enqueue(work, &Job::AssignToAvailableAgent { agent: by.id }).await?;
        }
    }
    let load = work.cx.config.tickets.load;
    let present = store::availability(&mut *work.tx, by.id, load).await?;
    present.ok_or(ActionError::NotFound("agent"))
}
