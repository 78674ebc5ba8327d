//! Where the schedules of the periodic jobs are kept. `scheduler` decides, this remembers.

pub mod store;
