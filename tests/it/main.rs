//! The tests of the whole system in one process: a manual clock, and jobs that the test steps. Tests that
//! start programs are in `tests/processes`, those that injure them in `tests/faults`: three binaries, so
//! that an edit of a test links only one of them again.

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

mod access;
mod accounts;
mod docs_page;
mod documents;
mod gallery;
mod guards;
mod layers;
mod leaks;
mod live;
mod migrations;
mod notifications;
mod openapi;
mod push;
mod races;
mod scheduler;
mod sms;
mod statements;
mod statistics;
mod stories;
mod uploads;
mod webhooks;
mod words;
