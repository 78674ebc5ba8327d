//! Tests that start programs: the program itself, several times at once, killed, stopped and robbed of
//! its servers; the private servers; the command line; mail over a real connection. Time is the real
//! clock's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../harness/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared by three binaries; each uses a part"
)]
mod harness;

mod assignment;
mod capacity;
mod configuration;
mod connections;
mod deliveries;
mod demo;
mod dev;
mod doctor;
mod examples;
mod killed_while_telling;
mod load;
mod mail;
mod notify;
mod operators;
mod postgres;
mod printing;
mod queues;
mod redis;
mod refusing_redis;
mod release;
mod reset;
mod scheduling;
mod servers;
mod sla;
mod start;
mod stats;
mod stopping;
mod tour;
mod unreachable;
mod uploads;
mod waiting;
mod watching;
mod working_day;
