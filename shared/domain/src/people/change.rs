//! Changes of accounts, parsed once: by their owners and by admins. Absent fields stay as they are. Pure.

use crate::{
    field_error::FieldErrors,
    people::{Role, SupportInfoChange, fields},
    reader::{Meanings, ObjectReader},
};
use chrono_tz::Tz;
use secrecy::SecretString;

/// The error text for support info of somebody who is not staff.
pub const FOR_STAFF: &str = "is for staff alone";

/// A change of an optional value.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Patch<T> {
    /// The value stays as it is.
    #[default]
    Stays,
    /// The value is removed.
    Cleared,
    /// The new value.
    To(T),
}

impl<T> Patch<T> {
    /// The change with the new value that `read` returns; `read` is called without a value, too.
    pub fn read<U>(self, read: impl FnOnce(Option<T>) -> Option<U>) -> Patch<U> {
        let value = match self {
            Self::Cleared => return Patch::Cleared,
            Self::Stays => read(None),
            Self::To(value) => read(Some(value)),
        };
        value.map_or(Patch::Stays, Patch::To)
    }

    /// The new value.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::To(value) => Some(value),
            Self::Stays | Self::Cleared => None,
        }
    }
}

/// What the fields of an account mean.
pub const MEANINGS: Meanings = &[
    ("firstName", "The given name."),
    ("lastName", "The family name."),
    (
        "email",
        "The e-mail address, which is also the name for the login.",
    ),
    (
        "phoneNumber",
        "The phone number with its country code, such as `+254712345678`.",
    ),
    ("password", "The password, of 10 to 128 characters."),
    (
        "currentPassword",
        "The present password, which is required for another `email`.",
    ),
    (
        "role",
        "The role of the person. A new account without a role is that of a customer.",
    ),
    (
        "language",
        "The language in which the person is written to, such as `en` or `en-GB`. A new account without one gets `en`.",
    ),
    (
        "timezone",
        "The time zone of the person. A new account without one gets UTC.",
    ),
    ("active", "Whether the account can be used."),
    (
        "supportInfo",
        "What an agent or admin is known by. It is not allowed for requesters.",
    ),
];

/// A change of one's own account.
#[derive(Debug)]
pub struct ProfileChange {
    /// Given name, 1 to 100 characters.
    pub first_name: Option<String>,
    /// Family name, 1 to 100 characters.
    pub last_name: Option<String>,
    /// Phone number in the format of E.164.
    pub phone_number: Option<String>,
    /// Language, such as `en` or `en-GB`.
    pub language: Option<String>,
    /// Time zone of the IANA database.
    pub timezone: Option<Tz>,
    /// E-mail address.
    pub email: Option<String>,
    /// The present password, needed for another address.
    pub current_password: Option<SecretString>,
    /// For staff: what they are known by.
    pub support_info: Option<SupportInfoChange>,
}

impl ProfileChange {
    /// Reads a change by somebody of the role `by`; its errors are noted in the reader.
    pub fn read(reader: &mut ObjectReader, by: Role) -> Self {
        reader.named(
            "ProfileUpdate",
            "A change of your own account: absent fields stay as they are.",
        );
        reader.mean(MEANINGS);
        let first_name = reader.sent("firstName");
        let last_name = reader.sent("lastName");
        let phone_number = reader.sent("phoneNumber");
        let language = reader.sent("language");
        let timezone = reader.sent("timezone");
        let email = reader.sent("email");
        let current_password = reader.optional("currentPassword", 1..=1_000);
        let support_info = if by.is_staff() || !reader.clears("supportInfo") {
            reader.object("supportInfo", |info| SupportInfoChange::read(info, by))
        } else {
            None
        };
        let errors = reader.errors();
        if support_info.is_some() && !by.is_staff() {
            errors.add("supportInfo", "not_allowed", FOR_STAFF);
        }
        Self {
            first_name: errors.optional_text(&first_name.name, first_name.text(), 1, 100),
            last_name: errors.optional_text(&last_name.name, last_name.text(), 1, 100),
            phone_number: fields::optional_phone(errors, &phone_number.name, phone_number.text()),
            language: fields::language(errors, &language.name, language.text()),
            timezone: fields::timezone(errors, &timezone.name, timezone.text()),
            email: fields::optional_email(errors, &email.name, email.text()),
            current_password: current_password.map(Into::into),
            support_info,
        }
    }

