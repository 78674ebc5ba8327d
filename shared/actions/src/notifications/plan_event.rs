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
    notifications::{Involved, ResolutionTold, holder, level_above, plan},
    tickets::{Happened, TicketEvent},
};
use platform::work::{Tx, Work};
use std::collections::BTreeSet;

/// Plans an event: a row and a job for each (person, channel) that is new.
///
/// # Errors
/// There is no such event, or the database failed.
pub async fn plan_event(work: &mut Work<'_>, event: EventId) -> Result<(), ActionError> {
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
async fn involved(tx: &mut Tx, event: &TicketEvent) -> Result<Involved, sqlx::Error> {
    let around = store::around(tx, event.ticket).await?;
    let later = store::changes_of_hands(tx, event).await?;
    let mut involved = Involved {
        customer: around.customer_id,
        agent: holder(around.assigned_to, &later),
        escalated_from: Vec::new(),
        resolution: ResolutionTold::WhenResolved,
        mentioned: Vec::new(),
        next_level: Vec::new(),
        admins: Vec::new(),
        active: BTreeSet::new(),
    };
    match &event.what {
        Happened::Assigned { .. }
        | Happened::Created
        | Happened::StatusChanged { .. }
        | Happened::MessageAdded { .. }
        | Happened::Reopened { .. }
        | Happened::SlaAtRisk { .. }
        | Happened::Reminded
        | Happened::Unassigned { .. }
        | Happened::PriorityChanged { .. }
        | Happened::SubjectChanged { .. }
        | Happened::DescriptionChanged { .. }
        | Happened::CategoryChanged { .. }
        | Happened::DepartmentChanged { .. }
        | Happened::LanguageChanged { .. }
        | Happened::TagsChanged { .. }
        | Happened::RelatedChanged { .. }
        | Happened::MessageRedacted { .. }
        | Happened::Rated { .. } => {}
        Happened::NoteAdded { message } => {
            involved.mentioned = mentions::of_note(tx, *message).await?;
        }
        Happened::Escalated { .. } => involved.admins = store::admins(tx).await?,
        Happened::Resolved { .. } => add_earlier_agents(tx, event, &mut involved).await?,
        Happened::Closed => {
            involved.resolution = store::resolution_told(tx, event.ticket, event.at).await?;
            add_earlier_agents(tx, event, &mut involved).await?;
        }
        Happened::SlaBreached { .. } => {
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
    involved: &mut Involved,
) -> Result<(), sqlx::Error> {
    involved.escalated_from = store::escalated_from(tx, event.ticket, event.at).await?;
    Ok(())
}

/// All whom the plan may name.
fn everybody(event: &TicketEvent, involved: &Involved) -> Vec<UserId> {
    let addressee = match &event.what {
        Happened::Assigned { to, .. } => Some(*to),
        Happened::Escalated { to, .. } => *to,
        Happened::Created
        | Happened::Unassigned { .. }
        | Happened::StatusChanged { .. }
        | Happened::PriorityChanged { .. }
        | Happened::SubjectChanged { .. }
        | Happened::DescriptionChanged { .. }
        | Happened::CategoryChanged { .. }
        | Happened::DepartmentChanged { .. }
        | Happened::LanguageChanged { .. }
        | Happened::TagsChanged { .. }
        | Happened::RelatedChanged { .. }
        | Happened::MessageAdded { .. }
        | Happened::NoteAdded { .. }
        | Happened::MessageRedacted { .. }
        | Happened::Resolved { .. }
        | Happened::Closed
        | Happened::Reopened { .. }
        | Happened::Rated { .. }
        | Happened::SlaAtRisk { .. }
        | Happened::SlaBreached { .. }
        | Happened::Reminded => None,
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
