//! What things look like from outside, and to whom.

pub mod account_page;
mod examples;
pub mod html;
pub mod job;
pub mod page;
pub mod person;
mod story;
pub mod survey;
pub mod ticket;
