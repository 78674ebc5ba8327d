//! What happens to an account of which its owner is told by mail, and the links in such mails.
//!
//! Races: whatever changes an address, a password or a link locks the person's row first, so that
//! two uses of one link, or a link and a change of the password, happen one after the other.

pub mod link;
pub mod model;

pub use link::{link, named};
pub use model::AccountEventKind;
