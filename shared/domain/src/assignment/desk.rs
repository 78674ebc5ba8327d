//! Which desk a ticket of a department is brought to. Pure.

use crate::people::Department;

/// The department whose agents serve the tickets of `department`. One that has no active agent at
/// all is served by the general desk, so that a small team gets every ticket without having to
/// play all departments; one whose agents are merely away or full keeps its tickets.
#[must_use]
pub fn desk_of(department: Department, staffed: &[Department]) -> Department {
    if staffed.contains(&department) {
        department
    } else {
        Department::General
    }
}

/// The departments that the desk of `department` serves: the other way round.
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
