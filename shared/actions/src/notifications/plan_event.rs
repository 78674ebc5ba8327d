//! Decides who hears of an event, and has them told. Doing it twice tells nobody twice: who is
//! told of an event is a row with a key of its own.

use crate::{
    error::ActionError,
    job_list::{self, Delivery, Job},
    notifications::store,
    tickets::mentions,
};
use domain::{
    ids::{EventId, UserId},
    notifications::{ResolutionTold, TicketParticipants, assignee, level_above, plan},
    tickets::{TicketEvent, TicketEventKind},
};
use platform::work::{Tx, UnitOfWork};
use std::collections::BTreeSet;

/// Plans an event: a row and a job for each (person, channel) that is new.
///
/// # Errors
/// There is no such event, or the database failed.
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

/// Everybody whom the plan of this event needs to know.
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
    match &event.what {
        TicketEventKind::Assigned { .. }
        | TicketEventKind::Created
        | TicketEventKind::StatusChanged { .. }
        | TicketEventKind::MessageAdded { .. }
        | TicketEventKind::Reopened { .. }
        | TicketEventKind::SlaAtRisk { .. }
        | TicketEventKind::Reminded
        | TicketEventKind::Unassigned { .. }
        | TicketEventKind::PriorityChanged { .. }
        | TicketEventKind::SubjectChanged { .. }
        | TicketEventKind::DescriptionChanged { .. }
        | TicketEventKind::CategoryChanged { .. }
        | TicketEventKind::DepartmentChanged { .. }
        | TicketEventKind::LanguageChanged { .. }
        | TicketEventKind::TagsChanged { .. }
        | TicketEventKind::RelatedChanged { .. }
        | TicketEventKind::MessageRedacted { .. }
        | TicketEventKind::Rated { .. } => {}
        TicketEventKind::NoteAdded { message } => {
            involved.mentioned = mentions::of_note(tx, *message).await?;
        }
        TicketEventKind::Escalated { .. } => involved.admins = store::admins(tx).await?,
        TicketEventKind::Resolved { .. } => add_earlier_agents(tx, event, &mut involved).await?,
        TicketEventKind::Closed => {
            involved.resolution = store::resolution_told(tx, event.ticket, event.at).await?;
            add_earlier_agents(tx, event, &mut involved).await?;
        }
        TicketEventKind::SlaBreached { .. } => {
            let level = level_above(event, around.escalation_level, &later);
            // Whoever an escalation would go to.
            let staffed = crate::assignment::store::staffed(&mut **tx).await?;
            let desk = domain::assignment::desk_of(around.department, &staffed);
            involved.next_level = store::agents_on(tx, desk, level).await?;
            involved.admins = store::admins(tx).await?;
        }
    }
    involved.active = store::active(tx, &everybody(event, &involved)).await?;
    Ok(involved)
}

async fn add_earlier_agents(
    tx: &mut Tx,
    event: &TicketEvent,
    involved: &mut TicketParticipants,
) -> Result<(), sqlx::Error> {
    involved.escalated_from = store::escalated_from(tx, event.ticket, event.at).await?;
    Ok(())
}

/// All whom the plan may name.
fn everybody(event: &TicketEvent, involved: &TicketParticipants) -> Vec<UserId> {
    let addressee = match &event.what {
        TicketEventKind::Assigned { to, .. } => Some(*to),
        TicketEventKind::Escalated { to, .. } => *to,
        TicketEventKind::Created
        | TicketEventKind::Unassigned { .. }
        | TicketEventKind::StatusChanged { .. }
        | TicketEventKind::PriorityChanged { .. }
        | TicketEventKind::SubjectChanged { .. }
        | TicketEventKind::DescriptionChanged { .. }
        | TicketEventKind::CategoryChanged { .. }
        | TicketEventKind::DepartmentChanged { .. }
        | TicketEventKind::LanguageChanged { .. }
        | TicketEventKind::TagsChanged { .. }
        | TicketEventKind::RelatedChanged { .. }
        | TicketEventKind::MessageAdded { .. }
        | TicketEventKind::NoteAdded { .. }
        | TicketEventKind::MessageRedacted { .. }
        | TicketEventKind::Resolved { .. }
        | TicketEventKind::Closed
        | TicketEventKind::Reopened { .. }
        | TicketEventKind::Rated { .. }
        | TicketEventKind::SlaAtRisk { .. }
        | TicketEventKind::SlaBreached { .. }
        | TicketEventKind::Reminded => None,
    };
    let groups = [
        &involved.escalated_from,
        &involved.mentioned,
        &involved.next_level,
        &involved.admins,
    ];
    [Some(involved.customer), involved.agent, addressee]
        .into_iter()
        .flatten()
        .chain(groups.into_iter().flatten().copied())
        .collect()
}
