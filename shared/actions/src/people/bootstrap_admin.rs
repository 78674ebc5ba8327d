//! The first admin, without whom there would be nobody to make another.
//!
//! Race: several processes start at once. An advisory lock lets one look and create at a time;
//! the others find its admin.

use crate::people::create;
use crate::{
    error::ActionError,
    people::{
        Passwords,
        known::{AddressIs, Known},
        store,
    },
};
use domain::{
    actor::Initiator,
    field_error::FieldErrors,
    ids::UserId,
    people::{NewPerson, NewSupportInfo, Password, Role, fields},
};
use platform::context::Context;
use secrecy::{ExposeSecret, SecretString};

/// What was found or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bootstrapped {
    /// There was no admin: this is the first.
    Created(UserId),
    /// There is one.
    Exists,
}

/// Creates an admin with this address and password if there is no admin. It begins and commits a
/// unit of work of its own: it looks before it hashes, at the start of a process.
///
/// # Errors
/// The address or the password would not do for anybody, or somebody else has the address.
pub async fn bootstrap_admin(
    cx: &Context,
    email: &str,
    password: &SecretString,
) -> Result<Bootstrapped, ActionError> {
    let admin = parse(email, password)?;
    if store::admin_exists(&cx.pool).await? {
        return Ok(Bootstrapped::Exists);
    }
    let hash = Passwords::new(cx.config.auth.hash_cost)
        .hash(&admin.password, cx.ids.bytes())
        .await?;
    let mut work = cx.begin(Initiator::System).await?;
    store::lock_bootstrap(&mut work.tx).await?;
    if store::admin_exists(&mut *work.tx).await? {
        return Ok(Bootstrapped::Exists);
    }
    let known = Known::Password(hash, AddressIs::VouchedFor);
    let id = create(&mut work, &admin, &known).await?;
    work.commit().await?;
    Ok(Bootstrapped::Created(id))
}

/// The name is for the admin to change. No phone number is known: to the empty one nothing is sent.
fn parse(email: &str, password: &SecretString) -> Result<NewPerson, ActionError> {
    let mut faults = FieldErrors::new();
    let email = fields::email(&mut faults, "email", Some(email));
    let password = Password::parse(&mut faults, "password", Some(password.expose_secret()));
    let admin = email.zip(password).map(|(email, password)| NewPerson {
        first_name: "First".to_owned(),
        last_name: "Admin".to_owned(),
        email,
        phone_number: String::new(),
        password,
        role: Role::Admin,
        language: "en".to_owned(),
        timezone: chrono_tz::Tz::UTC,
        support_info: Some(NewSupportInfo::default()),
    });
    Ok(faults.finish(admin)?)
}
