//! Saying whether one takes tickets.

use crate::{
    error::ActionError,
    jobs::{self, Job},
    people::{Availability, AvailabilityNow, Role, store},
    work::{By, Work},
};

/// Sets whether the caller takes tickets; the present answer again changes nothing. An agent who
/// becomes available is given what waits. Admins are never assigned to by automation.
///
/// # Errors
/// [`ActionError::NotFound`] for a caller who is not of the staff.
pub async fn set_availability(
    work: &mut Work<'_>,
    to: Availability,
) -> Result<AvailabilityNow, ActionError> {
    let By::Person(by) = work.by else {
        return Err(ActionError::Internal(
            "an action of people was called by the system",
        ));
    };
    let before = store::lock_availability(&mut work.tx, by.id)
        .await?
        .ok_or(ActionError::NotFound("agent"))?;
    if before != to {
        store::save_availability(&mut work.tx, by.id, to, work.now).await?;
        if to == Availability::Available && by.role == Role::Support {
            jobs::enqueue_all(work, &[Job::FillAgent { agent: by.id }]).await?;
        }
    }
    let load = work.cx.config.tickets.load;
    store::availability(&mut *work.tx, by.id, load)
        .await?
        .ok_or(ActionError::NotFound("agent"))
}
