//! Saying whether one takes tickets.

use crate::{
    context::Context,
    error::ActionError,
    job_list::{self, Job},
    people::{Availability, AvailabilityNow, Role, store},
    work::{Actor, By},
};

/// Sets whether the caller takes tickets; the present answer again changes nothing. An agent who
/// becomes available is given what waits. Admins are never assigned to by automation.
///
/// # Errors
/// The caller is not of the staff.
pub async fn set_availability(
    cx: &Context,
    by: Actor,
    to: Availability,
) -> Result<AvailabilityNow, ActionError> {
    let mut work = cx.begin(By::Person(by)).await?;
    let before = store::lock_availability(&mut work.tx, by.id)
        .await?
        .ok_or(ActionError::NotFound("agent"))?;
    if before != to {
        store::save_availability(&mut work.tx, by.id, to, work.now).await?;
        if to == Availability::Available && by.role == Role::Support {
            job_list::enqueue_all(&mut work, &[Job::FillAgent { agent: by.id }]).await?;
        }
    }
    let now = store::availability(&mut *work.tx, by.id, cx.config.tickets.load)
        .await?
        .ok_or(ActionError::NotFound("agent"))?;
    work.commit().await?;
    Ok(now)
}
