//! The first admin, who can then create others.
//!
//! Race: several processes start at once. Under an advisory lock one of them creates the admin; the others find
//! it.

use crate::people::create;
use crate::{
    error::ActionError,
    people::{
        Passwords,
        credential::{AddressState, Credential},
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

/// Whether an admin was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bootstrapped {
    /// There was no admin; this is the first one.
    Created(UserId),
    /// There is an admin already.
    Exists,
}

/// Creates an admin with this address and password if there is no admin. The function begins and commits its own
/// unit of work, since it runs at the start of a process and hashes the password only when it is needed.
///
/// # Errors
/// [`ActionError::Invalid`] for an address or a password that no account may have; [`ActionError::Conflict`] when
/// another account has the address; the database failed.
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
    let credential = Credential::Password(hash, AddressState::Confirmed);
    let id = create(&mut work, &admin, &credential).await?;
    work.commit().await?;
    Ok(Bootstrapped::Created(id))
}

/// The admin can change the name later. The phone number is empty, and nothing is sent to an empty number.
fn parse(email: &str, password: &SecretString) -> Result<NewPerson, ActionError> {
    let mut errors = FieldErrors::new();
    let email = fields::email(&mut errors, "email", Some(email));
    let password = Password::parse(&mut errors, "password", Some(password.expose_secret()));
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
    Ok(errors.finish(admin)?)
}
