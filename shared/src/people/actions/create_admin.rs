//! Making an admin by hand, on the machine itself: who may run a command there may do anything.

use super::register::create;
use crate::{
    context::Context,
    error::ActionError,
    fault::Faults,
    ids::UserId,
    people::{
        NewPerson, Passwords, Role, UncheckedPerson,
        known::{AddressIs, Known},
    },
    work::By,
};

/// Creates an admin, whatever role was given.
///
/// # Errors
/// A field is wrong, or the address is taken.
pub async fn create_admin(cx: &Context, given: UncheckedPerson) -> Result<UserId, ActionError> {
    let mut faults = Faults::new();
    let admin = UncheckedPerson {
        role: Some(Role::Admin),
        ..given
    };
    let admin = NewPerson::parse(admin, &mut faults);
    let admin = faults.finish(admin)?;
    let hash = Passwords::new(cx.config.auth.hash_cost)
        .hash(&admin.password, cx.ids.bytes())
        .await?;
    let mut work = cx.begin(By::System).await?;
    let known = Known::Password(hash, AddressIs::VouchedFor);
    let id = create(&mut work, &admin, &known).await?;
    work.commit().await?;
    Ok(id)
}
