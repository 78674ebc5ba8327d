//! What a follower knows: the events as they came, and the last state of tickets, messages and agents that they told.
//!
//! Of a message only its text is kept, and of an agent only the availability: a run has thousands of them.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An event as it came.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: String,
    pub kind: String,
    /// The ticket; `None` of what is not about one.
    pub ticket: Option<String>,
    /// The version of the ticket after the change.
    pub version: Option<i64>,
    /// Whether it tells what changed the ticket.
    pub has_entry: bool,
    /// The connection by which it came.
    pub connection: usize,
}

/// What a follower knows in the end.
#[derive(Debug, Clone)]
pub struct Known {
    pub email: String,
    pub role: Role,
    pub told: Vec<Told>,
    /// The tickets as they were told of last.
    pub tickets: BTreeMap<String, Value>,
    /// The texts of messages and notes as they were told of last.
    pub messages: BTreeMap<String, String>,
    /// The availability of each agent as it was told of last.
    pub availabilities: BTreeMap<String, String>,
    /// The tickets as the server shows them in the end.
    pub shown: BTreeMap<String, Value>,
    /// The unassigned tickets that the server lists for staff in the end.
    pub unassigned: BTreeSet<String>,
    /// Connections in all.
    pub connections: usize,
    /// How often it was told that it missed something.
    pub resyncs: usize,
    /// Whether it knew everything before its time was over.
    pub caught_up: bool,
}

impl Known {
    /// Of a follower that begins.
    pub fn nothing(email: &str, role: Role) -> Self {
        Self {
            email: email.to_owned(),
            role,
            told: Vec::new(),
            tickets: BTreeMap::new(),
            messages: BTreeMap::new(),
            availabilities: BTreeMap::new(),
            shown: BTreeMap::new(),
            unassigned: BTreeSet::new(),
            connections: 0,
            resyncs: 0,
            caught_up: false,
        }
    }

    /// Takes over what an event says of its ticket, its message or its agent.
    pub fn learn(&mut self, name: &str, ticket: Option<String>, mut content: Value) {
        let message = &content["message"];
        if let (Some(id), Some(text)) = (message["id"].as_str(), message["message"].as_str()) {
            self.messages.insert(id.to_owned(), text.to_owned());
        }
        if let Some(status) = content["availability"]["status"].as_str() {
            let agent = content["agent"]["id"].as_str().unwrap().to_owned();
            self.availabilities.insert(agent, status.to_owned());
        }
        if let Some(ticket) = ticket {
            if name == "ticket:removed" {
                self.tickets.remove(&ticket);
            } else {
                self.tickets.insert(ticket, content["ticket"].take());
            }
        }
    }
}

/// Who follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Customer,
    Agent,
    Admin,
}
