//! Clients that followed: each was told of every change that it may see and of no other, at least once and of each ticket in
//! order (`told`). In the end each knows of tickets, messages, agents and unassigned tickets what the database has for it,
//! no more and no less (`picture`).
//!
//! Rights count when something is told, so that an agent may miss what happened on a ticket that another one had then.
//! What an agent must know for certain: of a ticket that the agent sees in the end, all since it came into sight for good,
//! by its assignment or by its return to the queue. Nobody is mentioned in a note during the faults.

mod picture;
mod told;

use super::Findings;
use crate::{
    followers::{Known, Role},
    rig::Rig,
};
use picture::Stored;
use std::collections::BTreeMap;

const FEED: &str = "
    select feed.position, kind, event_id::text as id, subject_id::text as subject,
        case kind when 'ticket' then feed.version end as version,
        coalesce(is_public, false) as is_public,
        coalesce(is_public or what->>'type' not in ('note_added', 'message_redacted'), false) as raises_version,
        customer_id::text as customer, tickets.assigned_to::text as assignee, what->>'message' as message,
        case when tickets.assigned_to is null
            then what->>'type' in ('created', 'unassigned') or (what->>'type' = 'escalated' and what->>'to' is null)
            else what->>'type' in ('assigned', 'escalated') and what->>'to' = tickets.assigned_to::text
        end as comes_into_sight
    from feed left join ticket_events on ticket_events.id = event_id left join tickets on tickets.id = subject_id
    where kind <> 'start' order by feed.position";

#[derive(sqlx::FromRow)]
struct Change {
    position: i64,
    kind: String,
    id: String,
    subject: String,
    version: Option<i64>,
    is_public: bool,
    raises_version: bool,
    customer: Option<String>,
    assignee: Option<String>,
    /// The message or note that was added.
    message: Option<String>,
    /// Whether the agents who see the ticket now may see it since then.
    comes_into_sight: Option<bool>,
}

/// Looks at all that followers know.
pub async fn know_everything(rig: &Rig, all: &[Known], findings: &mut Findings) {
    let feed: Vec<Change> = sqlx::query_as(FEED).fetch_all(&rig.look).await.unwrap();
    let stored = Stored::read(rig).await;
    let sql = "select email, id::text from users";
    let people: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    let people: BTreeMap<_, _> = people.into_iter().collect();
    let in_sight: BTreeMap<_, _> = feed
        .iter()
        .filter(|change| change.comes_into_sight == Some(true))
        .map(|change| (change.subject.as_str(), change.position))
        .collect();
    for known in all {
        let me = people[&known.email].as_str();
        if !known.caught_up || known.resyncs > 0 {
            let (email, resyncs) = (&known.email, known.resyncs);
            findings.wrong(format!("{email} did not catch up, {resyncs} resyncs"));
        }
        let times = i64::try_from(known.connections).unwrap();
        findings.looked("connections of followers", times);
        let must = |change: &&Change| must_know(known.role, me, change, &in_sight);
        let must: Vec<_> = feed.iter().filter(must).collect();
        told::is_complete(known, &must, findings);
        told::is_in_order(known, &feed, findings);
        told::is_permitted(known, me, &feed, findings);
        picture::is_exact((known, me), &must, &stored, findings);
    }
}

/// Whether a change had to be told.
fn must_know(role: Role, me: &str, change: &Change, in_sight: &BTreeMap<&str, i64>) -> bool {
    if !may_know(role, me, change) {
        return false;
    }
    if role != Role::Agent || change.kind != "ticket" {
        return true;
    }
    let is_seen = change
        .assignee
        .as_deref()
        .is_none_or(|assignee| assignee == me);
    let since = in_sight.get(change.subject.as_str());
    is_seen && since.is_some_and(|since| change.position >= *since)
}

/// Whether a change could be told at any time. An agent may have seen any ticket when it was told.
fn may_know(role: Role, me: &str, change: &Change) -> bool {
    match (change.kind.as_str(), role) {
        ("notification", _) => change.subject == me,
        ("availability", role) => role != Role::Customer,
        ("ticket", Role::Customer) => {
            change.raises_version && change.customer.as_deref() == Some(me)
        }
        ("ticket", Role::Agent | Role::Admin) => true,
        (kind, _) => panic!("{kind} is new in the feed"),
    }
}
