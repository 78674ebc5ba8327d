//! The stored state of the periodic jobs. `scheduler` decides; this module stores.

pub mod store;
