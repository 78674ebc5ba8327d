//! `supportInfo` as it is sent, in registrations and changes.

use crate::body::Body;
use domain::people::{Patch, Role, Shift, SupportInfoChange, UncheckedSupportInfo, shift};

/// A change of what staff are known by, sent by somebody of that role. What is an admin's to set,
/// and what is nobody's, may be sent by anybody and counts for nothing.
pub fn support_info(info: &mut Body, by: Role) -> SupportInfoChange {
    if by != Role::Admin {
        info.ignore("employeeId");
        info.ignore("department");
    }
    let given = unchecked(info, Some(by));
    SupportInfoChange::parse(given, info.faults())
}

/// What staff are known by, with what is an admin's to set left out for others.
pub fn unchecked(info: &mut Body, by: Option<Role>) -> UncheckedSupportInfo {
    let by_admin = by == Some(Role::Admin);
    info.ignore("stats");
    let max_concurrent_tickets = admins_to_set(info, "maxConcurrentTickets", by_admin);
    let availability_max_concurrent_tickets = read_availability(info, by_admin);
    UncheckedSupportInfo {
        employee_id: if info.clears("employeeId") {
            Patch::Cleared
        } else {
            info.text("employeeId").map_or(Patch::Stays, Patch::To)
        },
        department: info.word("department"),
        specializations: info.texts("specializations"),
        languages: info.texts("languages"),
        shift_schedule: info.objects("shiftSchedule", read_shift),
        level: admins_to_set(info, "level", by_admin),
        max_concurrent_tickets,
        availability_max_concurrent_tickets,
    }
}

fn admins_to_set(info: &mut Body, field: &str, by_admin: bool) -> Option<i64> {
    if by_admin {
        info.integer(field)
    } else {
        info.ignore(field);
        None
    }
}

/// The room for tickets where answers show it. All else in there is the agent's own.
fn read_availability(info: &mut Body, by_admin: bool) -> Option<i64> {
    if !by_admin {
        info.ignore("availability");
        return None;
    }
    info.object("availability", |availability| {
        for shown_only in ["status", "currentTickets", "updatedAt"] {
            availability.ignore(shown_only);
        }
        availability.integer("maxConcurrentTickets")
    })
    .flatten()
}

fn read_shift(entry: &mut Body) -> Option<Shift> {
    let day = entry.required_word("day");
    let (start, end) = (entry.text("start"), entry.text("end"));
    shift(day, start.as_deref(), end.as_deref(), entry.faults())
}
