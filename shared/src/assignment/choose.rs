//! The choice of an agent. The same candidates, in whatever order, give the same agent. Pure.
//!
//! The result is a proposal: whoever acts on it recounts under the agent's lock.

use super::{Candidate, Strategy, Wanted, eligible};
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
        wanted: &'a Wanted,
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
            .min_by(|one, other| {
                self.by_rank(one, other)
                    .then_with(|| one.by_idleness(other))
            })
    }

    /// Whether two suit equally well, so that nothing but whoever has waited longer decides.
    #[must_use]
    pub fn are_equals(&self, one: &Candidate, other: &Candidate) -> bool {
        self.by_rank(one, other) == Ordering::Equal
    }

    /// Why it falls on this one: a plain sentence for the history. It tells of the house's load:
    /// for staff alone.
    #[must_use]
    pub fn reason(&self, candidate: &Candidate) -> String {
        let why = match *self {
            Self::Usual { strategy, wanted } => match strategy {
                Strategy::Skills => skills(candidate, wanted),
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
            Self::Usual { strategy, wanted } => {
                let here = match strategy {
                    Strategy::Skills => candidate.department == wanted.department,
                    Strategy::LoadBalanced | Strategy::RoundRobin => true,
                    Strategy::Manual => false,
                };
                here && eligible(candidate, wanted)
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

    fn by_rank(&self, one: &Candidate, other: &Candidate) -> Ordering {
        match *self {
            Self::Usual { strategy, wanted } => match strategy {
                Strategy::Skills => by_skills(wanted, one, other),
                Strategy::LoadBalanced | Strategy::Manual => one.by_load(other),
                Strategy::RoundRobin => one.turn.cmp(&other.turn),
            },
            Self::NextLevel { .. } => one.by_load(other),
        }
    }
}

fn by_skills(wanted: &Wanted, one: &Candidate, other: &Candidate) -> Ordering {
    let lacks = |candidate: &Candidate| {
        (
            candidate.knows(wanted.category).is_none(),
            !candidate.speaks(&wanted.language),
        )
    };
    one.level
        .cmp(&other.level)
        .then_with(|| lacks(one).cmp(&lacks(other)))
        .then_with(|| one.by_load(other))
}

fn skills(candidate: &Candidate, wanted: &Wanted) -> String {
    let department = candidate.department;
    let level = match candidate.level {
        Level(1) => String::new(),
        Level(level) => format!(", level {level}"),
    };
    let knows = candidate
        .knows(wanted.category)
        .map_or_else(String::new, |known| format!("; knows {known}"));
    let speaks = if candidate.speaks(&wanted.language) {
        format!("; speaks {}", wanted.language.trim())
    } else {
        String::new()
    };
    format!("{department}{level}{knows}{speaks}")
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
