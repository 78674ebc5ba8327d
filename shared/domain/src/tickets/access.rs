//! Access to tickets by role, scope and mention: the table of the contract, section 3. Pure.

use crate::{actor::Actor, ids::UserId, people::Role, tickets::Ticket};

/// Whether an internal note of a ticket mentions a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention {
    /// At least one note does.
    Mentioned,
    /// No note does.
    NotMentioned,
}

/// An action on a ticket, as far as access is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read it, its thread and its history.
    See,
    /// Add a public message.
    Message,
    /// Add an internal note.
    Note,
    /// Redact a message: [`may_redact`] says which ones.
    Redact,
    /// Change it other than by a note. A further action decides for the role.
    Change,
    /// Assign it.
    Assign,
    /// Set status or priority, close or escalate it.
    Handle,
    /// Change its texts and labels. For requesters there are limits in fields and in time.
    Edit,
    /// Close one's own ticket.
    CloseOwn,
    /// Reopen it.
    Reopen,
    /// Rate it.
    Rate,
}

/// The reason of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The role may not do this at all.
    Role,
    /// The person may not know that the ticket exists.
    Hidden,
    /// The person sees the ticket only by a mention, which allows reading and notes.
    MentionedOnly,
    /// Another person sent the message.
    NotTheSender,
}

/// Whether `actor` may do `action` to `ticket`. The role is checked first, so that an action which the
/// role never allows is denied in the same way whether or not the ticket exists. `mention` says whether a
/// note of the ticket mentions the actor.
///
/// # Errors
/// The reason of the denial.
pub fn may(actor: &Actor, action: Action, ticket: &Ticket, mention: Mention) -> Result<(), Denied> {
    may_on(
        actor,
        action,
        ticket.customer_id,
        ticket.assigned_to,
        mention,
    )
}

/// As [`may`], for a ticket with this customer and this assignee.
///
/// # Errors
/// The reason of the denial.
pub fn may_on(
    actor: &Actor,
    action: Action,
    customer: UserId,
    assigned_to: Option<UserId>,
    mention: Mention,
) -> Result<(), Denied> {
    role_may(actor.role, action)?;
    let scope = Scope::of(actor);
    if scope.includes_one(customer, assigned_to) {
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
    /// Whether a mention allows it: reading, and internal notes.
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

/// Whether `actor`, who may redact on the ticket, may redact a message of `sender`: agents may redact
/// their own messages, admins any.
///
/// # Errors
/// The reason of the denial.
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
/// [`Denied::Role`].
pub fn role_may(role: Role, action: Action) -> Result<(), Denied> {
    let allowed = match action {
        Action::See | Action::Message | Action::Change | Action::Reopen | Action::Edit => true,
        Action::Note | Action::Redact | Action::Assign | Action::Handle => role.is_staff(),
        Action::Rate | Action::CloseOwn => !role.is_staff(),
    };
    if allowed { Ok(()) } else { Err(Denied::Role) }
}

/// The tickets that a person may see. Every list needs a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The tickets of this requester.
    Own(UserId),
    /// The tickets assigned to this agent, unassigned ones, and those with a note that mentions the agent.
    AgentQueue(UserId),
    /// All tickets.
    All,
}

/// Who reads a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Staff see internal notes.
    Staff,
    /// Requesters do not.
    Requester,
}

impl Scope {
    /// The scope of `actor`.
    #[must_use]
    pub const fn of(actor: &Actor) -> Self {
        match actor.role {
            Role::Customer | Role::Technician | Role::Corporate => Self::Own(actor.id),
            Role::Support => Self::AgentQueue(actor.id),
            Role::Admin => Self::All,
        }
    }

    /// The viewer of this scope.
    #[must_use]
    pub const fn reader(self) -> Viewer {
        match self {
            Self::Own(_) => Viewer::Requester,
            Self::AgentQueue(_) | Self::All => Viewer::Staff,
        }
    }

    /// Whether it includes the ticket without regard to mentions.
    #[must_use]
    pub fn includes(self, ticket: &Ticket) -> bool {
        self.includes_one(ticket.customer_id, ticket.assigned_to)
    }

    /// As [`Scope::includes`], for a ticket with this customer and this assignee.
    #[must_use]
    pub fn includes_one(self, customer: UserId, assigned_to: Option<UserId>) -> bool {
        match self {
            Self::Own(person) => customer == person,
            Self::AgentQueue(agent) => assigned_to.is_none_or(|assignee| assignee == agent),
            Self::All => true,
        }
    }

    /// Whether the mention shows the person a ticket that is not included. It does for agents only: a
    /// person who is no longer an agent sees nothing by a mention.
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
