//! The choice of an agent. It does not depend on the order of the candidates. Pure.
//!
//! The result is a proposal: the action counts the agent's tickets again under the agent's row lock.

use crate::assignment::{Candidate, Requirements, Strategy, eligible};
use crate::{
    ids::UserId,
    people::{Department, Level},
};
use chrono::{DateTime, Utc};
use std::cmp::Ordering;

/// The rule of a choice.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// Automatic assignment of a ticket in the queue:
    ///
    /// - `skills`: only agents of the ticket's department. The lowest level first: a higher level only if no
    ///   agent below it can take the ticket. Then knowledge of the category, the language, the smallest used
    ///   share of the capacity, the longest wait for a ticket, the id.
    /// - `load_balanced`: agents of any department, by the used share, then as above.
    /// - `round_robin`: agents of any department, by their turn, then as above.
    Usual {
        /// The strategy.
        strategy: Strategy,
        /// The requirements of the ticket.
        requirements: &'a Requirements,
    },
    /// An escalation without a named agent: the least loaded agent of exactly this level and department.
    /// As in all automatic assignment, the agent is available, on shift and has free capacity. If there is
    /// none, the ticket waits and the admins are notified.
    NextLevel {
        /// The department.
        department: Department,
        /// The level.
        level: Level,
        /// The present assignee, who does not get it again.
        from: Option<UserId>,
        /// The instant of the choice.
        now: DateTime<Utc>,
    },
}

impl Choice<'_> {
    /// The best of the eligible candidates; `None` if no candidate is eligible, and always for `manual`.
    #[must_use]
    pub fn best<'c>(
        &self,
        candidates: impl IntoIterator<Item = &'c Candidate>,
    ) -> Option<&'c Candidate> {
        candidates
            .into_iter()
            .filter(|candidate| self.is_eligible(candidate))
            // Texts are compared once for each candidate, not for each pair.
            .map(|candidate| (self.lacks(candidate), candidate))
            .min_by(|(lacks, one), (others_lacks, other)| {
                self.level(one)
                    .cmp(&self.level(other))
                    .then_with(|| lacks.cmp(others_lacks))
                    .then_with(|| self.by_share(one, other))
                    .then_with(|| one.by_idleness(other))
            })
            .map(|(_, best)| best)
    }

    /// Whether a candidate is eligible.
    #[must_use]
    pub fn is_open_to<'c>(&self, candidates: impl IntoIterator<Item = &'c Candidate>) -> bool {
        let mut candidates = candidates.into_iter();
        candidates.any(|candidate| self.is_eligible(candidate))
    }

    /// Whether two candidates suit equally well, so that only the wait for a ticket decides.
    #[must_use]
    pub fn are_equals(&self, one: &Candidate, other: &Candidate) -> bool {
        self.by_share(one, other).is_eq()
            && self.level(one) == self.level(other)
            && self.lacks(one) == self.lacks(other)
    }

    /// The reason for this candidate, a text for the history. Only staff may see it, since it shows the
    /// agent's load.
    #[must_use]
    pub fn reason(&self, candidate: &Candidate) -> String {
        let why = match *self {
            Self::Usual {
                strategy,
                requirements,
            } => match strategy {
                Strategy::Skills => skills(candidate, requirements),
                Strategy::LoadBalanced => "least loaded".to_owned(),
                Strategy::RoundRobin => "next in turn".to_owned(),
                Strategy::Manual => "by hand".to_owned(),
            },
            Self::NextLevel {
                department, level, ..
            } => format!("{department}, level {}, least loaded", level.0),
        };
        let (current, capacity) = (candidate.current, candidate.capacity);
        format!("{why}; {current} of {capacity} tickets")
    }

    fn is_eligible(&self, candidate: &Candidate) -> bool {
        match *self {
            Self::Usual {
                strategy,
                requirements,
            } => {
                let in_reach = match strategy {
                    Strategy::Skills => candidate.department == requirements.department,
                    Strategy::LoadBalanced | Strategy::RoundRobin => true,
                    Strategy::Manual => false,
                };
                in_reach && eligible(candidate, requirements)
            }
            Self::NextLevel {
                department,
                level,
                from,
                now,
            } => {
                candidate.department == department
                    && candidate.level == level
                    && Some(candidate.agent) != from
                    && candidate.may_be_given(now)
            }
        }
    }

    /// The level, which only `skills` compares.
    fn level(&self, candidate: &Candidate) -> Option<Level> {
        match self {
            Self::Usual {
                strategy: Strategy::Skills,
                ..
            } => Some(candidate.level),
            Self::Usual { .. } | Self::NextLevel { .. } => None,
        }
    }

    /// What the candidate lacks: knowledge of the category, then the language. Only `skills` compares it.
    fn lacks(&self, candidate: &Candidate) -> Option<(bool, bool)> {
        match self {
            Self::Usual {
                strategy: Strategy::Skills,
                requirements,
            } => Some((
                candidate.knows(requirements.category).is_none(),
                !candidate.speaks(&requirements.language),
            )),
            Self::Usual { .. } | Self::NextLevel { .. } => None,
        }
    }

    /// Orders by the used share of the capacity, or by the rounds of the rotation.
    fn by_share(&self, one: &Candidate, other: &Candidate) -> Ordering {
        match self {
            Self::Usual {
                strategy: Strategy::RoundRobin,
                ..
            } => one.turn.cmp(&other.turn),
            Self::Usual { .. } | Self::NextLevel { .. } => one.by_load(other),
        }
    }
}

fn skills(candidate: &Candidate, requirements: &Requirements) -> String {
    let department = candidate.department;
    let level = match candidate.level {
        Level(1) => String::new(),
        Level(level) => format!(", level {level}"),
    };
    let knows = candidate
        .knows(requirements.category)
        .map_or_else(String::new, |known| format!("; knows {known}"));
    let speaks = if candidate.speaks(&requirements.language) {
        format!("; speaks {}", requirements.language.trim())
    } else {
        String::new()
    };
    format!("{department}{level}{knows}{speaks}")
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
