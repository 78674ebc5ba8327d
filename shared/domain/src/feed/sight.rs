//! Who is told of an entry. The right counts at the time of telling, not at the time of the change: a ticket that was
//! handed over meanwhile is told to nobody who may no longer see it. Pure.

use super::FeedChange;
use crate::{
    actor::Actor,
    ids::UserId,
    tickets::{
        TicketEventKind, Touches,
        access::{Mention, Scope, Viewer},
    },
};

/// What a person is told of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Everything that their role sees.
    Full,
    /// That the ticket changed, and the ticket as it is now. What changed it is internal, and is not told.
    Changed,
    /// That the ticket passed out of their sight by this change: its id, and nothing else.
    Removed,
    /// Nothing.
    Nothing,
}

impl Sight {
    /// Whether what the entry is about is shown as it is now.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        match self {
            Self::Full | Self::Changed => true,
            Self::Removed | Self::Nothing => false,
        }
    }
}

/// Whom a ticket concerns now, as far as sight goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concerned {
    /// The customer.
    pub customer: UserId,
    /// The assignee.
    pub assigned_to: Option<UserId>,
    /// Whether a note mentions the person who asks.
    pub mention: Mention,
}

/// What `actor` is told. `now` is whom the ticket of the entry concerns now; it is for entries of tickets only.
#[must_use]
pub fn sight(actor: &Actor, change: &FeedChange, now: Option<Concerned>) -> Sight {
    match change {
        FeedChange::Ticket { event, .. } => now.map_or(Sight::Nothing, |now| {
            of_ticket(Scope::of(actor), &event.kind, now)
        }),
        FeedChange::Availability { .. } if actor.role.is_staff() => Sight::Full,
        FeedChange::Availability { .. } => Sight::Nothing,
        FeedChange::Notification { person, .. } | FeedChange::NotificationsRead { person } => {
            if *person == actor.id {
                Sight::Full
            } else {
                Sight::Nothing
            }
        }
    }
}

fn of_ticket(scope: Scope, kind: &TicketEventKind, now: Concerned) -> Sight {
    let is_staff = scope.reader() == Viewer::Staff;
    if scope.includes_one(now.customer, now.assigned_to) || scope.is_widened_by(now.mention) {
        return if is_staff || kind.is_public() {
            Sight::Full
        } else {
            // A requester sees version and time of the last change, which a note leaves as they are.
            match kind.spec().touches {
                Touches::Note => Sight::Nothing,
                Touches::SearchedText | Touches::Other => Sight::Changed,
            }
        };
    }
    if was_reassigned(scope, kind, now) || is_no_longer_mentioned(scope, kind) {
        Sight::Removed
    } else {
        Sight::Nothing
    }
}

/// Whether an assignment took the ticket out of the sight of staff who saw it before.
fn was_reassigned(scope: Scope, kind: &TicketEventKind, now: Concerned) -> bool {
    let saw = |assignee| scope.includes_one(now.customer, assignee);
    scope.reader() == Viewer::Staff
        && kind.new_assignee().is_some()
        && saw(kind.previous_assignee())
        && !saw(kind.new_assignee())
}

/// Whether the redaction of a note took away a mention by which an agent saw the ticket.
fn is_no_longer_mentioned(scope: Scope, kind: &TicketEventKind) -> bool {
    match scope {
        Scope::AgentQueue(agent) => kind.no_longer_mentioned().contains(&agent),
        Scope::Own(_) | Scope::All => false,
    }
}

#[cfg(test)]
mod tests;
