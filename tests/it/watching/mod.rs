//! What whoever runs the system sees of it.

mod backup;
mod deploy;
mod health;
mod logs;
mod metrics;
mod traces;
