//! Tickets: what they are, what may become of them, who may do it, and what follows.

pub mod access;
pub mod actions;
mod case;
mod category;
mod event;
pub mod input;
pub mod list;
mod model;
mod number;
mod opened;
mod reactions;
pub mod read;
pub mod search;
mod status;
pub(crate) mod store;
pub mod survey;
mod waiting;

pub use case::{Again, Case, Escalation, Refused};
pub use category::{Category, Priority};
pub use event::{ChangedBy, Entry, Happened, TicketEvent};
pub use input::{Closing, NewMessage, NewRating, NewTicket};
pub use model::{Message, Resolution, ResolutionType, SenderType, Ticket, Visibility};
pub use number::{TICKET_KEY, TicketNumber};
pub use opened::Opening;
pub use status::{Change, Move, Status};
pub use waiting::Waiting;
