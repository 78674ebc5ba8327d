//! Plans the notifications of an event. A second run adds nothing: a notification is a row with the
//! unique key (event, person, channel).

use crate::{
    error::ActionError,
    job_list::{self, Delivery, Job},
    notifications::store,
    tickets::mentions,
};
use domain::{
    ids::{EventId, UserId},
    notifications::{ResolutionTold, TicketParticipants, assignee, level_above, plan},
    tickets::{Recipient, TicketEvent},
};
use platform::work::{Tx, UnitOfWork};
use std::collections::BTreeSet;

/// Plans an event: inserts a notification and enqueues its delivery for each new (person, channel).
///
/// # Errors
/// [`ActionError::NotFound`] if there is no such event; a failure of the database.
pub async fn plan_event(work: &mut UnitOfWork<'_>, event: EventId) -> Result<(), ActionError> {
    let event = store::event(&mut work.tx, event)
        .await?
        .ok_or(ActionError::NotFound("event"))?;
    let involved = involved(&mut work.tx, &event).await?;
    let planned = plan(&event, &involved);
    if planned.is_empty() {
        return Ok(());
    }
    let deliveries: Vec<_> = store::insert(work, event.id, &planned)
        .await?
        .into_iter()
        .map(|(notification, channel)| {
            Job::Deliver(Delivery {
                channel,
                notification,
            })
        })
        .collect();
    job_list::enqueue_all(work, &deliveries).await?;
    Ok(())
}

/// Loads the participants that the recipients of this event need.
async fn involved(tx: &mut Tx, event: &TicketEvent) -> Result<TicketParticipants, sqlx::Error> {
    let around = store::around(tx, event.ticket).await?;
    let later = store::changes_of_hands(tx, event).await?;
    let mut involved = TicketParticipants {
        customer: around.customer_id,
        agent: assignee(around.assigned_to, &later),
        escalated_from: Vec::new(),
        resolution: ResolutionTold::WhenResolved,
        mentioned: Vec::new(),
        next_level: Vec::new(),
        admins: Vec::new(),
        active: BTreeSet::new(),
    };
    for (recipient, _) in event.kind.spec().notifies {
        match recipient {
            Recipient::Customer
            | Recipient::Assignee
            | Recipient::AssigneeIfCustomerActed
            | Recipient::NewAssignee => {}
            Recipient::Mentioned => {
                if let Some(note) = event.kind.note() {
                    involved.mentioned = mentions::of_note(tx, note).await?;
                }
            }
            Recipient::EscalatedFrom => {
                involved.escalated_from = store::escalated_from(tx, event.ticket, event.at).await?;
            }
            Recipient::EscalatedFromUntold => {
                involved.resolution = store::resolution_told(tx, event.ticket, event.at).await?;
                involved.escalated_from = store::escalated_from(tx, event.ticket, event.at).await?;
            }
            Recipient::NextLevel => {
                let level = level_above(event, around.escalation_level, &later);
                // The desk that an escalation would go to.
                let staffed = crate::agents::store::staffed(&mut **tx).await?;
                let desk = domain::assignment::desk_of(around.department, &staffed);
                involved.next_level = store::agents_on(tx, desk, level).await?;
            }
            Recipient::Admins => involved.admins = store::admins(tx).await?,
        }
    }
    involved.active = store::active(tx, &everybody(event, &involved)).await?;
    Ok(involved)
}

/// All people whom the plan may name.
fn everybody(event: &TicketEvent, involved: &TicketParticipants) -> Vec<UserId> {
    let groups = [
        &involved.escalated_from,
        &involved.mentioned,
        &involved.next_level,
        &involved.admins,
    ];
    [
        Some(involved.customer),
        involved.agent,
        event.kind.new_assignee(),
    ]
    .into_iter()
    .flatten()
    .chain(groups.into_iter().flatten().copied())
    .collect()
}
