//! The shapes of responses, and what each viewer sees of them.

pub mod account_page;
pub mod dashboard;
pub mod event;
mod example_ticket;
mod examples;
pub mod history;
pub mod html;
pub mod job;
pub mod notification;
pub mod page;
mod people;
pub mod person;
pub mod push;
pub mod stats;
pub mod survey;
pub mod thread;
pub mod ticket;
pub mod unsubscribe_page;
pub mod watching;
pub mod webhook;
