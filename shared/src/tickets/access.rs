//! Who may see and do what: the table of the contract, section 3. Pure.

use crate::{ids::UserId, people::Role, tickets::Ticket, work::Actor};

/// What somebody wants to do with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read it, its thread and its history.
    See,
    /// Add a public message.
    Message,
    /// Add an internal note.
    Note,
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
}

/// Whether `actor` may do `action` to `ticket`. The role comes first: what a role may never do
/// is refused alike whether the ticket exists or not.
///
/// # Errors
/// Why not.
pub fn may(actor: &Actor, action: Action, ticket: &Ticket) -> Result<(), Denied> {
    role_may(actor.role, action)?;
    if Scope::of(actor).includes(ticket) {
        Ok(())
    } else {
        Err(Denied::Hidden)
    }
}

/// Whether the role may do `action` to any ticket at all.
///
/// # Errors
/// It may not.
pub fn role_may(role: Role, action: Action) -> Result<(), Denied> {
    let allowed = match action {
        Action::See | Action::Message | Action::Reopen | Action::Edit => true,
        Action::Note | Action::Assign | Action::Handle => role.is_staff(),
        Action::Rate | Action::CloseOwn => !role.is_staff(),
    };
    if allowed { Ok(()) } else { Err(Denied::Role) }
}

/// The tickets that somebody may see. No list can be read without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A requester's own.
    Own(UserId),
    /// An agent's, and those that nobody has.
    Desk(UserId),
    /// All.
    All,
}

/// Whose eyes texts are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
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
            Role::Support => Self::Desk(actor.id),
            Role::Admin => Self::All,
        }
    }

    /// Whose eyes it is for.
    #[must_use]
    pub const fn reader(self) -> Reader {
        match self {
            Self::Own(_) => Reader::Requester,
            Self::Desk(_) | Self::All => Reader::Staff,
        }
    }

    /// Whether it includes the ticket.
    #[must_use]
    pub fn includes(self, ticket: &Ticket) -> bool {
        match self {
            Self::Own(customer) => ticket.customer_id == customer,
            Self::Desk(agent) => ticket.assigned_to.is_none_or(|holder| holder == agent),
            Self::All => true,
        }
    }
}
