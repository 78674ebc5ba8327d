//! The use cases, a folder for each noun. A use case loads, checks the permission, decides by the rules of `domain`,
//! saves, records the history and enqueues the jobs that follow. All SQL on the nouns is in the `store` modules.

pub mod agents;
pub mod assignment;
pub mod attachments;
pub mod directory;
pub mod error;
pub mod feed;
pub mod following;
pub mod idempotency;
pub mod installation;
pub mod job_commands;
pub mod job_list;
pub mod notifications;
pub mod people;
pub mod push;
pub mod sla;
pub mod standing;
pub mod stats;
pub mod tickets;
pub mod webhooks;
