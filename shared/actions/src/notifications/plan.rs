//! Plans the notifications of events. A second run adds nothing: what a person is told in the app is a row with the
//! unique key (event, person), and what is sent is one with the key (event, person, channel).

use crate::{
    error::ActionError,
    notifications::{gather, in_app, participants, reach, store},
    tickets::mentions,
};
use domain::{
    ids::{EventId, TicketId, UserId},
    notifications::{
        self, Occasion, Planned, Template, TicketParticipants, assignee, channels, level_above,
        returned_by,
    },
    tickets::{Recipient, TicketEvent},
};
use platform::{
    trace::Trace,
    work::{Tx, UnitOfWork},
};
use std::collections::BTreeSet;

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToPlan {
    /// What the people of an event are told.
    Event(EventId),
    /// What the agents of a department are told of a new ticket that still waits, since nobody could be assigned.
    Waiting(TicketId),
}

/// Plans what people are told in the app, and what is sent to them: all of it together, in this order. What is sent
/// continues the trace.
///
/// # Errors
/// [`ActionError::NotFound`] if there is no such event; a failure of the database.
pub async fn plan_notifications(
    work: &mut UnitOfWork<'_>,
    all: &[(ToPlan, Option<Trace>)],
) -> Result<(), ActionError> {
    let ids: Vec<_> = all.iter().filter_map(|(one, _)| one.event()).collect();
    let mut events = participants::events(&mut work.tx, &ids).await?;
    let mut plannings = Vec::new();
    for (one, trace) in all {
        let (event, occasion) = match one {
            ToPlan::Event(id) => {
                let event = events.remove(id).ok_or(ActionError::NotFound("event"))?;
                (event, Occasion::Happened)
            }
            ToPlan::Waiting(ticket) => {
                let creation = participants::creation_of_waiting(&mut work.tx, *ticket).await?;
                let Some(event) = creation else { continue };
                (event, Occasion::NobodyAssigned)
            }
        };
        plannings.push(Planning {
            event,
            occasion,
            trace: *trace,
        });
    }
    plan_occasions(work, &plannings).await?;
    Ok(())
}

impl ToPlan {
    const fn event(self) -> Option<EventId> {
        match self {
            Self::Event(event) => Some(event),
            Self::Waiting(_) => None,
        }
    }
}

/// An event to plan.
struct Planning {
    event: TicketEvent,
    occasion: Occasion,
    trace: Option<Trace>,
}

/// Plans events. Their windows are locked last, all by one statement: plans that run at the same time cannot wait for
/// each other in a circle.
async fn plan_occasions(work: &mut UnitOfWork<'_>, all: &[Planning]) -> sqlx::Result<()> {
    let tickets: Vec<_> = all.iter().map(|one| one.event.ticket).collect();
    let around = participants::around(&mut work.tx, &tickets).await?;
    let mut planned = Vec::new();
    for Planning {
        event, occasion, ..
    } in all
    {
        let around = around.get(&event.ticket).ok_or(sqlx::Error::RowNotFound)?;
        let involved = involved(work, event, *occasion, around).await?;
        let named = notifications::plan(event, *occasion, &involved);
        planned.extend(named.into_iter().map(|one| (event, around.priority, one)));
    }
    if planned.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = planned
        .iter()
        .filter(|(_, _, one)| is_shown(one))
        .map(|(event, _, one)| (*event, one))
        .collect();
    in_app::store::insert(work, &shown).await?;
    let people: BTreeSet<_> = planned.iter().map(|(_, _, one)| one.to).collect();
    let reach = reach::of_people(work, &Vec::from_iter(people)).await?;
    let sent: Vec<store::NewNotification> = planned
        .iter()
        .flat_map(|(event, priority, one)| {
            let reach = reach.get(&one.to).cloned().unwrap_or_default();
            let channels = channels(one, *priority, &reach).into_iter();
            channels.map(|channel| store::NewNotification {
                event: event.id,
                to: one.to,
                template: one.template,
                channel,
            })
        })
        .collect();
    let inserted = store::insert(work, &sent).await?;
    let traces = all.iter().map(|one| (one.event.id, one.trace)).collect();
    gather::send_or_gather(work, &inserted, &traces).await
}

