//! Tickets: the model, the changes and their refusals, access, events and search.

pub mod access;
pub mod category;
pub mod change;
pub mod edit;
pub mod event;
pub mod input;
pub mod key;
pub mod list;
pub mod model;
pub mod number;
pub mod opened;
pub mod refused;
pub mod search;
pub mod status;
pub mod survey;
pub mod waiting;

pub use category::{Category, Priority};
pub use change::{
    ActingAgent, Breach, Conclusion, Duplicate, Escalation, RatedBy, Reassignment, Reopening,
    TicketChange,
};
pub use edit::TicketEdit;
pub use event::{
    Attribution, Cause, EventActor, EventSpec, FollowUp, PendingEvent, Recipient, Related,
    TicketEvent, TicketEventKind, Touches,
};
pub use input::{Closing, NewMessage, NewRating, NewTicket};
pub use key::TicketKey;
pub use model::{Message, Resolution, ResolutionType, SenderType, Ticket, Visibility};
pub use number::{TICKET_KEY, TicketNumber};
pub use opened::Opening;
pub use refused::TicketRefusal;
pub use status::{Status, TicketOperation, Transition, TransitionResult};
pub use waiting::UnassignedTicket;
