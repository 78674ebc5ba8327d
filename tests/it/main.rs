//! The tests of the whole system: one binary, for one link.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod access;
mod accounts;
mod demo;
mod documents;
mod examples;
mod faults;
mod guards;
mod harness;
mod layers;
mod leaks;
mod mail;
mod migrations;
mod openapi;
mod operators;
mod processes;
mod queues;
mod races;
mod scheduler;
mod servers;
mod smtp_server;
mod statements;
mod stories;
mod uploads;
mod upstream_bugs;
mod watching;
mod words;
