//! What whoever runs the system sees of it.

mod health;
mod logs;
mod metrics;
mod traces;
