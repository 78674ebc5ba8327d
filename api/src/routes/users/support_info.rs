//! Reads `supportInfo` in registrations and changes of accounts.

use crate::body::Body;
use domain::people::{Patch, Role, Shift, SupportInfoChange, UncheckedSupportInfo, shift};

/// Reads a change of the support information, sent by a person of role `by`. Fields that only an admin can
/// set, and read-only fields, are ignored if others send them: clients may send back what they were shown.
pub fn support_info(info: &mut Body, by: Role) -> SupportInfoChange {
    if by != Role::Admin {
        info.ignore("employeeId");
        info.ignore("department");
    }
    let given = unchecked(info, Some(by));
    SupportInfoChange::parse(given, info.faults())
}

/// Reads the support information. Fields that only an admin can set are ignored for others.
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

/// Reads the capacity at the place where responses show it. The other fields there are read-only.
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
