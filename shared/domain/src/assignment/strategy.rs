//! The ways of choosing an agent. Pure.

use crate::text_enum;

text_enum! {
    /// How agents are chosen.
    pub enum Strategy {
        /// The department is a condition; then specialisation and language, load, longest idle.
        Skills = "skills",
        /// The least loaded.
        LoadBalanced = "load_balanced",
        /// Whoever has waited longest for a ticket.
        RoundRobin = "round_robin",
        /// Nobody: people assign.
        Manual = "manual",
    }
}