/// Whether it is shown in the app. A confirmation of the person's own act is not, nor is what people are told who do not
/// see the ticket.
fn is_shown(planned: &Planned) -> bool {
    let sees = match planned.recipient {
        Recipient::EscalatedFrom
        | Recipient::EscalatedFromUntold
        | Recipient::NextLevel
        | Recipient::DepartmentStaff => false,
        Recipient::Customer
        | Recipient::Assignee
        | Recipient::AssigneeIfCustomerActed
        | Recipient::AssigneeUnlessCustomerActed
        | Recipient::NewAssignee
        | Recipient::Mentioned
        | Recipient::Admins
        | Recipient::OnDuty => true,
    };
    sees && planned.template != Template::TicketReceived
}

/// Loads the participants that the recipients of this event need.
async fn involved(
    work: &mut UnitOfWork<'_>,
    event: &TicketEvent,
    occasion: Occasion,
    around: &participants::Around,
) -> sqlx::Result<TicketParticipants> {
    let now = work.now();
    let tx = &mut work.tx;
    let later = participants::changes_of_hands(tx, event).await?;
    let agent = assignee(around.assigned_to, &later);
    let mut involved = TicketParticipants::of(around.customer_id, agent);
    for (recipient, _) in occasion.rows(&event.kind) {
        match recipient {
            Recipient::Customer
            | Recipient::Assignee
            | Recipient::AssigneeIfCustomerActed
            | Recipient::AssigneeUnlessCustomerActed
            | Recipient::NewAssignee => {}
            Recipient::Mentioned => {
                if let Some(note) = event.kind.note() {
                    involved.mentioned = mentions::of_note(tx, note).await?;
                }
            }
            Recipient::EscalatedFrom => {
                involved.escalated_from =
                    participants::escalated_from(tx, event.ticket, event.at).await?;
            }
            Recipient::EscalatedFromUntold => {
                involved.resolution =
                    participants::resolution_told(tx, event.ticket, event.at).await?;
                involved.escalated_from =
                    participants::escalated_from(tx, event.ticket, event.at).await?;
            }
            Recipient::NextLevel => {
                let level = level_above(event, around.escalation_level, &later);
                // The desk that an escalation would go to.
                let desk = desk(tx, around).await?;
                involved.next_level = participants::agents_on(tx, desk, level).await?;
            }
            Recipient::Admins => involved.admins = participants::admins(tx).await?,
            Recipient::OnDuty | Recipient::DepartmentStaff => {
                if involved.department.is_empty() {
                    let desk = desk(tx, around).await?;
                    let mut staff = participants::agents_of(tx, desk).await?;
                    let returned_by = returned_by(&later);
                    staff.retain(|one| Some(one.id) != returned_by);
                    involved.on_duty = staff
                        .iter()
                        .filter(|one| one.is_on_duty(now))
                        .map(|one| one.id)
                        .collect();
                    involved.department = staff.iter().map(|one| one.id).collect();
                }
            }
        }
    }
    involved.active = participants::active(tx, &everybody(event, &involved)).await?;
    Ok(involved)
}

/// The department whose agents take the ticket.
async fn desk(
    tx: &mut Tx,
    around: &participants::Around,
) -> sqlx::Result<domain::people::Department> {
    let staffed = crate::agents::store::staffed(&mut **tx).await?;
    Ok(domain::assignment::desk_of(around.department, &staffed))
}

/// All people whom the plan may name.
fn everybody(event: &TicketEvent, involved: &TicketParticipants) -> Vec<UserId> {
    let groups = [
        &involved.escalated_from,
        &involved.mentioned,
        &involved.next_level,
        &involved.admins,
        &involved.on_duty,
        &involved.department,
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
