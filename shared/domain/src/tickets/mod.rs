//! Tickets: the model, the changes and their refusals, access, events and search.

pub mod access;
pub mod change;
pub mod download;
pub mod event;
pub mod key;
pub mod list;
pub mod message;
pub mod number;
pub mod rating;
pub mod refused;
pub mod resolution;
pub mod search;
pub mod survey;
pub mod ticket;
pub mod waiting;

pub use crate::{
    category::{Category, Priority},
    status::{Status, TicketOperation, Transition, TransitionResult},
};
pub use change::{
    ActingAgent, Breach, Conclusion, Duplicate, Escalation, RatedBy, Reassignment, Reopening,
    TicketChange, TicketEdit,
};
pub use download::may_download;
pub use event::{
    Attribution, Cause, EventActor, EventSpec, FollowUp, PendingEvent, Recipient, Related,
    TicketEvent, TicketEventKind, Touches,
};
pub use key::TicketKey;
pub use message::{Message, NewMessage, SenderType, Visibility};
pub use number::{TICKET_KEY, TicketNumber};
pub use rating::NewRating;
pub use refused::TicketRefusal;
pub use resolution::{ANOTHER_TICKET, Closing, NOTES, Resolution, ResolutionType};
pub use ticket::{NewTicket, Opening, Ticket};
pub use waiting::UnassignedTicket;

#[cfg(test)]
mod input_tests;
