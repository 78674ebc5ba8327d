//! The queues in which unassigned tickets wait. Pure.

use domain::{
    assignment::{Strategy, desk_of, served_by},
    people::Department,
};

/// Tickets that the same agents serve, and that are therefore assigned in one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnassignedQueue {
    /// The departments of the tickets.
    pub departments: Vec<Department>,
    /// The departments of the agents who serve them.
    pub desks: Vec<Department>,
}

impl UnassignedQueue {
    /// The queue of a department's tickets; `None` with the manual strategy, where only people assign.
    pub fn of(strategy: Strategy, department: Department, staffed: &[Department]) -> Option<Self> {
        let desk = desk_of(department, staffed);
        let queues = Self::all(strategy, staffed);
        queues.into_iter().find(|queue| queue.desks.contains(&desk))
    }

    /// One queue for each desk with the skills strategy, else one for all desks.
    pub fn all(strategy: Strategy, staffed: &[Department]) -> Vec<Self> {
        match strategy {
            Strategy::Skills => {
                let desks = Department::ALL.iter().map(|&desk| Self {
                    departments: served_by(desk, staffed),
                    desks: vec![desk],
                });
                desks.collect()
            }
            Strategy::LoadBalanced | Strategy::RoundRobin => vec![Self {
                departments: Department::ALL.to_vec(),
                desks: Department::ALL.to_vec(),
            }],
            Strategy::Manual => Vec::new(),
        }
    }
}
