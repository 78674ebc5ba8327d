//! The promises of the contract, told as stories over the whole system.

mod assignment;
mod auto_close;
mod calendars;
mod capacity;
mod closing;
mod errors;
mod escalation;
mod every_fault;
mod late_mails;
mod life_of_a_ticket;
mod lists;
mod messages;
mod notifications;
mod people;
mod policies;
mod rating;
mod reopening;
mod search;
mod sla;
mod statistics;
mod status;
mod survey;
mod sweeps;
mod twice;
