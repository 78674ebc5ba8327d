//! Who could be given a ticket by automation, and how well they suit it. Pure.

use crate::assignment::{desk_of, on_shift};
use crate::{
    ids::UserId,
    people::{Availability, Department, Level, Shift},
    tickets::{Category, UnassignedTicket},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::cmp::Ordering;

/// An active agent, as far as choosing goes. Admins are never candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Who it is.
    pub agent: UserId,
    /// The desk.
    pub department: Department,
    /// Rung of the escalation ladder.
    pub level: Level,
    /// What the agent knows best.
    pub specializations: Vec<String>,
    /// Languages spoken, the person's own included.
    pub languages: Vec<String>,
    /// Where the shifts are told by the clock.
    pub timezone: Tz,
    /// When the agent works; none means always.
    pub shifts: Vec<Shift>,
    /// Whether the agent takes tickets.
    pub availability: Availability,
    /// Active tickets held.
    pub current: i64,
    /// The most active tickets that automation gives.
    pub capacity: i32,
    /// How many rounds of the rotation the agent has had.
    pub turn: i64,
    /// When the agent was last given a ticket.
    pub last_assigned_at: Option<DateTime<Utc>>,
}

/// What a ticket needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// What it is about.
    pub category: Category,
    /// The desk that it belongs to.
    pub department: Department,
    /// The customer's language.
    pub language: String,
    /// The lowest level that may take it: 1, or the level that it has been escalated to.
    pub level: Level,
    /// Who is not to have it: whoever handed it back last.
    pub except: Option<UserId>,
    /// The instant of the choice.
    pub now: DateTime<Utc>,
}

/// What a ticket that waits asks of an agent.
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
        except: ticket.handed_back_by,
        now,
    }
}

/// Whether automation may give the ticket to the agent: available, on shift, with room, not
/// whoever has just handed it back, and not below the level that the ticket needs, so that no strategy undoes an
/// escalation.
#[must_use]
pub fn eligible(candidate: &Candidate, requirements: &Requirements) -> bool {
    candidate.may_be_given(requirements.now)
        && candidate.level >= requirements.level
        && requirements.except != Some(candidate.agent)
}

impl Candidate {
    /// Available, on shift, and below capacity.
    pub fn may_be_given(&self, now: DateTime<Utc>) -> bool {
        let available = match self.availability {
            Availability::Available => true,
            Availability::Busy | Availability::Away | Availability::Offline => false,
        };
        available
            && self.current < i64::from(self.capacity)
            && on_shift(&self.shifts, self.timezone, now)
    }

    /// The specialisation that names the category, as the agent wrote it. Case, a plural s, and
    /// whether words are joined by space, hyphen or underscore make no difference.
    pub fn knows(&self, category: Category) -> Option<&str> {
        let names_it = |text: &&str| singular(text) == category.as_str();
        self.specializations
            .iter()
            .map(|text| text.trim())
            .find(names_it)
    }

    /// Whether a language of the agent is the customer's, regions aside: `sw` and `sw-KE` are one.
    pub fn speaks(&self, language: &str) -> bool {
        let requirements = primary_subtag(language);
        !requirements.is_empty()
            && self
                .languages
                .iter()
                .any(|spoken| primary_subtag(spoken) == requirements)
    }

    /// Orders by the share of the capacity in use, exactly. Meaningful where there is a capacity,
    /// which whoever has room has.
    pub fn by_load(&self, other: &Self) -> Ordering {
        let mine = i128::from(self.current) * i128::from(other.capacity);
        let theirs = i128::from(other.current) * i128::from(self.capacity);
        mine.cmp(&theirs)
    }

    /// Orders whoever has waited longest for a ticket first, and before them those who never got
    /// one. The id decides between equals, so that the choice is always the same.
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

/// The language itself in a tag of BCP 47 (RFC 5646, section 2.1).
fn primary_subtag(language: &str) -> String {
    let subtag = language.trim().split(['-', '_']).next();
    subtag.unwrap_or_default().to_lowercase()
}
