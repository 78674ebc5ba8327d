//! Registrations, parsed once into types that cannot be wrong. Pure.
//!
//! A registration comes from a request, from the command line or from the demo: [`PersonInput`] holds it before it is
//! checked.

use crate::{
    field_error::FieldErrors,
    people::{NewSupportInfo, Password, Role, change::MEANINGS, fields},
    reader::ObjectReader,
};
use chrono_tz::Tz;

/// A registration before it is checked: the values have the right kinds.
#[derive(Debug, Default)]
pub struct PersonInput {
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
    /// For staff: what they are known by, which has been checked.
    pub support_info: Option<NewSupportInfo>,
}

/// A person to be registered.
#[derive(Debug)]
pub struct NewPerson {
    /// Given name, 1 to 100 characters.
    pub first_name: String,
    /// Family name, 1 to 100 characters.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number in the format of E.164.
    pub phone_number: String,
    /// The password, not hashed yet.
    pub password: Password,
    /// The role.
    pub role: Role,
    /// Language, such as `en` or `en-GB`.
    pub language: String,
    /// Time zone of the IANA database.
    pub timezone: Tz,
    /// For staff only.
    pub support_info: Option<NewSupportInfo>,
}

impl PersonInput {
    /// Reads a registration by somebody of the role `by` (`None`: without a login). `role` has been read before.
    pub fn read(reader: &mut ObjectReader, role: Option<Role>, by: Option<Role>) -> Self {
        Self {
            first_name: reader.text("firstName"),
            last_name: reader.text("lastName"),
            email: reader.text("email"),
            phone_number: reader.text("phoneNumber"),
            password: reader.text("password"),
            role,
            language: reader.text("language"),
            timezone: reader.text("timezone"),
            support_info: reader
                .object("supportInfo", |info| NewSupportInfo::read(info, by))
                .flatten(),
        }
    }
}

impl NewPerson {
    /// Reads a registration by somebody of the role `by` (`None`: without a login). `role` has been read before:
    /// whether the caller may register such a person is known before the other fields are read.
    pub fn read(reader: &mut ObjectReader, role: Option<Role>, by: Option<Role>) -> Option<Self> {
        reader.named("UserCreate", "An account to be created.");
        reader.mean(MEANINGS);
        let input = PersonInput::read(reader, role, by);
        Self::parse(input, reader.errors())
    }

    /// The password, to be hashed before the account is created.
    #[must_use]
    pub const fn password(&self) -> &Password {
        &self.password
    }

    /// Checks a registration; its errors are noted in `errors`.
    pub fn parse(given: PersonInput, errors: &mut FieldErrors) -> Option<Self> {
        let role = given.role.unwrap_or(Role::Customer);
        if given.support_info.is_some() && !role.is_staff() {
            errors.add("supportInfo", "not_allowed", "is for staff alone");
        }
        let first_name = errors.required_text("firstName", given.first_name.as_deref(), 1, 100);
        let last_name = errors.required_text("lastName", given.last_name.as_deref(), 1, 100);
        let email = fields::email(errors, "email", given.email.as_deref());
        let phone_number = fields::phone(errors, "phoneNumber", given.phone_number.as_deref());
        let password = Password::parse(errors, "password", given.password.as_deref());
        let language = fields::language(errors, "language", given.language.as_deref());
        let timezone = fields::timezone(errors, "timezone", given.timezone.as_deref());
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

    /// The role of the new account.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Department, Level};

    /// The registration that the brief shows.
    fn sarah() -> PersonInput {
        let text = |text: &str| Some(text.to_owned());
        PersonInput {
            first_name: text("Sarah"),
            last_name: text("Support"),
            email: text("sarah.support@baitech.com"),
            phone_number: text("+254712345678"),
            password: text("SecurePass123!"),
            role: Some(Role::Support),
            ..PersonInput::default()
        }
    }

    fn parse(given: PersonInput) -> Result<NewPerson, Vec<String>> {
        let mut errors = FieldErrors::new();
        let parsed = NewPerson::parse(given, &mut errors);
        errors
            .finish(parsed)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
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
            parse(PersonInput::default()).unwrap_err(),
            ["firstName", "lastName", "email", "phoneNumber", "password"]
        );
    }

    #[test]
    fn a_requester_has_no_support_info() {
        let customer = PersonInput {
            role: None,
            ..sarah()
        };
        assert!(parse(customer).unwrap().support_info.is_none());
        let pretender = PersonInput {
            role: None,
            support_info: Some(NewSupportInfo::default()),
            ..sarah()
        };
        assert_eq!(parse(pretender).unwrap_err(), ["supportInfo"]);
    }
}
