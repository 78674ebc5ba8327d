//! Clients that followed: each was told of every change that it may see, at least once and of each ticket in order, and has
//! the tickets as they are.
//!
//! Rights count when something is told, so that an agent may miss what happened on a ticket that another one had then.
//! What an agent must know for certain: all since the assignment of those tickets that are still assigned to the agent.

use super::Findings;
use crate::{
    followers::{Known, Role},
    rig::Rig,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const FEED: &str = "
    select feed.position, kind, event_id::text as id, subject_id::text as subject, feed.version,
        coalesce(is_public or what->>'type' not in ('note_added', 'message_redacted'), false) as raises_version,
        customer_id::text as customer, tickets.assigned_to::text as assignee,
        what->>'type' in ('assigned', 'escalated') and what->>'to' = tickets.assigned_to::text as is_assignment
    from feed left join ticket_events on ticket_events.id = event_id left join tickets on tickets.id = subject_id
    where kind <> 'start' order by feed.position";

#[derive(sqlx::FromRow)]
struct Change {
    position: i64,
    kind: String,
    id: String,
    subject: String,
    version: Option<i64>,
    raises_version: bool,
    customer: Option<String>,
    assignee: Option<String>,
    is_assignment: Option<bool>,
}

/// Looks at all that followers know.
pub async fn know_everything(rig: &Rig, all: &[Known], findings: &mut Findings) {
    let feed: Vec<Change> = sqlx::query_as(FEED).fetch_all(&rig.look).await.unwrap();
    let sql = "select id::text, jsonb_build_object('status', status, 'priority', priority, 'version', version,
                   'assignedTo', assigned_to, 'customer', customer_id) from tickets";
    let tickets: Vec<(String, Value)> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    let sql = "select email, id::text from users";
    let people: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    let people: BTreeMap<_, _> = people.into_iter().collect();
    let assigned: BTreeMap<_, _> = feed
        .iter()
        .filter(|change| change.is_assignment == Some(true))
        .map(|change| (change.subject.as_str(), change.position))
        .collect();
    for known in all {
        let me = &people[&known.email];
        if !known.caught_up || known.resyncs > 0 {
            let (email, resyncs) = (&known.email, known.resyncs);
            findings.wrong(format!("{email} did not catch up, {resyncs} resyncs"));
        }
        let times = i64::try_from(known.connections).unwrap();
        findings.looked("connections of followers", times);
        let must = |change: &Change| must_know(known.role, me, change, &assigned);
        is_complete(known, feed.iter().filter(|change| must(change)), findings);
        is_in_order(known, &feed, findings);
        is_up_to_date(known, me, &tickets, findings);
    }
}

/// Whether a change had to be told.
fn must_know(role: Role, me: &str, change: &Change, assigned: &BTreeMap<&str, i64>) -> bool {
    match (change.kind.as_str(), role) {
        ("notification", _) => change.subject == me,
        ("availability", Role::Customer) => false,
        ("availability" | "ticket", Role::Admin) | ("availability", Role::Agent) => true,
        ("ticket", Role::Customer) => {
            change.raises_version && change.customer.as_deref() == Some(me)
        }
        ("ticket", Role::Agent) => {
            let since = assigned.get(change.subject.as_str());
            change.assignee.as_deref() == Some(me)
                && since.is_some_and(|since| change.position >= *since)
        }
        (kind, _) => panic!("{kind} is new in the feed"),
    }
}

fn is_complete<'c>(known: &Known, must: impl Iterator<Item = &'c Change>, findings: &mut Findings) {
    let told: BTreeSet<_> = known.told.iter().map(|one| one.id.as_str()).collect();
    for change in must {
        findings.looked("events that had to be told", 1);
        if !told.contains(change.id.as_str()) {
            let (email, kind, id) = (&known.email, &change.kind, &change.id);
            findings.wrong(format!("{email} was never told of {kind} {id}"));
        }
    }
}

/// Of a ticket, each connection tells in order and nothing twice, and what is new is later than what was known.
fn is_in_order(known: &Known, feed: &[Change], findings: &mut Findings) {
    let changes: BTreeMap<_, _> = feed
        .iter()
        .map(|change| (change.id.as_str(), change))
        .collect();
    let mut seen = BTreeSet::new();
    // By ticket: the newest position in all, and the last with its connection.
    let mut newest: BTreeMap<&str, i64> = BTreeMap::new();
    let mut last: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for told in &known.told {
        let (email, id, kind) = (&known.email, told.id.as_str(), &told.kind);
        let Some(change) = changes.get(id) else {
            findings.wrong(format!("{email} was told of {kind} {id}, which is nowhere"));
            continue;
        };
        if kind != "ticket:removed" && told.version != change.version {
            findings.wrong(format!("{email} was told of another version by {id}"));
        }
        let Some(ticket) = told.ticket.as_deref() else {
            continue;
        };
        let position = change.position;
        let is_new = seen.insert(id);
        let newest = newest.entry(ticket).or_default();
        let before = last.insert(ticket, (told.connection, position));
        let is_back =
            before.is_some_and(|(by, before)| by == told.connection && before >= position);
        if is_back || (is_new && position < *newest) {
            findings.wrong(format!("{email} was told of {id} out of order"));
        }
        *newest = position.max(*newest);
    }
}

/// Followers have the tickets that concern them as the server shows them, and as they are.
fn is_up_to_date(known: &Known, me: &str, tickets: &[(String, Value)], findings: &mut Findings) {
    for (id, is) in tickets {
        let concerns = match known.role {
            Role::Customer => is["customer"] == me,
            Role::Agent => is["assignedTo"] == me,
            Role::Admin => true,
        };
        if !concerns {
            continue;
        }
        findings.looked("tickets of followers", 1);
        let (email, has) = (&known.email, known.tickets.get(id));
        let shown = known.shown.get(id).map(lasting);
        let same = has.is_some_and(|has| {
            let fields = ["status", "priority"].iter();
            fields.into_iter().all(|field| has[field] == is[field]) && shown == Some(lasting(has))
        });
        if !same {
            findings.wrong(format!(
                "{email} has ticket {id} as {has:?}, the server shows {shown:?}, and it is {is}"
            ));
        }
    }
}

/// What changes by events alone: the state of a deadline changes by the time.
fn lasting(ticket: &Value) -> Value {
    let mut ticket = ticket.clone();
    ticket.as_object_mut().unwrap().remove("sla");
    ticket
}
