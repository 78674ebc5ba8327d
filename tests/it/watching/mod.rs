//! What whoever runs the system sees of it.

mod health;
mod metrics;
