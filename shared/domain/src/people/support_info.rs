//! The input about what staff are known by, in registrations and changes. Pure.

use crate::{
    field_error::{Entries, FieldErrors},
    people::{Department, Level, Patch, Role, Shift, Weekday, fields},
    reader::ObjectReader,
};

/// The level and the capacity of agents for whom no others are set.
const FIRST_LEVEL: Level = Level(1);
const USUAL_ROOM: i32 = 5;

/// What staff are known by, before it is checked.
#[derive(Debug, Default)]
pub struct SupportInfoInput {
    /// The company's number.
    pub employee_id: Patch<String>,
    /// The department; the general one without one.
    pub department: Option<Department>,
    /// What the agent knows best.
    pub specializations: Option<Entries<String>>,
    /// Languages spoken.
    pub languages: Option<Entries<String>>,
    /// Working hours, each parsed by [`shift`].
    pub shift_schedule: Option<Entries<Shift>>,
    /// Level of escalation, 1 to 10: set by admins only.
    pub level: Option<i64>,
    /// Most tickets at a time, 0 to 1 000: set by admins only.
    pub max_concurrent_tickets: Option<i64>,
    /// The same, in the place where responses show it.
    pub availability_max_concurrent_tickets: Option<i64>,
}

/// What a new agent or admin is known by.
#[derive(Debug)]
pub struct NewSupportInfo {
    /// The company's number of the agent.
    pub employee_id: Option<String>,
    /// The department.
    pub department: Department,
    /// What the agent knows best: at most 20 words.
    pub specializations: Vec<String>,
    /// Languages spoken: at most 20.
    pub languages: Vec<String>,
    /// Working hours: at most 50 shifts. Empty: always on shift.
    pub shift_schedule: Vec<Shift>,
    /// Level of escalation, 1 to 10.
    pub level: Level,
    /// Most tickets at a time, 0 to 1 000.
    pub max_concurrent_tickets: i32,
}

/// A change of what an agent or admin is known by; absent fields stay as they are.
#[derive(Debug, Default)]
pub struct SupportInfoChange {
    /// The company's number of the agent.
    pub employee_id: Patch<String>,
    /// The department.
    pub department: Option<Department>,
    /// What the agent knows best: at most 20 words.
    pub specializations: Option<Vec<String>>,
    /// Languages spoken: at most 20.
    pub languages: Option<Vec<String>>,
    /// Working hours: at most 50 shifts. Empty: always on shift.
    pub shift_schedule: Option<Vec<Shift>>,
    /// Level of escalation, 1 to 10.
    pub level: Option<Level>,
    /// Most tickets at a time, 0 to 1 000.
    pub max_concurrent_tickets: Option<i32>,
}

impl Default for NewSupportInfo {
    fn default() -> Self {
        Self {
            employee_id: None,
            department: Department::General,
            specializations: Vec::new(),
            languages: Vec::new(),
            shift_schedule: Vec::new(),
            level: FIRST_LEVEL,
            max_concurrent_tickets: USUAL_ROOM,
        }
    }
}

impl SupportInfoInput {
    /// Reads what staff are known by, sent by somebody of the role `by`. Fields that only admins set have no
    /// effect from others, and `stats` from nobody.
    pub fn read(reader: &mut ObjectReader, by: Option<Role>) -> Self {
        let by_admin = by == Some(Role::Admin);
        reader.mean(&[
            ("employeeId", "The number of the agent in the company. `@` and this number in an internal note mention the agent."),
            ("department", "The department in which the agent works. A new agent without one works in `general`."),
            ("specializations", "What the agent knows best, such as `payment`. Tickets of these categories are assigned \
            to the agent first."),
            ("languages", "The languages that the agent speaks, such as `en` or `sw`."),
            ("shiftSchedule", "When the agent works. An agent without shifts always works."),
            ("level", "The support level of the agent, from 1. Escalated tickets go to higher levels. Only admins can set it."),
            ("maxConcurrentTickets", "How many active tickets are assigned to the agent automatically at most. Only \
            admins can set it."),
            ("availability", "The same limit of active tickets, in the place where responses have it."),
        ]);
        reader.ignore("stats");
        let max_concurrent_tickets = admins_only(reader, "maxConcurrentTickets", by_admin);
        let availability_max_concurrent_tickets = shown_maximum(reader, by_admin);
        Self {
            employee_id: if reader.clears("employeeId") {
                Patch::Cleared
            } else {
                reader.text("employeeId").map_or(Patch::Stays, Patch::To)
            },
            department: reader.word("department"),
            specializations: reader.texts("specializations"),
            languages: reader.texts("languages"),
            shift_schedule: reader.objects("shiftSchedule", read_shift),
            level: admins_only(reader, "level", by_admin),
            max_concurrent_tickets,
            availability_max_concurrent_tickets,
        }
    }
}

fn admins_only(reader: &mut ObjectReader, field: &str, by_admin: bool) -> Option<i64> {
    if by_admin {
        reader.integer(field)
    } else {
        reader.ignore(field);
        None
    }
}

/// The capacity in the place where responses show it. The other fields there are set by the agent elsewhere.
fn shown_maximum(reader: &mut ObjectReader, by_admin: bool) -> Option<i64> {
    if !by_admin {
        reader.ignore("availability");
        return None;
    }
    let maximum = reader.object("availability", |availability| {
        availability.named("AvailabilityLimit", "The limit of active tickets, in the place where responses have it.");
        availability.mean(&[(
            "maxConcurrentTickets",
            "How many active tickets are assigned to the agent automatically at most. Only admins can set it.",
        )]);
        for shown_only in ["status", "currentTickets", "updatedAt"] {
            availability.ignore(shown_only);
        }
        availability.integer("maxConcurrentTickets")
    });
    maximum.flatten()
}

