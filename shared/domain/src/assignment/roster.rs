//! The agents as they were read, kept up to date with what is learnt while tickets are given out,
//! so that a whole queue is served from one reading. Pure.
//!
//! It may be behind the truth, never the judge of it: whoever is proposed is looked at again under
//! the agent's lock.

use crate::assignment::{Candidate, Choice};
use crate::{ids::UserId, people::Department};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Agents who may be given tickets, as far as is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    agents: Vec<Candidate>,
    out_of_reach: Vec<Candidate>,
    latest_turn: i64,
    extent: Extent,
}

/// Whom a roster has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everybody who has room.
    Everybody,
    /// The first of them in the order of the strategy: whoever of them may have a ticket is the one whom the choice among
    /// all would fall on, but when none of them may, others still might.
    Prefix,
}

impl Roster {
    /// As they were read. `latest_turn` is that of whoever has had most, room or not.
    #[must_use]
    pub fn new(agents: Vec<Candidate>, latest_turn: i64, extent: Extent) -> Self {
        Self {
            agents,
            out_of_reach: Vec::new(),
            latest_turn,
            extent,
        }
    }

    /// Whether there may be others.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The one whom the choice falls on.
    #[must_use]
    pub fn best(&self, choice: &Choice<'_>) -> Option<&Candidate> {
        choice.best(&self.agents)
    }

    /// Whether anybody of them may have it.
    #[must_use]
    pub fn is_any_for(&self, choice: &Choice<'_>) -> bool {
        choice.is_open_to(&self.agents)
    }

    /// The best of those who suit as well as `best` does, without those who are `busy`.
    #[must_use]
    pub fn free_equal(
        &self,
        choice: &Choice<'_>,
        best: &Candidate,
        busy: &BTreeSet<UserId>,
    ) -> Option<UserId> {
        let free = self.agents.iter().filter(|one| !busy.contains(&one.agent));
        let equals = free.filter(|one| choice.are_equals(one, best));
        choice.best(equals).map(|one| one.agent)
    }

    /// Replaces what is known of an agent; nothing, when the agent takes no tickets any more.
    pub fn learn(&mut self, agent: UserId, present: Option<Candidate>) {
        self.agents.retain(|known| known.agent != agent);
        self.agents.extend(present);
    }

    /// Chooses an agent no more, of whom nothing is known but that somebody holds the lock.
    pub fn exclude(&mut self, agent: UserId) {
        let left_out = self.agents.extract_if(.., |known| known.agent == agent);
        self.out_of_reach.extend(left_out);
    }

    /// Those who were left out.
    pub fn left_out(&self) -> impl Iterator<Item = UserId> {
        self.out_of_reach.iter().map(|known| known.agent)
    }

    /// Whether one who was left out might have it: that nobody else may is not the truth then.
    #[must_use]
    pub fn is_one_left_out_for(&self, choice: &Choice<'_>) -> bool {
        choice.is_open_to(&self.out_of_reach)
    }

    /// The turn that an agent has with the next ticket: one more than the last, but not so far back that the agent
    /// would catch up on rounds that went by meanwhile.
    #[must_use]
    pub fn next_turn(&self, agent: &Candidate) -> i64 {
        let known = self.agents.iter().map(|known| known.turn).max();
        let round = self.latest_turn.max(known.unwrap_or(0));
        agent.turn.saturating_add(1).max(round)
    }

    /// Whether anybody who sits at one of these desks can take a ticket now.
    #[must_use]
    pub fn has_room(&self, desks: &[Department], now: DateTime<Utc>) -> bool {
        let mut there = self
            .agents
            .iter()
            .filter(|one| desks.contains(&one.department));
        there.any(|one| one.may_be_given(now))
    }

    /// What is known of an agent.
    #[must_use]
    pub fn agent(&self, agent: UserId) -> Option<&Candidate> {
        self.agents.iter().find(|known| known.agent == agent)
    }
}
