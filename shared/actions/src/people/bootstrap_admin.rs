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
use platform::{config::BootstrapAdmin, context::Context};
use secrecy::ExposeSecret;

/// Whether an admin was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bootstrapped {
    /// There was no admin; this is the first one.
    Created(UserId),
    /// There is an admin already.
    Exists,
}

/// Creates this admin if there is no admin. The function begins and commits its own
/// unit of work, since it runs at the start of a process and hashes the password only when it is needed.
///
/// # Errors
/// [`ActionError::Invalid`] for an address, a password or a name that no account may have; [`ActionError::Conflict`] when
/// another account has the address; the database failed.
pub async fn bootstrap_admin(
    cx: &Context,
    admin: &BootstrapAdmin,
) -> Result<Bootstrapped, ActionError> {
    let admin = parse(admin)?;
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

/// The phone number is empty, and nothing is sent to an empty number.
fn parse(admin: &BootstrapAdmin) -> Result<NewPerson, ActionError> {
    let mut errors = FieldErrors::new();
    let email = fields::email(&mut errors, "email", Some(&admin.email));
    let secret = admin.password.expose_secret();
    let password = Password::parse(&mut errors, "password", Some(secret));
    let mut name = |field, name: &str| errors.required_text(field, Some(name), 1, 100);
    let name = name("firstName", &admin.first_name).zip(name("lastName", &admin.last_name));
    let admin = email.zip(password).zip(name);
    let admin = admin.map(|((email, password), (first_name, last_name))| NewPerson {
        first_name,
        last_name,
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
