//! What things look like from outside, and to whom.

pub mod account_page;
pub mod html;
pub mod job;
pub mod page;
pub mod person;
pub mod survey;
pub mod ticket;