fn read_shift(entry: &mut ObjectReader) -> Option<Shift> {
    entry.named(
        "ShiftCreate",
        "Working hours of an agent, in the time zone of the agent.",
    );
    entry.mean(&[
        ("day", "The day of the week on which the shift begins."),
        ("start", "The local time at which the shift begins, such as `08:00`."),
        ("end", "The local time at which the shift ends, such as `17:00` or `24:00`. An end at or before the start is on \
        the next day."),
    ]);
    let day = entry.required_word("day");
    let (start, end) = (entry.text("start"), entry.text("end"));
    shift(day, start.as_deref(), end.as_deref(), entry.errors())
}

impl SupportInfoChange {
    /// Reads a change of what staff are known by, sent by somebody of the role `by`. Fields that only admins
    /// set have no effect from others.
    pub fn read(reader: &mut ObjectReader, by: Role) -> Self {
        reader.named(
            "SupportInfoUpdate",
            "A change of what agents and admins are known by: absent fields stay as they are.",
        );
        if by != Role::Admin {
            reader.ignore("employeeId");
            reader.ignore("department");
        }
        let input = SupportInfoInput::read(reader, Some(by));
        Self::parse(input, reader.errors())
    }

    /// Checks what staff are known by; its errors are noted under names that are relative to it.
    pub fn parse(given: SupportInfoInput, errors: &mut FieldErrors) -> Self {
        let employee_id = given.employee_id.read(|number: Option<String>| {
            fields::employee_id(errors, "employeeId", number.as_deref())
        });
        let specializations = given.specializations;
        let specializations =
            specializations.map(|words| fields::words(errors, "specializations", &words));
        let languages = given.languages;
        let languages = languages.map(|texts| fields::languages(errors, "languages", &texts));
        let shifts = given.shift_schedule.as_ref().map_or(0, Vec::len);
        errors.entries("shiftSchedule", shifts, 50);
        let level = fields::within(errors, "level", given.level, 1..=10);
        let room = given.max_concurrent_tickets;
        let room = fields::within(errors, "maxConcurrentTickets", room, 0..=1_000);
        let shown = given.availability_max_concurrent_tickets;
        let path = "availability.maxConcurrentTickets";
        let shown = fields::within(errors, path, shown, 0..=1_000);
        Self {
            employee_id,
            department: given.department,
            specializations,
            languages,
            shift_schedule: given
                .shift_schedule
                .map(|shifts| shifts.into_iter().flatten().collect()),
            level: level.map(Level),
            max_concurrent_tickets: room.or(shown),
        }
    }
}

impl NewSupportInfo {
    /// Reads what a new agent or admin is known by, sent by somebody of the role `by`.
    pub fn read(reader: &mut ObjectReader, by: Option<Role>) -> Option<Self> {
        reader.named(
            "SupportInfoCreate",
            "What a new agent or admin is known by.",
        );
        let input = SupportInfoInput::read(reader, by);
        Self::parse(input, reader.errors())
    }

    /// Checks what a new agent or admin is known by, like a change of it.
    pub fn parse(given: SupportInfoInput, errors: &mut FieldErrors) -> Option<Self> {
        let given = SupportInfoChange::parse(given, errors);
        let usual = Self::default();
        Some(Self {
            employee_id: given.employee_id.value().cloned(),
            department: given.department.unwrap_or(usual.department),
            specializations: given.specializations.unwrap_or_default(),
            languages: given.languages.unwrap_or_default(),
            shift_schedule: given.shift_schedule.unwrap_or_default(),
            level: given.level.unwrap_or(usual.level),
            max_concurrent_tickets: given
                .max_concurrent_tickets
                .unwrap_or(usual.max_concurrent_tickets),
        })
    }
}

/// Checks one entry of a shift schedule: `{day: "mon", start: "08:00", end: "17:00"}`.
pub fn shift(
    day: Option<Weekday>,
    start: Option<&str>,
    end: Option<&str>,
    errors: &mut FieldErrors,
) -> Option<Shift> {
    let start = fields::time_of_day(errors, "start", start, fields::EndOfDay::Excluded);
    let end = fields::time_of_day(errors, "end", end, fields::EndOfDay::Included);
    Some(Shift {
        day: day?,
        start: start?,
        end: end?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_support_info_is_named() {
        let text = |text: &str| Some(text.to_owned());
        let mut errors = FieldErrors::new();
        let info = NewSupportInfo::parse(
            SupportInfoInput {
                employee_id: Patch::To("a b".to_owned()),
                specializations: Some(vec![text("payments"), text("")]),
                languages: Some(vec![text("sw"), None, text("Swahili")]),
                shift_schedule: Some(vec![None; 51]),
                level: Some(0),
                max_concurrent_tickets: Some(-1),
                availability_max_concurrent_tickets: Some(1_001),
                ..SupportInfoInput::default()
            },
            &mut errors,
        );
        let found: Vec<_> = errors
            .finish(info)
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(
            found,
            [
                "employeeId",
                "specializations[1]",
                "languages[2]",
                "shiftSchedule",
                "level",
                "maxConcurrentTickets",
                "availability.maxConcurrentTickets",
            ]
        );
    }
}
