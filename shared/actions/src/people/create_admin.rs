//! Making an admin by hand, on the machine itself: who may run a command there may do anything.

use crate::people::create;
use crate::{
    error::ActionError,
    people::{
        PasswordHash,
        known::{AddressIs, Known},
    },
};
use domain::{
    field_error::FieldErrors,
    ids::UserId,
    people::{NewPerson, Role, UncheckedPerson},
};
use platform::work::UnitOfWork;

/// Reads an admin, whatever role was given.
///
/// # Errors
/// A field is wrong.
pub fn new_admin(given: UncheckedPerson) -> Result<NewPerson, ActionError> {
    let mut faults = FieldErrors::new();
    let admin = UncheckedPerson {
        role: Some(Role::Admin),
        ..given
    };
    let admin = NewPerson::parse(admin, &mut faults);
    Ok(faults.finish(admin)?)
}

/// Creates an admin; `hash` is that of the password in `admin`.
///
/// # Errors
/// The address is taken.
pub async fn create_admin(
    work: &mut UnitOfWork<'_>,
    admin: &NewPerson,
    hash: PasswordHash,
) -> Result<UserId, ActionError> {
    let known = Known::Password(hash, AddressIs::VouchedFor);
    create(work, admin, &known).await
}
