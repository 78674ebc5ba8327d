//! What a follower knows in the end is what the database has for this person, no more and no less.

use super::Change;
use crate::{
    audit::Findings,
    followers::{Known, Role},
    rig::Rig,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const TICKETS: &str = "
    select id::text as id, customer_id::text as customer, assigned_to::text as assignee,
        assigned_to is null and status not in ('resolved', 'closed') as is_unassigned,
        jsonb_build_object('version', version, 'status', status, 'priority', priority, 'subject', subject,
            'assignedTo', case when assigned_to is not null then jsonb_build_object('id', assigned_to) end) as fields
    from tickets";
const MESSAGES: &str = "
    select messages.id::text as id, body, is_internal, customer_id::text as customer
    from messages join tickets on tickets.id = ticket_id";
/// Of the agents whose availability has changed: clients are told of nobody else's.
const AVAILABILITIES: &str = "
    select user_id::text, case when absent then 'away' else availability end from agents
    where user_id in (select subject_id from feed where kind = 'availability')";

/// The fields of a ticket that are compared with the database, and where each is in a ticket.
const FIELDS: &[(&str, &str)] = &[
    ("version", "/version"),
    ("status", "/status"),
    ("priority", "/priority"),
    ("subject", "/subject"),
    ("assignee", "/assignedTo/id"),
];

#[derive(sqlx::FromRow)]
struct Ticket {
    id: String,
    customer: String,
    assignee: Option<String>,
    /// Whether it waits for an agent.
    is_unassigned: bool,
    /// As in a ticket of a response.
    fields: Value,
}

impl Ticket {
    fn is_visible(&self, role: Role, me: &str) -> bool {
        match role {
            Role::Customer => self.customer == me,
            Role::Agent => self
                .assignee
                .as_deref()
                .is_none_or(|assignee| assignee == me),
            Role::Admin => true,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Message {
    id: String,
    body: String,
    is_internal: bool,
    customer: String,
}

/// What the database has.
pub(super) struct Stored {
    tickets: Vec<Ticket>,
    messages: BTreeMap<String, Message>,
    availabilities: BTreeMap<String, String>,
}

impl Stored {
    /// Reads it.
    pub async fn read(rig: &Rig) -> Self {
        let messages: Vec<Message> = sqlx::query_as(MESSAGES).fetch_all(&rig.look).await.unwrap();
        let availabilities: Vec<(String, String)> = sqlx::query_as(AVAILABILITIES)
            .fetch_all(&rig.look)
            .await
            .unwrap();
        Self {
            tickets: sqlx::query_as(TICKETS).fetch_all(&rig.look).await.unwrap(),
            messages: messages
                .into_iter()
                .map(|message| (message.id.clone(), message))
                .collect(),
            availabilities: availabilities.into_iter().collect(),
        }
    }
}

/// Compares what a follower knows, and who that is, with the database.
pub(super) fn is_exact(
    (known, me): (&Known, &str),
    must: &[&Change],
    stored: &Stored,
    findings: &mut Findings,
) {
    tickets((known, me), stored, findings);
    messages((known, me), must, stored, findings);
    if known.role == Role::Customer {
        availabilities(known, &BTreeMap::new(), findings);
    } else {
        availabilities(known, &stored.availabilities, findings);
        unassigned(known, stored, findings);
    }
}

/// The follower has the tickets that the person may see, as the server shows them and as they are, and no other.
fn tickets((known, me): (&Known, &str), stored: &Stored, findings: &mut Findings) {
    let email = &known.email;
    let mut visible = BTreeSet::new();
    let all = stored.tickets.iter();
    for ticket in all.filter(|ticket| ticket.is_visible(known.role, me)) {
        findings.looked("tickets of followers", 1);
        let (id, fields) = (&ticket.id, &ticket.fields);
        visible.insert(id);
        let Some(has) = known.tickets.get(id) else {
            findings.wrong(format!("{email} lacks ticket {id}: {fields}"));
            continue;
        };
        let shown = known.shown.get(id);
        if shown.map(lasting) != Some(lasting(has)) {
            findings.wrong(format!(
                "{email} has ticket {id} as {has}, and the server shows {shown:?}"
            ));
        }
        for (field, place) in FIELDS {
            if has.pointer(place) != fields.pointer(place) {
                findings.wrong(format!(
                    "{email} has another {field} of ticket {id}: {has}, and it is {fields}"
                ));
            }
        }
    }
    for id in known.tickets.keys().filter(|id| !visible.contains(id)) {
        findings.wrong(format!("{email} still has ticket {id}, out of sight"));
    }
    for id in known.shown.keys().filter(|id| !visible.contains(id)) {
        findings.wrong(format!("{email} is shown ticket {id}, out of sight"));
    }
}

/// What changes by events alone: the state of a deadline changes by the time.
fn lasting(ticket: &Value) -> Value {
    let mut ticket = ticket.clone();
    ticket.as_object_mut().unwrap().remove("sla");
    ticket
}

/// The follower has each message that had to be told. Those that it has are as they are, and customers have none that is
/// internal or another customer's.
fn messages(
    (known, me): (&Known, &str),
    must: &[&Change],
    stored: &Stored,
    findings: &mut Findings,
) {
    let email = &known.email;
    for id in must.iter().filter_map(|change| change.message.as_ref()) {
        findings.looked("messages of followers", 1);
        if !known.messages.contains_key(id) {
            findings.wrong(format!("{email} lacks message {id}"));
        }
    }
    for (id, text) in &known.messages {
        let Some(message) = stored.messages.get(id) else {
            findings.wrong(format!("{email} has message {id}, which nobody wrote"));
            continue;
        };
        if *text != message.body {
            findings.wrong(format!("{email} has another text of message {id}: {text}"));
        }
        if known.role == Role::Customer && message.is_internal {
            findings.wrong(format!("{email} has message {id}, an internal note"));
        }
        if known.role == Role::Customer && message.customer != me {
            findings.wrong(format!("{email} has message {id} of another customer"));
        }
    }
}

/// The follower has these availabilities, and no other.
fn availabilities(known: &Known, expected: &BTreeMap<String, String>, findings: &mut Findings) {
    let count = i64::try_from(expected.len()).unwrap();
    findings.looked("availabilities of followers", count);
    let (email, has) = (&known.email, &known.availabilities);
    if has != expected {
        findings.wrong(format!(
            "{email} has the availabilities {has:?}, and they are {expected:?}"
        ));
    }
}

/// The unassigned tickets are the same by the events, in the list of the server, and in the database.
fn unassigned(known: &Known, stored: &Stored, findings: &mut Findings) {
    let all = stored.tickets.iter().filter(|ticket| ticket.is_unassigned);
    let expected: BTreeSet<_> = all.map(|ticket| ticket.id.as_str()).collect();
    let count = i64::try_from(expected.len()).unwrap();
    findings.looked("unassigned tickets of followers", count);
    let told = known.tickets.iter().filter(|(_, ticket)| waits(ticket));
    let told: BTreeSet<_> = told.map(|(id, _)| id.as_str()).collect();
    let listed: BTreeSet<_> = known.unassigned.iter().map(String::as_str).collect();
    for (how, has) in [("was told of", told), ("is shown", listed)] {
        if has != expected {
            let email = &known.email;
            findings.wrong(format!(
                "{email} {how} the unassigned tickets {has:?}, and they are {expected:?}"
            ));
        }
    }
}

/// Whether a ticket, as a client has it, waits for an agent.
fn waits(ticket: &Value) -> bool {
    let status = ticket["status"].as_str();
    let is_active = status.is_none_or(|status| !["resolved", "closed"].contains(&status));
    ticket["assignedTo"].is_null() && is_active
}
