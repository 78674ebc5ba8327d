//! The SQL of push messages. No decisions.

pub(super) mod circuits;
pub(super) mod deliveries;
pub(super) mod keys;
pub(super) mod subscriptions;
