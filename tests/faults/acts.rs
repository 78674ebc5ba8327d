//! The record of what clients did and were told; the audit compares the database with it.

use super::client::Reply;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// What leaves a trace that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A person, by address.
    Person,
    /// A ticket, by subject.
    Ticket,
    /// A message or note, by its text.
    Message,
    /// An escalation, by its reason.
    Escalation,
    /// A reopening, by its reason.
    Reopening,
    /// A closing, by its ticket.
    Closing,
    /// A rating, by its ticket.
    Rating,
    /// A priority given by hand, by its ticket.
    Priority,
}

/// How often something must be there at least and at most.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    pub least: i64,
    pub most: i64,
}

/// All that was done.
#[derive(Clone, Default)]
pub struct Deeds(Arc<Mutex<Account>>);

/// The account.
#[derive(Clone, Default)]
pub struct Account {
    pub expected: BTreeMap<(Kind, String), Expected>,
    /// What each agent said of itself last; several, where nobody knows which arrived.
    pub availability: BTreeMap<String, Vec<String>>,
    pub accepted: usize,
    pub refused: usize,
    pub unsure: usize,
}

impl Deeds {
    /// Notes what became of a deed.
    pub fn note(&self, kind: Kind, key: &str, reply: &Reply) {
        let mut account = self.0.lock().unwrap();
        let expected = account.expected.entry((kind, key.to_owned())).or_default();
        match reply {
            Reply::Accepted(_) => {
                expected.least += 1;
                expected.most += 1;
                account.accepted += 1;
            }
            Reply::Unsure => {
                expected.most += 1;
                account.unsure += 1;
            }
            Reply::Refused(_) => account.refused += 1,
        }
    }

    /// Notes what an agent said of itself.
    pub fn note_availability(&self, email: &str, status: &str, reply: &Reply) {
        let mut account = self.0.lock().unwrap();
        let said = account.availability.entry(email.to_owned()).or_default();
        match reply {
            Reply::Accepted(_) => {
                *said = vec![status.to_owned()];
                account.accepted += 1;
            }
            Reply::Unsure => {
                said.push(status.to_owned());
                account.unsure += 1;
            }
            Reply::Refused(_) => account.refused += 1,
        }
    }

    pub fn account(&self) -> Account {
        self.0.lock().unwrap().clone()
    }
}
