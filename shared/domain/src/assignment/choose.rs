//! The choice of an agent. The same candidates, in whatever order, give the same agent. Pure.
//!
//! The result is a proposal: whoever acts on it recounts under the agent's lock.

use crate::assignment::{Candidate, Requirements, Strategy, eligible};
use crate::{
    ids::UserId,
    people::{Department, Level},
};
use chrono::{DateTime, Utc};
use std::cmp::Ordering;

/// What a choice is made by.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// A ticket that waits is given out:
    ///
    /// - `skills`: of the ticket's department alone. The lowest level first: a higher one is asked
    ///   only when nobody below it can take the ticket. Then who knows the category, who speaks
    ///   the language, the smallest share of the capacity in use, who has waited longest, the id.
    /// - `load_balanced`: of any department, by the share in use, then as above.
    /// - `round_robin`: of any department, whose turn it is, then as above.
    Usual {
        /// How agents are chosen.
        strategy: Strategy,
        /// What the ticket needs.
        requirements: &'a Requirements,
    },
    /// An escalation that names nobody: the least loaded of exactly this level of the department.
    /// This is automation like any other, so only those count who are available, on shift and
    /// have room; when there is none the ticket waits and the admins are told.
    NextLevel {
        /// The desk.
        department: Department,
        /// The level.
        level: Level,
        /// Who has it now, and is not to get it again.
        from: Option<UserId>,
        /// The instant of the choice.
        now: DateTime<Utc>,
    },
}

impl Choice<'_> {
    /// The one whom the choice falls on, among those who may have the ticket; none when there is
    /// none, or people assign.
    #[must_use]
    pub fn best<'c>(
        &self,
        candidates: impl IntoIterator<Item = &'c Candidate>,
    ) -> Option<&'c Candidate> {
        candidates
            .into_iter()
            .filter(|candidate| self.may_have_it(candidate))
            // Words are compared once for each, not for each pair.
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

    /// Whether anybody may have the ticket, whoever it would be.
    #[must_use]
    pub fn is_open_to<'c>(&self, candidates: impl IntoIterator<Item = &'c Candidate>) -> bool {
        let mut candidates = candidates.into_iter();
        candidates.any(|candidate| self.may_have_it(candidate))
    }

    /// Whether two suit equally well, so that nothing but whoever has waited longer decides.
    #[must_use]
    pub fn are_equals(&self, one: &Candidate, other: &Candidate) -> bool {
        self.by_share(one, other).is_eq()
            && self.level(one) == self.level(other)
            && self.lacks(one) == self.lacks(other)
    }

    /// Why it falls on this one: a plain sentence for the history. It tells of the house's load:
    /// for staff alone.
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

    fn may_have_it(&self, candidate: &Candidate) -> bool {
        match *self {
            Self::Usual {
                strategy,
                requirements,
            } => {
                let here = match strategy {
                    Strategy::Skills => candidate.department == requirements.department,
                    Strategy::LoadBalanced | Strategy::RoundRobin => true,
                    Strategy::Manual => false,
                };
                here && eligible(candidate, requirements)
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

    /// `skills` asks the lowest level first.
    fn level(&self, candidate: &Candidate) -> Option<Level> {
        match self {
            Self::Usual {
                strategy: Strategy::Skills,
                ..
            } => Some(candidate.level),
            Self::Usual { .. } | Self::NextLevel { .. } => None,
        }
    }

    /// What `skills` would like the agent to have: knowledge of the category, then the language.
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

    /// By the share of the room in use, or by the rounds had.
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
