//! The history of all tickets, replayed in the order of writing: each step begins where the step before it
//! ended, the last state equals the present ticket, and automation assigned no ticket to a full agent.

use super::Findings;
use crate::rig::Rig;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known of a ticket so far.
#[derive(Debug, Clone)]
struct Known {
    status: String,
    assignee: Holder,
}

/// The assignee of a ticket, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
enum Holder {
    Nobody,
    Agent(String),
    /// After a reopening: still that agent, or nobody. The next step tells.
    Perhaps(String),
}

impl Holder {
    fn of(id: &Value) -> Self {
        id.as_str()
            .map_or(Self::Nobody, |id| Self::Agent(id.to_owned()))
    }

    /// Whether it may be what a step says it was.
    fn may_be(&self, said: &Self) -> bool {
        match self {
            Self::Perhaps(agent) => *said == Self::Nobody || *said == Self::Agent(agent.clone()),
            known => known == said,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Step {
    ticket: String,
    what: Value,
    by_person: bool,
}

/// Replays the history.
pub async fn replay(rig: &Rig, findings: &mut Findings) {
    let sql = "select ticket_id::text as ticket, what, actor_id is not null as by_person
               from ticket_events order by position";
    let steps: Vec<Step> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    let sql = "select user_id::text, max_concurrent_tickets from agents";
    let limits: Vec<(String, i32)> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    let limits: BTreeMap<_, _> = limits.into_iter().collect();
    let mut tickets = BTreeMap::new();
    for step in steps {
        if let Some(wrong) = play(&step, &mut tickets, &limits) {
            let (ticket, what) = (&step.ticket, &step.what);
            findings.wrong(format!("history of {ticket}: {wrong}: {what}"));
        }
    }
    ends(rig, &tickets, findings).await;
}

/// Replays one step; reports what is wrong with it.
fn play(
    step: &Step,
    tickets: &mut BTreeMap<String, Known>,
    limits: &BTreeMap<String, i32>,
) -> Option<String> {
    let what = &step.what;
    let kind = what["type"].as_str().unwrap();
    if kind == "created" {
        let known = Known {
            status: "open".to_owned(),
            assignee: Holder::Nobody,
        };
        let before = tickets.insert(step.ticket.clone(), known);
        return before.map(|_| "it was created before".to_owned());
    }
    let load = load(what["to"].as_str(), &step.ticket, tickets);
    let Some(known) = tickets.get_mut(&step.ticket) else {
        return Some("it was not created".to_owned());
    };
    match kind {
        "status_changed" => {
            let from = what["from"].as_str().unwrap();
            let before = std::mem::replace(&mut known.status, what["to"].as_str().unwrap().into());
            (before != from).then(|| format!("it was {before}"))
        }
        "assigned" | "escalated" => {
            let (from, to) = (Holder::of(&what["from"]), Holder::of(&what["to"]));
            let before = std::mem::replace(&mut known.assignee, to.clone());
            if !before.may_be(&from) {
                return Some(format!("it was with {before:?}"));
            }
            let Holder::Agent(to) = to else {
                return None;
            };
            let is_full = limits.get(&to).is_none_or(|limit| load >= *limit);
            (!step.by_person && from != Holder::Agent(to) && is_full)
                .then(|| format!("automation gave it to somebody with {load} tickets"))
        }
        "unassigned" => {
            let before = std::mem::replace(&mut known.assignee, Holder::Nobody);
            let from = Holder::of(&what["from"]);
            (!before.may_be(&from)).then(|| format!("it was with {before:?}"))
        }
        "reopened" => {
            if let Holder::Agent(agent) = &known.assignee {
                known.assignee = Holder::Perhaps(agent.clone());
            }
            None
        }
        _ => None,
    }
}

/// How many other active tickets an agent has for certain.
fn load(agent: Option<&str>, but: &str, tickets: &BTreeMap<String, Known>) -> i32 {
    let Some(agent) = agent else {
        return 0;
    };
    let assignee = Holder::Agent(agent.to_owned());
    let held = tickets.iter().filter(|(ticket, known)| {
        *ticket != but
            && known.assignee == assignee
            && !["resolved", "closed"].contains(&known.status.as_str())
    });
    i32::try_from(held.count()).unwrap()
}

/// What the tickets are now is where their histories end.
async fn ends(rig: &Rig, tickets: &BTreeMap<String, Known>, findings: &mut Findings) {
    let sql = "select id::text, status, to_jsonb(assigned_to) from tickets";
    let now: Vec<(String, String, Option<Value>)> =
        sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    for (ticket, status, assignee) in now {
        let Some(known) = tickets.get(&ticket) else {
            findings.wrong(format!("{ticket} has no history"));
            continue;
        };
        let assignee = Holder::of(&assignee.unwrap_or_default());
        if known.status != status || !known.assignee.may_be(&assignee) {
            findings.wrong(format!(
                "{ticket} is {status} with {assignee:?}, and its history says {known:?}"
            ));
        }
    }
}
