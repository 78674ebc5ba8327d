//! A registration, parsed once: what comes out cannot be wrong. Pure.

use crate::{
    field_error::{Constraint, Entries, FieldErrors},
    people::{Department, Level, Password, Patch, Role, Shift, Weekday, fields},
};
use chrono_tz::Tz;

/// The rung and the room that agents have whom nobody gave others.
const FIRST_LEVEL: Level = Level(1);
const USUAL_ROOM: i32 = 5;

/// A registration as it came: kinds are right, values may not be.
#[derive(Debug, Default)]
pub struct UncheckedPerson {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Phone number.
    pub phone_number: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Role; a customer without one.
    pub role: Option<Role>,
    /// Language; English without one.
    pub language: Option<String>,
    /// Time zone; UTC without one.
    pub timezone: Option<String>,
    /// What staff are known by.
    pub support_info: Option<NewSupportInfo>,
}

/// What staff are known by, as it came.
#[derive(Debug, Default)]
pub struct UncheckedSupportInfo {
    /// The company's number.
    pub employee_id: Patch<String>,
    /// The desk; the general one without one.
    pub department: Option<Department>,
    /// What the agent knows best.
    pub specializations: Option<Entries<String>>,
    /// Languages spoken.
    pub languages: Option<Entries<String>>,
    /// Working hours, each parsed by [`shift`].
    pub shift_schedule: Option<Entries<Shift>>,
    /// Rung of the ladder: an admin's to give.
    pub level: Option<i64>,
    /// Most tickets at a time: an admin's to give.
    pub max_concurrent_tickets: Option<i64>,
    /// The same, where answers show it.
    pub availability_max_concurrent_tickets: Option<i64>,
}

/// A person to be registered.
#[derive(Debug)]
pub struct NewPerson {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone_number: String,
    pub password: Password,
    pub role: Role,
    pub language: String,
    pub timezone: Tz,
    /// For staff, and for nobody else.
    pub support_info: Option<NewSupportInfo>,
}

/// What a new agent or admin is known by.
#[derive(Debug)]
pub struct NewSupportInfo {
    pub employee_id: Option<String>,
    pub department: Department,
    pub specializations: Vec<String>,
    pub languages: Vec<String>,
    pub shift_schedule: Vec<Shift>,
    pub level: Level,
    pub max_concurrent_tickets: i32,
}

/// What is changed of what an agent or admin is known by; what is absent stays.
#[derive(Debug, Default)]
pub struct SupportInfoChange {
    pub employee_id: Patch<String>,
    pub department: Option<Department>,
    pub specializations: Option<Vec<String>>,
    pub languages: Option<Vec<String>>,
    pub shift_schedule: Option<Vec<Shift>>,
    pub level: Option<Level>,
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

impl NewPerson {
    /// The password, to be hashed before the account is made.
    #[must_use]
    pub const fn password(&self) -> &Password {
        &self.password
    }

    /// Parses a registration; what is wrong with it is added to the faults.
    pub fn parse(given: UncheckedPerson, faults: &mut FieldErrors) -> Option<Self> {
        let role = given.role.unwrap_or(Role::Customer);
        let staff = Role::ALL.iter().filter(|role| role.is_staff());
        let staff = staff.map(|role| role.as_str()).collect();
        faults.ask("supportInfo", Constraint::With("role", staff));
        if given.support_info.is_some() && !role.is_staff() {
            faults.add("supportInfo", "not_allowed", "is for staff alone");
        }
        let first_name = faults.required_text("firstName", given.first_name.as_deref(), 1, 100);
        let last_name = faults.required_text("lastName", given.last_name.as_deref(), 1, 100);
        let email = fields::email(faults, "email", given.email.as_deref());
        let phone_number = fields::phone(faults, "phoneNumber", given.phone_number.as_deref());
        let password = Password::parse(faults, "password", given.password.as_deref());
        let language = fields::language(faults, "language", given.language.as_deref());
        let timezone = fields::timezone(faults, "timezone", given.timezone.as_deref());
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            email: email?,
            phone_number: phone_number?,
            password: password?,
            role,
            language: language.unwrap_or_else(|| "en".to_owned()),
            timezone: timezone.unwrap_or(Tz::UTC),
            support_info: role
                .is_staff()
                .then(|| given.support_info.unwrap_or_default()),
        })
    }

    /// As what the person is to be registered.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

