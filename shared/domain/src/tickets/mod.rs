//! Tickets: what they are, what may become of them, who may do it, and what follows.

pub mod access;
pub mod case;
pub mod category;
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

pub use case::{
    ActingAgent, Breach, Conclusion, Duplicate, Escalation, RatedBy, Reassignment, Reopening,
    TicketChange,
};
pub use category::{Category, Priority};
pub use edit::TicketEdit;
pub use event::{Attribution, EventActor, PendingEvent, Related, TicketEvent, TicketEventKind};
pub use input::{Closing, NewMessage, NewRating, NewTicket};
pub use key::TicketKey;
pub use model::{Message, Resolution, ResolutionType, SenderType, Ticket, Visibility};
pub use number::{TICKET_KEY, TicketNumber};
pub use opened::Opening;
pub use refused::TicketRefusal;
pub use status::{Status, TicketOperation, Transition, TransitionResult};
pub use waiting::UnassignedTicket;
