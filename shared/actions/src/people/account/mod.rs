//! What happens to an account of which its owner is told by mail, and the links in such mails.
//!
//! Races: whatever changes an address, a password or a link locks the person's row first, so that
//! two uses of one link, or a link and a change of the password, happen one after the other.

mod confirm;
pub(super) mod store;
mod tell;

pub(super) use confirm::confirm;
pub use store::{link_language, open_confirmation};
pub(super) use tell::{Address, tell};