    /// Whether the change needs a password to be verified.
    #[must_use]
    pub const fn tries_password(&self) -> bool {
        self.email.is_some() && self.current_password.is_some()
    }
}

/// A change of an account by an admin.
#[derive(Debug, Default)]
pub struct PersonChange {
    /// The role.
    pub role: Option<Role>,
    /// Whether the account may be used.
    pub active: Option<bool>,
    /// What staff are known by. It can be cleared only for requesters, who have none.
    pub support_info: Patch<SupportInfoChange>,
}

impl PersonChange {
    /// Reads a change by an admin; its errors are noted in the reader.
    pub fn read(reader: &mut ObjectReader) -> Self {
        reader.named(
            "UserUpdate",
            "A change of an account by an admin: absent fields stay as they are.",
        );
        reader.mean(MEANINGS);
        let change = Self {
            role: reader.word("role"),
            active: reader.flag("active"),
            support_info: if reader.clears("supportInfo") {
                Patch::Cleared
            } else {
                reader
                    .object("supportInfo", |info| {
                        SupportInfoChange::read(info, Role::Admin)
                    })
                    .map_or(Patch::Stays, Patch::To)
            },
        };
        change.check(reader.errors());
        change
    }

    /// Notes a contradiction with the role that the change sets. A contradiction with the person's present
    /// role is noted when that is known.
    pub fn check(&self, errors: &mut FieldErrors) {
        if let Some(role) = self.role {
            self.check_for(role, errors);
        }
    }

    /// Staff have support info, others have none.
    pub fn check_for(&self, role: Role, errors: &mut FieldErrors) {
        match (&self.support_info, role.is_staff()) {
            (Patch::Stays, _) | (Patch::Cleared, false) | (Patch::To(_), true) => {}
            (Patch::To(_), false) => errors.add("supportInfo", "not_allowed", FOR_STAFF),
            (Patch::Cleared, true) => {
                let message = "cannot be taken away from staff";
                errors.add("supportInfo", "not_nullable", message);
            }
        }
    }

    /// Whether an admin loses the role or the account.
    #[must_use]
    pub fn takes_admins_away(&self) -> bool {
        self.active == Some(false) || self.role.is_some_and(|role| role != Role::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Null;
    use serde_json::{Value, json};

    #[test]
    fn what_is_absent_stays_and_every_error_is_named() {
        let read = |sent: Value| {
            let Value::Object(sent) = sent else {
                panic!("not an object")
            };
            let mut reader = ObjectReader::new(sent, Null::MergePatch);
            let change = ProfileChange::read(&mut reader, Role::Customer);
            (change, reader.into_errors())
        };
        let (change, errors) = read(json!({}));
        assert!(errors.is_empty());
        assert!(change.first_name.is_none() && !change.tries_password());
        let (_, errors) = read(json!({
            "firstName": " ", "phoneNumber": "0712", "language": "English", "timezone": "Nairobi",
            "email": "nobody", "supportInfo": {},
        }));
        let found: Vec<_> = errors.into_iter().map(|error| error.field).collect();
        let fields = [
            "supportInfo",
            "firstName",
            "phoneNumber",
            "language",
            "timezone",
            "email",
        ];
        assert_eq!(found, fields);
    }

    #[test]
    fn support_info_goes_with_a_role_of_staff() {
        let codes = |role, support_info| {
            let change = PersonChange {
                role,
                active: None,
                support_info,
            };
            let mut errors = FieldErrors::new();
            change.check(&mut errors);
            let errors = errors.finish(Some(())).err().unwrap_or_default();
            let codes = errors.iter().map(|error| error.code);
            codes.collect::<Vec<_>>()
        };
        let info = || Patch::To(SupportInfoChange::default());
        assert_eq!(codes(Some(Role::Customer), info()), ["not_allowed"]);
        assert_eq!(codes(Some(Role::Admin), Patch::Cleared), ["not_nullable"]);
        for (role, info) in [
            (None, info()),
            (None, Patch::Cleared),
            (Some(Role::Support), info()),
            (Some(Role::Corporate), Patch::Cleared),
            (Some(Role::Support), Patch::Stays),
        ] {
            assert_eq!(codes(role, info), [""; 0], "{role:?}");
        }
    }
}
