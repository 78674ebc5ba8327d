//! The agents as they were read, kept up to date with what is learnt while tickets are given out,
//! so that a whole queue is served from one reading. Pure.
//!
//! It may be behind the truth, never the judge of it: whoever is proposed is looked at again under
//! the agent's lock.

use super::{Candidate, Choice};
use crate::{ids::UserId, people::Department};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Agents who may be given tickets, as far as is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roster(Vec<Candidate>);

impl Roster {
    /// As they were read.
    #[must_use]
    pub fn new(candidates: Vec<Candidate>) -> Self {
        Self(candidates)
    }

    /// The one whom the choice falls on.
    #[must_use]
    pub fn best(&self, choice: &Choice<'_>) -> Option<&Candidate> {
        choice.best(&self.0)
    }

    /// The best of those who suit as well as `best` does, without those who are `busy`.
    #[must_use]
    pub fn free_equal(
        &self,
        choice: &Choice<'_>,
        best: &Candidate,
        busy: &BTreeSet<UserId>,
    ) -> Option<UserId> {
        let free = self.0.iter().filter(|one| !busy.contains(&one.agent));
        let equals = free.filter(|one| choice.are_equals(one, best));
        choice.best(equals).map(|one| one.agent)
    }

    /// Replaces what is known of an agent; nothing, when the agent takes no tickets any more.
    pub fn learn(&mut self, agent: UserId, present: Option<Candidate>) {
        self.0.retain(|known| known.agent != agent);
        self.0.extend(present);
    }

    /// The turn that an agent has with the next ticket: one more than the last, but not so far back that the agent
    /// would catch up on rounds that went by meanwhile.
    #[must_use]
    pub fn next_turn(&self, agent: &Candidate) -> i64 {
        let latest = self.0.iter().map(|known| known.turn).max();
        let round = latest.unwrap_or(0).max(agent.turn);
        agent.turn.saturating_add(1).max(round)
    }

    /// Whether anybody who sits at one of these desks can take a ticket now.
    #[must_use]
    pub fn has_room(&self, desks: &[Department], now: DateTime<Utc>) -> bool {
        let mut there = self.0.iter().filter(|one| desks.contains(&one.department));
        there.any(|one| one.may_be_given(now))
    }

    /// What is known of an agent.
    #[must_use]
    pub fn agent(&self, agent: UserId) -> Option<&Candidate> {
        self.0.iter().find(|known| known.agent == agent)
    }
}
