//! The department whose agents serve a ticket. Pure.

use crate::people::Department;

/// The department whose agents serve the tickets of `department`. `staffed` are the departments with active
/// agents. The general department serves departments without any active agent, so that a small team need not
/// cover each of them. A department whose agents are only away or at their limit keeps its tickets.
#[must_use]
pub fn desk_of(department: Department, staffed: &[Department]) -> Department {
    if staffed.contains(&department) {
        department
    } else {
        Department::General
    }
}

/// The departments whose tickets the agents of `department` serve: the inverse of [`desk_of`].
#[must_use]
pub fn served_by(department: Department, staffed: &[Department]) -> Vec<Department> {
    let served = Department::ALL.iter().copied();
    served
        .filter(|ticket| desk_of(*ticket, staffed) == department)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_general_desk_serves_departments_that_have_nobody() {
        use Department::{Billing, Complaints, General, Technical};
        assert_eq!(desk_of(Technical, &[General]), General);
        assert_eq!(desk_of(Technical, &[General, Technical]), Technical);
        assert_eq!(
            served_by(General, &[General, Technical]),
            [Billing, General, Complaints]
        );
        assert_eq!(served_by(Technical, &[General, Technical]), [Technical]);
        assert_eq!(served_by(General, Department::ALL), [General]);
    }
}
