//! Candidates for automatic assignment, and how well they suit a ticket. Pure.

use crate::assignment::{desk_of, on_shift};
use crate::{
    ids::UserId,
    people::{Availability, Department, Level, Shift},
    tickets::{Category, UnassignedTicket},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::cmp::Ordering;

/// An active agent, with the fields that the choice needs. Admins are never candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The account.
    pub agent: UserId,
    /// Department.
    pub department: Department,
    /// Level, from 1.
    pub level: Level,
    /// Specialisations, as the agent wrote them.
    pub specializations: Vec<String>,
    /// Languages spoken (BCP 47), with the language of the account.
    pub languages: Vec<String>,
    /// Time zone of the shifts.
    pub timezone: Tz,
    /// Shifts; an empty list means always.
    pub shifts: Vec<Shift>,
    /// Availability: as the agent set it, or `away` while absent.
    pub availability: Availability,
    /// Number of assigned tickets that count against the limit.
    pub current: i64,
    /// Limit of such tickets for automatic assignment.
    pub capacity: i32,
    /// Rounds of the rotation that the agent has had.
    pub turn: i64,
    /// When a ticket was last assigned to the agent.
    pub last_assigned_at: Option<DateTime<Utc>>,
}

/// The requirements of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// Category.
    pub category: Category,
    /// The department whose agents serve it.
    pub department: Department,
    /// The customer's language (BCP 47).
    pub language: String,
    /// The lowest level that may take it: 1, or the level that it has been escalated to.
    pub level: Level,
    /// The agent who returned it to the queue last, and does not get it again.
    pub except: Option<UserId>,
    /// The instant of the choice.
    pub now: DateTime<Utc>,
}

/// The requirements of a ticket in the queue. `staffed` are the departments with active agents.
#[must_use]
pub fn requirements(
    ticket: &UnassignedTicket,
    staffed: &[Department],
    now: DateTime<Utc>,
) -> Requirements {
    Requirements {
        category: ticket.category,
        department: desk_of(ticket.department, staffed),
        language: ticket.language.clone(),
        level: ticket.level(),
        except: ticket.returned_by,
        now,
    }
}

/// Whether automation may assign the ticket to the agent: available, on shift, with free capacity, not the
/// agent who returned it last, and not below the level of the ticket, so that no strategy reverts an escalation.
#[must_use]
pub fn eligible(candidate: &Candidate, requirements: &Requirements) -> bool {
    candidate.may_be_given(requirements.now)
        && candidate.level >= requirements.level
        && requirements.except != Some(candidate.agent)
}

impl Candidate {
    /// Whether the agent is available, on shift and below the limit.
    #[must_use]
    pub fn may_be_given(&self, now: DateTime<Utc>) -> bool {
        let available = match self.availability {
            Availability::Available => true,
            Availability::Busy | Availability::Away | Availability::Offline => false,
        };
        available
            && self.current < i64::from(self.capacity)
            && on_shift(&self.shifts, self.timezone, now)
    }

    /// The specialisation that names the category, as the agent wrote it. Case, a plural s and the separator
    /// of words (space, hyphen or underscore) are ignored.
    #[must_use]
    pub fn knows(&self, category: Category) -> Option<&str> {
        let names_it = |text: &&str| singular(text) == category.as_str();
        self.specializations
            .iter()
            .map(|text| text.trim())
            .find(names_it)
    }

    /// Whether the agent speaks the language. Regions are ignored: `sw` and `sw-KE` are equal.
    #[must_use]
    pub fn speaks(&self, language: &str) -> bool {
        let wanted = primary_subtag(language);
        !wanted.is_empty()
            && self
                .languages
                .iter()
                .any(|spoken| primary_subtag(spoken) == wanted)
    }

    /// Orders by the used share of the capacity, without rounding. It needs capacities above zero, which all
    /// agents with free capacity have.
    #[must_use]
    pub fn by_load(&self, other: &Self) -> Ordering {
        let mine = i128::from(self.current) * i128::from(other.capacity);
        let theirs = i128::from(other.current) * i128::from(self.capacity);
        mine.cmp(&theirs)
    }

    /// Orders agents who never got a ticket first, then by the longest wait for one. The id decides between
    /// equals, so that the choice is deterministic.
    #[must_use]
    pub fn by_idleness(&self, other: &Self) -> Ordering {
        (self.last_assigned_at, self.agent).cmp(&(other.last_assigned_at, other.agent))
    }
}

fn singular(text: &str) -> String {
    let word = text.to_lowercase().replace([' ', '-'], "_");
    match word.strip_suffix('s') {
        Some(singular) => singular.to_owned(),
        None => word,
    }
}

/// The primary language subtag of a BCP 47 tag (RFC 5646, section 2.1), in lower case.
fn primary_subtag(language: &str) -> String {
    let subtag = language.trim().split(['-', '_']).next();
    subtag.unwrap_or_default().to_lowercase()
}
