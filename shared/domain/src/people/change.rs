//! Changes of accounts, parsed once: what a person changes of their own, and what an admin
//! changes of anybody's. What is absent stays as it is. Pure.

use crate::{
    field_error::FieldErrors,
    people::{Role, SupportInfoChange, fields},
};
use chrono_tz::Tz;
use secrecy::SecretString;

/// For whom support info is, in words.
pub const FOR_STAFF: &str = "is for staff alone";

/// What becomes of something that need not be there.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing.
    #[default]
    Stays,
    /// It is there no longer.
    Cleared,
    /// It is this.
    To(T),
}

impl<T> Patch<T> {
    /// With what `read` makes of the new value; it is asked without one, too.
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

/// What a person changes of their own account, as it came.
#[derive(Debug, Default)]
pub struct UncheckedProfile {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Phone number.
    pub phone_number: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// Another address.
    pub email: Option<String>,
    /// The password, for another address.
    pub current_password: Option<String>,
    /// What staff are known by.
    pub support_info: Option<SupportInfoChange>,
}

/// What a person changes of their own account.
#[derive(Debug)]
pub struct ProfileChange {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone_number: Option<String>,
    pub language: Option<String>,
    pub timezone: Option<Tz>,
    pub email: Option<String>,
    pub current_password: Option<SecretString>,
    pub support_info: Option<SupportInfoChange>,
}

impl ProfileChange {
    /// Parses a change by somebody of that role; what is wrong with it is added to the faults.
    pub fn parse(given: UncheckedProfile, by: Role, faults: &mut FieldErrors) -> Self {
        if given.support_info.is_some() && !by.is_staff() {
            faults.add("supportInfo", "not_allowed", FOR_STAFF);
        }
        let phone_number = given.phone_number.as_deref();
        Self {
            first_name: faults.optional_text("firstName", given.first_name.as_deref(), 1, 100),
            last_name: faults.optional_text("lastName", given.last_name.as_deref(), 1, 100),
            phone_number: fields::optional_phone(faults, "phoneNumber", phone_number),
            language: fields::language(faults, "language", given.language.as_deref()),
            timezone: fields::timezone(faults, "timezone", given.timezone.as_deref()),
            email: fields::optional_email(faults, "email", given.email.as_deref()),
            current_password: given.current_password.map(Into::into),
            support_info: given.support_info,
        }
    }

    /// Whether it tries a password.
    #[must_use]
    pub const fn tries_password(&self) -> bool {
        self.email.is_some() && self.current_password.is_some()
    }
}

/// What an admin changes of an account.
#[derive(Debug, Default)]
pub struct PersonChange {
    /// What the person may do.
    pub role: Option<Role>,
    /// Whether the account may be used.
    pub active: Option<bool>,
    /// What staff are known by. Only those who have nothing of it can have it cleared.
    pub support_info: Patch<SupportInfoChange>,
}

impl PersonChange {
    /// Notes what does not go with the role that it gives. What does not go with the role that the
    /// person has already is noted when that is known.
    pub fn check(&self, faults: &mut FieldErrors) {
        if let Some(role) = self.role {
            self.check_for(role, faults);
        }
    }

    /// Staff have support info, others have none.
    pub fn check_for(&self, role: Role, faults: &mut FieldErrors) {
        match (&self.support_info, role.is_staff()) {
            (Patch::Stays, _) | (Patch::Cleared, false) | (Patch::To(_), true) => {}
            (Patch::To(_), false) => faults.add("supportInfo", "not_allowed", FOR_STAFF),
            (Patch::Cleared, true) => {
                let message = "cannot be taken away from staff";
                faults.add("supportInfo", "not_nullable", message);
            }
        }
    }

    /// Whether an admin would be one no longer.
    #[must_use]
    pub fn takes_admins_away(&self) -> bool {
        self.active == Some(false) || self.role.is_some_and(|role| role != Role::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_stays_and_every_fault_is_named() {
        let mut faults = FieldErrors::new();
        let change = ProfileChange::parse(UncheckedProfile::default(), Role::Customer, &mut faults);
        assert!(faults.finish(Some(())).is_ok());
        assert!(change.first_name.is_none() && !change.tries_password());
        let mut faults = FieldErrors::new();
        let text = |text: &str| Some(text.to_owned());
        ProfileChange::parse(
            UncheckedProfile {
                first_name: text(" "),
                phone_number: text("0712"),
                language: text("English"),
                timezone: text("Nairobi"),
                email: text("nobody"),
                support_info: Some(SupportInfoChange::default()),
                ..UncheckedProfile::default()
            },
            Role::Customer,
            &mut faults,
        );
        let found: Vec<_> = faults
            .finish(Some(()))
            .unwrap_err()
            .into_iter()
            .map(|field_error| field_error.field)
            .collect();
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
            let mut faults = FieldErrors::new();
            change.check(&mut faults);
            let faults = faults.finish(Some(())).err().unwrap_or_default();
            let codes = faults.iter().map(|field_error| field_error.code);
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
