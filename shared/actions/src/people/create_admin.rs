//! An operator creates an admin with a command on the machine itself, which needs no further permission.

use crate::people::create;
use crate::{
    error::ActionError,
    people::{
        PasswordHash,
        credential::{AddressState, Credential},
    },
};
use domain::{
    field_error::FieldErrors,
    ids::UserId,
    people::{NewPerson, PersonInput, Role},
};
use platform::work::UnitOfWork;

/// Parses an admin. The role in `given` is ignored.
///
/// # Errors
/// [`ActionError::Invalid`] with every invalid field.
pub fn new_admin(given: PersonInput) -> Result<NewPerson, ActionError> {
    let mut errors = FieldErrors::new();
    let admin = PersonInput {
        role: Some(Role::Admin),
        ..given
    };
    let admin = NewPerson::parse(admin, &mut errors);
    Ok(errors.finish(admin)?)
}

/// Creates an admin. `hash` is the hash of the password in `admin`. The address counts as confirmed.
///
/// # Errors
/// [`ActionError::Conflict`] when the address or the employee number is taken; the database failed.
pub async fn create_admin(
    work: &mut UnitOfWork<'_>,
    admin: &NewPerson,
    hash: PasswordHash,
) -> Result<UserId, ActionError> {
    let credential = Credential::Password(hash, AddressState::Confirmed);
    create(work, admin, &credential).await
}