impl SupportInfoChange {
    /// Parses what staff are known by; what is wrong with it is added to the faults, under names
    /// that are relative to it.
    pub fn parse(given: UncheckedSupportInfo, faults: &mut FieldErrors) -> Self {
        let employee_id = given.employee_id.read(|number: Option<String>| {
            fields::employee_id(faults, "employeeId", number.as_deref())
        });
        let specializations = given.specializations;
        let specializations =
            specializations.map(|words| fields::words(faults, "specializations", &words));
        let languages = given.languages;
        let languages = languages.map(|texts| fields::languages(faults, "languages", &texts));
        let shifts = given.shift_schedule.as_ref().map_or(0, Vec::len);
        faults.entries("shiftSchedule", shifts, 50);
        let level = fields::within(faults, "level", given.level, 1..=10);
        let room = given.max_concurrent_tickets;
        let room = fields::within(faults, "maxConcurrentTickets", room, 0..=1_000);
        let shown = given.availability_max_concurrent_tickets;
        let path = "availability.maxConcurrentTickets";
        let shown = fields::within(faults, path, shown, 0..=1_000);
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
    /// Parses what a new agent or admin is known by, like a change of it.
    pub fn parse(given: UncheckedSupportInfo, faults: &mut FieldErrors) -> Option<Self> {
        let given = SupportInfoChange::parse(given, faults);
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

/// Parses one entry of a shift schedule: `{day: "mon", start: "08:00", end: "17:00"}`.
pub fn shift(
    day: Option<Weekday>,
    start: Option<&str>,
    end: Option<&str>,
    faults: &mut FieldErrors,
) -> Option<Shift> {
    let start = fields::time_of_day(faults, "start", start, fields::EndOfDay::Excluded);
    let end = fields::time_of_day(faults, "end", end, fields::EndOfDay::Included);
    Some(Shift {
        day: day?,
        start: start?,
        end: end?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The registration that the brief shows.
    fn sarah() -> UncheckedPerson {
        let text = |text: &str| Some(text.to_owned());
        UncheckedPerson {
            first_name: text("Sarah"),
            last_name: text("Support"),
            email: text("sarah.support@baitech.com"),
            phone_number: text("+254712345678"),
            password: text("SecurePass123!"),
            role: Some(Role::Support),
            ..UncheckedPerson::default()
        }
    }

    fn parse(given: UncheckedPerson) -> Result<NewPerson, Vec<String>> {
        let mut faults = FieldErrors::new();
        let parsed = NewPerson::parse(given, &mut faults);
        faults.finish(parsed).map_err(|faults| {
            faults
                .into_iter()
                .map(|field_error| field_error.field)
                .collect()
        })
    }

    #[test]
    fn the_registration_of_the_brief_is_an_agent_with_the_usual_room() {
        let sarah = parse(sarah()).unwrap();
        let info = sarah.support_info.unwrap();
        assert_eq!(info.department, Department::General);
        assert_eq!((info.level, info.max_concurrent_tickets), (Level(1), 5));
        assert_eq!((sarah.language.as_str(), sarah.timezone), ("en", Tz::UTC));
    }

    #[test]
    fn nobody_is_a_customer_with_every_needed_field_missing() {
        assert_eq!(
            parse(UncheckedPerson::default()).unwrap_err(),
            ["firstName", "lastName", "email", "phoneNumber", "password"]
        );
    }

    #[test]
    fn a_requester_has_no_support_info() {
        let customer = UncheckedPerson {
            role: None,
            ..sarah()
        };
        assert!(parse(customer).unwrap().support_info.is_none());
        let pretender = UncheckedPerson {
            role: None,
            support_info: Some(NewSupportInfo::default()),
            ..sarah()
        };
        assert_eq!(parse(pretender).unwrap_err(), ["supportInfo"]);
    }

    #[test]
    fn every_fault_of_support_info_is_named() {
        let text = |text: &str| Some(text.to_owned());
        let mut faults = FieldErrors::new();
        let info = NewSupportInfo::parse(
            UncheckedSupportInfo {
                employee_id: Patch::To("a b".to_owned()),
                specializations: Some(vec![text("payments"), text("")]),
                languages: Some(vec![text("sw"), None, text("Swahili")]),
                shift_schedule: Some(vec![None; 51]),
                level: Some(0),
                max_concurrent_tickets: Some(-1),
                availability_max_concurrent_tickets: Some(1_001),
                ..UncheckedSupportInfo::default()
            },
            &mut faults,
        );
        let found: Vec<_> = faults
            .finish(info)
            .unwrap_err()
            .into_iter()
            .map(|field_error| field_error.field)
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
