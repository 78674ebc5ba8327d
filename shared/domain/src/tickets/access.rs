//! Who may see and do what: the table of the contract, section 3. Pure.

use crate::{actor::Actor, ids::UserId, people::Role, tickets::Ticket};

/// Whether an internal note of a ticket mentions somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention {
    /// One does.
    Mentioned,
    /// None does.
    NotMentioned,
}

/// What somebody wants to do with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read it, its thread and its history.
    See,
    /// Add a public message.
    Message,
    /// Add an internal note.
    Note,
    /// Take the text and the files out of a message: of which ones, [`may_redact`] says.
    Redact,
    /// Change it in any way but by a note: what the role may do is asked of a further action.
    Change,
    /// Give it to somebody.
    Assign,
    /// Set status or priority, close or escalate it.
    Handle,
    /// Change its texts and labels: requesters not all of them, and not for ever.
    Edit,
    /// Close one's own.
    CloseOwn,
    /// Take it up again.
    Reopen,
    /// Rate it.
    Rate,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The role may not do this at all.
    Role,
    /// This caller may not know that the ticket exists.
    Hidden,
    /// This caller sees the ticket by a mention alone, which is for reading and for notes.
    MentionedOnly,
    /// The message is somebody else's.
    NotTheSender,
}

/// Whether `actor` may do `action` to `ticket`. The role comes first: what a role may never do
/// is refused alike whether the ticket exists or not. `mention` is the actor's.
///
/// # Errors
/// Why not.
pub fn may(actor: &Actor, action: Action, ticket: &Ticket, mention: Mention) -> Result<(), Denied> {
    role_may(actor.role, action)?;
    let scope = Scope::of(actor);
    if scope.includes(ticket) {
        Ok(())
    } else if !scope.is_widened_by(mention) {
        Err(Denied::Hidden)
    } else if action.goes_with_a_mention() {
        Ok(())
    } else {
        Err(Denied::MentionedOnly)
    }
}

impl Action {
    /// Whether a mention is enough for it: reading, and internal notes.
    const fn goes_with_a_mention(self) -> bool {
        match self {
            Self::See | Self::Note | Self::Redact => true,
            Self::Message
            | Self::Change
            | Self::Assign
            | Self::Handle
            | Self::Edit
            | Self::CloseOwn
            | Self::Reopen
            | Self::Rate => false,
        }
    }
}

/// Whether `actor`, who may redact on a ticket, may redact what `sender` wrote there: staff a message
/// of theirs, admins any.
///
/// # Errors
/// Why not.
pub fn may_redact(actor: &Actor, sender: Option<UserId>) -> Result<(), Denied> {
    match actor.role {
        Role::Admin => Ok(()),
        Role::Support if sender == Some(actor.id) => Ok(()),
        Role::Support => Err(Denied::NotTheSender),
        Role::Customer | Role::Technician | Role::Corporate => Err(Denied::Role),
    }
}

/// Whether the role may do `action` to any ticket at all.
///
/// # Errors
/// It may not.
pub fn role_may(role: Role, action: Action) -> Result<(), Denied> {
    let allowed = match action {
        Action::See | Action::Message | Action::Change | Action::Reopen | Action::Edit => true,
        Action::Note | Action::Redact | Action::Assign | Action::Handle => role.is_staff(),
        Action::Rate | Action::CloseOwn => !role.is_staff(),
    };
    if allowed { Ok(()) } else { Err(Denied::Role) }
}

/// The tickets that somebody may see. No list can be read without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A requester's own.
    Own(UserId),
    /// An agent's, those that nobody has, and those with a note that mentions the agent.
    AgentQueue(UserId),
    /// All.
    All,
}

/// Whose eyes texts are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Staff see all.
    Staff,
    /// Requesters see what is public.
    Requester,
}

impl Scope {
    /// What `actor` may see.
    #[must_use]
    pub const fn of(actor: &Actor) -> Self {
        match actor.role {
            Role::Customer | Role::Technician | Role::Corporate => Self::Own(actor.id),
            Role::Support => Self::AgentQueue(actor.id),
            Role::Admin => Self::All,
        }
    }

    /// Whose eyes it is for.
    #[must_use]
    pub const fn reader(self) -> Viewer {
        match self {
            Self::Own(_) => Viewer::Requester,
            Self::AgentQueue(_) | Self::All => Viewer::Staff,
        }
    }

    /// Whether it includes the ticket, whomever notes mention.
    #[must_use]
    pub fn includes(self, ticket: &Ticket) -> bool {
        self.includes_one(ticket.customer_id, ticket.assigned_to)
    }

    /// As [`Scope::includes`], of a ticket of that customer, which that agent has.
    #[must_use]
    pub fn includes_one(self, customer: UserId, assigned_to: Option<UserId>) -> bool {
        match self {
            Self::Own(person) => customer == person,
            Self::AgentQueue(agent) => assigned_to.is_none_or(|assignee| assignee == agent),
            Self::All => true,
        }
    }

    /// Whether such a mention makes somebody see a ticket that is not included. It counts for
    /// agents: whoever is no agent any more has no sight by it.
    #[must_use]
    pub fn is_widened_by(self, mention: Mention) -> bool {
        match self {
            Self::AgentQueue(_) => mention == Mention::Mentioned,
            Self::Own(_) | Self::All => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const ANN: UserId = UserId(Uuid::from_u128(1));
    const SAM: UserId = UserId(Uuid::from_u128(2));
    const KIM: UserId = UserId(Uuid::from_u128(3));

    #[test]
    fn a_mention_widens_what_an_agent_sees_and_nobody_else() {
        for (role, expected) in [
            (Role::Support, true),
            (Role::Admin, false),
            (Role::Customer, false),
            (Role::Technician, false),
            (Role::Corporate, false),
        ] {
            let scope = Scope::of(&Actor { id: KIM, role });
            assert_eq!(scope.is_widened_by(Mention::Mentioned), expected, "{role}");
            assert!(!scope.is_widened_by(Mention::NotMentioned));
        }
        let desk = Scope::AgentQueue(KIM);
        assert!(desk.includes_one(ANN, None) && desk.includes_one(ANN, Some(KIM)));
        assert!(!desk.includes_one(ANN, Some(SAM)));
    }

    #[test]
    fn a_mention_is_for_reading_and_for_notes() {
        let all = [
            Action::See,
            Action::Message,
            Action::Note,
            Action::Redact,
            Action::Change,
            Action::Assign,
            Action::Handle,
            Action::Reopen,
            Action::Rate,
        ];
        let enough = all.into_iter().filter(|one| one.goes_with_a_mention());
        let expected = [Action::See, Action::Note, Action::Redact];
        assert_eq!(enough.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn staff_redact_a_message_of_theirs_and_admins_any() {
        let redacts = |role, sender| may_redact(&Actor { id: KIM, role }, sender);
        for sender in [Some(KIM), Some(SAM), None] {
            assert_eq!(redacts(Role::Admin, sender), Ok(()));
            assert_eq!(redacts(Role::Customer, sender), Err(Denied::Role));
        }
        assert_eq!(redacts(Role::Support, Some(KIM)), Ok(()));
        for sender in [Some(SAM), None] {
            assert_eq!(redacts(Role::Support, sender), Err(Denied::NotTheSender));
        }
    }
}
