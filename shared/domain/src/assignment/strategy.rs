//! The strategies of automatic assignment. Pure.

use crate::text_enum;

text_enum! {
    /// How automatic assignment chooses an agent.
    pub enum Strategy {
        /// Agents of the department: by level, specialisation, language, load, longest wait.
        Skills = "skills",
        /// The agent with the smallest used share of the capacity.
        LoadBalanced = "load_balanced",
        /// The agents in turn.
        RoundRobin = "round_robin",
        /// No automatic assignment: people assign.
        Manual = "manual",
    }
}
