//! What things look like from outside, and to whom.

pub mod account_page;
pub mod dashboard;
mod examples;
pub mod html;
pub mod job;
pub mod page;
pub mod person;
pub mod stats;
mod story;
pub mod survey;
pub mod thread;
pub mod ticket;
