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

/// An agent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Who.
    pub agent: UserId,
    /// A plain sentence for the history. It tells of the house's load: for staff alone.
    pub reason: String,
}

/// The agent whom the strategy gives the ticket to, among those [`eligible`]; none when there is
/// none or people assign.
///
/// - `skills`: of the ticket's department alone. The lowest level first: a higher one is asked
///   only when nobody below it can take the ticket. Then who knows the category, who speaks the
///   language, the smallest share of the capacity in use, who has waited longest, the id.
/// - `load_balanced`: of any department, by the share in use, then as above.
/// - `round_robin`: of any department, who has waited longest, the id.
#[must_use]
pub fn choose(strategy: Strategy, wanted: &Wanted, candidates: &[Candidate]) -> Option<Chosen> {
    let eligible = candidates
        .iter()
        .filter(|candidate| eligible(candidate, wanted));
    let (best, why) = match strategy {
        Strategy::Skills => {
            let best = eligible
                .filter(|candidate| candidate.department == wanted.department)
                .min_by(|one, other| by_skills(wanted, one, other))?;
            (best, skills(best, wanted))
        }
        Strategy::LoadBalanced => {
            let best = eligible.min_by(|one, other| by_load_then_idleness(one, other))?;
            (best, "least loaded".to_owned())
        }
        Strategy::RoundRobin => {
            let best = eligible.min_by(|one, other| one.by_idleness(other))?;
            (best, "longest without a new ticket".to_owned())
        }
        Strategy::Manual => return None,
    };
    Some(chosen(best, &why))
}

/// The agent whom an escalation that names nobody goes to: the least loaded of exactly this
/// level of the department, `from` (who has it now) left out. This is automation like any other,
/// so only those count who are available, on shift and have room; when there is none the ticket
/// waits and the admins are told.
#[must_use]
pub fn choose_for_escalation(
    candidates: &[Candidate],
    department: Department,
    level: Level,
    from: Option<UserId>,
    now: DateTime<Utc>,
) -> Option<Chosen> {
    let best = candidates
        .iter()
        .filter(|candidate| candidate.department == department && candidate.level == level)
        .filter(|candidate| Some(candidate.agent) != from && candidate.may_be_given(now))
        .min_by(|one, other| by_load_then_idleness(one, other))?;
    Some(chosen(
        best,
        &format!("{department}, level {}, least loaded", level.0),
    ))
}

fn by_load_then_idleness(one: &Candidate, other: &Candidate) -> Ordering {
    one.by_load(other).then_with(|| one.by_idleness(other))
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
        .then_with(|| by_load_then_idleness(one, other))
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

fn chosen(candidate: &Candidate, why: &str) -> Chosen {
    let Candidate {
        current, capacity, ..
    } = candidate;
    Chosen {
        agent: candidate.agent,
        reason: format!("{why}; {current} of {capacity} tickets"),
    }
}

#[cfg(test)]
mod tests;
