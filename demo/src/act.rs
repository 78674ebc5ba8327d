//! The scenes that a ticket's story is made of.

use chrono::TimeDelta;
use domain::tickets::{Closing, NewRating, NewTicket};
use rand::rngs::StdRng;
use std::collections::VecDeque;

/// One act of a person on a ticket.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// The customer creates it.
    Open(Box<NewTicket>),
    /// The agent begins.
    Start,
    /// The agent writes.
    Reply(String),
    /// The agent asks, and waits.
    Ask(String),
    /// The agent notes something.
    Note(String),
    /// The agent waits for a colleague.
    AwaitColleague(String),
    /// The agent finds it more urgent than it was said to be.
    Raise,
    /// The agent escalates it to the next level.
    Escalate(String),
    /// The agent resolves it; auto-close closes it.
    Resolve,
    /// The agent closes it.
    Close(Closing),
    /// The admin closes it as a repetition of the customer's earlier ticket.
    CloseAsDuplicate,
    /// The customer writes.
    Write(String),
    /// The customer reopens it.
    Reopen(String),
    /// The customer rates it.
    Rate(NewRating),
}

/// An act, and how long after the one before it.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub after: TimeDelta,
    pub act: Act,
}

/// The scenes of a ticket that are not played yet.
#[derive(Debug)]
pub(super) struct Plan {
    /// Whose ticket: an index of the customers.
    pub customer: usize,
    pub scenes: VecDeque<Scene>,
    pub chance: StdRng,
}
