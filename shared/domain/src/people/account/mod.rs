//! Events of an account that its owner is notified of by mail, and the links in these mails.
//!
//! Races: every change of an address, a password or a link locks the person's row first, so that
//! two uses of one link, or a link and a change of the password, happen one after the other.

pub mod link;
pub mod model;

pub use link::{link, named};
pub use model::AccountEventKind;
