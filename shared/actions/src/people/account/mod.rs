//! Events of an account of which a mail tells its owner, and the links in such mails.
//!
//! Races: every change of an address, a password or a link locks the person's row first. Two uses of one link, or
//! a link and a change of the password, therefore happen one after the other.

mod address;
mod confirm;
pub(super) mod link;
pub(super) mod store;
mod tell;

pub(super) use address::Address;
pub(super) use confirm::confirm;
pub use store::{LinkRecipient, link_recipient, open_confirmation};
pub(super) use tell::tell;
