//! The candidates of one assignment run, loaded once and updated after each assignment, so that one query serves
//! a whole queue. Pure.
//!
//! A roster may be stale, so it only proposes: the action checks the proposed agent again under a row lock.

use crate::assignment::{Candidate, Choice};
use crate::{ids::UserId, people::Department};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Candidates for automatic assignment, as last loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    agents: Vec<Candidate>,
    out_of_reach: Vec<Candidate>,
    latest_turn: i64,
    extent: Extent,
}

/// Which candidates a roster has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All candidates with free capacity.
    Everybody,
    /// Only the first candidates in the strategy's order. The best eligible one of them is the best of all. If none of
    /// them is eligible, others may still be: load the rest.
    Prefix,
}

impl Roster {
    /// A roster of loaded candidates. `latest_turn` is the highest turn of all agents, with or without capacity.
    #[must_use]
    pub fn new(agents: Vec<Candidate>, latest_turn: i64, extent: Extent) -> Self {
        Self {
            agents,
            out_of_reach: Vec::new(),
            latest_turn,
            extent,
        }
    }

    /// Whether the roster has all candidates.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The best eligible candidate.
    #[must_use]
    pub fn best(&self, choice: &Choice<'_>) -> Option<&Candidate> {
        choice.best(&self.agents)
    }

    /// Whether a candidate is eligible.
    #[must_use]
    pub fn is_any_for(&self, choice: &Choice<'_>) -> bool {
        choice.is_open_to(&self.agents)
    }

    /// The best candidate who suits as well as `best`, without the agents in `busy`, whose rows are locked.
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

    /// Replaces an agent by the present state; `None` if the agent takes no more tickets.
    pub fn learn(&mut self, agent: UserId, present: Option<Candidate>) {
        self.agents.retain(|known| known.agent != agent);
        self.agents.extend(present);
    }

    /// Excludes an agent whose row another transaction has locked, so that the present state is unknown.
    pub fn exclude(&mut self, agent: UserId) {
        let left_out = self.agents.extract_if(.., |known| known.agent == agent);
        self.out_of_reach.extend(left_out);
    }

    /// The excluded agents.
    pub fn left_out(&self) -> impl Iterator<Item = UserId> {
        self.out_of_reach.iter().map(|known| known.agent)
    }

    /// Whether an excluded agent may be eligible. Then "no agent is eligible" is not certain.
    #[must_use]
    pub fn is_one_left_out_for(&self, choice: &Choice<'_>) -> bool {
        choice.is_open_to(&self.out_of_reach)
    }

    /// The turn of an agent after the next ticket: one more than the last, but at least the latest turn of all, so that
    /// an agent does not catch up on missed rounds.
    #[must_use]
    pub fn next_turn(&self, agent: &Candidate) -> i64 {
        let known = self.agents.iter().map(|known| known.turn).max();
        let round = self.latest_turn.max(known.unwrap_or(0));
        agent.turn.saturating_add(1).max(round)
    }

    /// Whether an agent of these departments can take a ticket at `now`.
    #[must_use]
    pub fn has_room(&self, desks: &[Department], now: DateTime<Utc>) -> bool {
        let mut there = self
            .agents
            .iter()
            .filter(|one| desks.contains(&one.department));
        there.any(|one| one.may_be_given(now))
    }

    /// An agent, as last loaded.
    #[must_use]
    pub fn agent(&self, agent: UserId) -> Option<&Candidate> {
        self.agents.iter().find(|known| known.agent == agent)
    }
}
