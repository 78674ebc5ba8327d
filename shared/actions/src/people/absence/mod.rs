//! Absence of agents: all clients of an agent have been gone for `AWAY_AFTER_MINUTES`. It begins and ends here; while it
//! lasts, the agent counts as away, and what the agent set stays. Only agents who had a client since they last set their
//! availability become absent: programs that use the API without one never do.
//!
//! Nobody becomes absent unless clients have been noted without a gap for a minute: after an outage all agents look as if
//! they had been gone, until each API process has noted its clients.
//!
//! Races:
//! - a client connects while the sweep looks: both change the row of the agent, one after the other. If the client is
//!   second, it finds the absence and ends it; if the sweep is second, it finds that a client was seen;
//! - a client connects, and its process dies before that is noted: the client connects again elsewhere.

mod store;

use crate::{
    error::ActionError,
    feed,
    job_list::{self, Job},
};
use chrono::TimeDelta;
use domain::{
    actor::Initiator,
    ids::UserId,
    people::{Availability, Role},
};
use platform::{context::Context, work::UnitOfWork};

/// The longest pause between two notes, and how long they must have gone on before anybody becomes absent: twice the time
/// after which an API process notes its clients again.
const NOTED_FOR: TimeDelta = TimeDelta::minutes(1);
/// Agents that one query reads.
const BATCH: i64 = 500;

/// Notes that these people have a connected client now, or had one a moment ago. The absence of those who were absent
/// ends. People who are no agents are left out. The result is the number of absences that ended.
///
/// # Errors
/// The database failed. Call it again: what was done before is not done twice.
pub async fn note_clients(cx: &Context, people: &[UserId]) -> Result<usize, ActionError> {
    let people: Vec<_> = people.iter().map(|person| person.0).collect();
    let absent = store::note_clients(&cx.pool, &people, cx.clock.now()).await?;
    end_absences(cx, absent).await
}

/// Notes that an API process has noted all its clients, if it has any.
///
/// # Errors
/// The database failed.
pub async fn note_attendance(cx: &Context) -> sqlx::Result<()> {
    let now = cx.clock.now();
    store::note_attendance(&cx.pool, now, now - NOTED_FOR).await
}

/// Sweep: marks the agents absent whose clients have all been gone for too long. With `AWAY_AFTER_MINUTES=0` it ends all
/// absences instead. The result is the number of agents whose availability changed.
///
/// # Errors
/// The database failed; the next sweep finds the rest.
pub async fn mark_absent(cx: &Context) -> Result<usize, ActionError> {
    let Some(patience) = cx.config.tickets.away_after else {
        return end_absences(cx, store::absent(&cx.pool, BATCH).await?).await;
    };
    let now = cx.clock.now();
    let noted = store::attendance(&cx.pool).await?;
    let settled = now - NOTED_FOR;
    if !noted.is_some_and(|(since, noted_at)| since <= settled && noted_at >= settled) {
        return Ok(0);
    }
    let before = now - patience;
    let can_be_absent = Availability::ALL
        .iter()
        .filter(|set| set.can_be_absent())
        .map(ToString::to_string);
    let can_be_absent: Vec<_> = can_be_absent.collect();
    let mut marked: usize = 0;
    for agent in store::unseen_since(&cx.pool, &can_be_absent, before, BATCH).await? {
        let mut work = cx.begin(Initiator::System).await?;
        let now = work.now();
        if store::begin_absence(&mut *work.tx, agent, &can_be_absent, before, now).await? {
            feed::add_availability(&mut work, agent).await?;
            work.commit().await?;
            marked = marked.saturating_add(1);
        }
    }
    Ok(marked)
}

/// Ends absences, each in a transaction of its own, so that no two agents are locked at once.
async fn end_absences(cx: &Context, agents: Vec<UserId>) -> Result<usize, ActionError> {
    let mut ended: usize = 0;
    for agent in agents {
        let mut work = cx.begin(Initiator::System).await?;
        if end_absence(&mut work, agent).await? {
            work.commit().await?;
            ended = ended.saturating_add(1);
        }
    }
    Ok(ended)
}

/// Ends the absence of an agent, who is filled with waiting tickets like an agent who becomes available. `false` if the
/// agent was not absent.
async fn end_absence(work: &mut UnitOfWork<'_>, agent: UserId) -> Result<bool, ActionError> {
    let now = work.now();
    let Some(back) = store::end_absence(&mut *work.tx, agent, now).await? else {
        return Ok(false);
    };
    feed::add_availability(work, agent).await?;
    if back.availability == Availability::Available && back.role == Role::Support {
        job_list::enqueue(work, &Job::AssignToAvailableAgent { agent }).await?;
    }
    Ok(true)
}
