//! An account is created.

use crate::{
    error::ActionError,
    people::{
        LoggedIn, PasswordHash,
        account::{Address, tell},
        credential::{AddressState, Credential},
        sessions, store,
    },
};
use domain::{
    actor::{Actor, Initiator},
    ids::UserId,
    people::{AccountEventKind, NewPerson, Person, Role},
};
use platform::{config::StaffRegistration, context::Context, work::UnitOfWork};

/// The result of a registration.
#[derive(Debug)]
pub enum Registered {
    /// The person registered and is logged in.
    Oneself(Box<LoggedIn>),
    /// An admin created the account of another person, and gets no session of it.
    BySomebodyElse(Box<Person>),
}

/// Checks whether the caller (`None`: not logged in) may create an account with this role.
///
/// # Errors
/// [`ActionError::Forbidden`] for the role of an agent or admin, unless the caller is an admin; agents may
/// register themselves where the settings allow it.
pub fn may_register(cx: &Context, by: Option<Actor>, role: Role) -> Result<(), ActionError> {
    let allowed = match role {
        Role::Customer | Role::Technician | Role::Corporate => true,
        Role::Support => {
            is_admin(by) || cx.config.auth.staff_registration == StaffRegistration::Open
        }
        Role::Admin => is_admin(by),
    };
    if allowed {
        return Ok(());
    }
    Err(registration_closed(role))
}

/// The error for a role that only admins may register.
#[must_use]
pub fn registration_closed(role: Role) -> ActionError {
    ActionError::forbidden(
        "staff_registration_closed",
        format!(
            "An account of the role {role} is made by an admin: register with an admin's token."
        ),
    )
}

fn is_admin(by: Option<Actor>) -> bool {
    by.is_some_and(|actor| actor.role == Role::Admin)
}

/// Creates an account on behalf of an admin or of the person. `hash` is the hash of the password in `new`.
///
/// # Errors
/// [`ActionError::Forbidden`] as [`may_register`]; [`ActionError::Conflict`] when the address or the employee
/// number is taken; the database failed.
pub async fn register(
    work: &mut UnitOfWork<'_>,
    new: &NewPerson,
    hash: PasswordHash,
) -> Result<Registered, ActionError> {
    let by = match work.by() {
        Initiator::Person(actor) => Some(actor),
        Initiator::System => None,
    };
    may_register(work.cx, by, new.role)?;
    let credential = Credential::Password(hash, AddressState::ToBeConfirmed);
    let id = create(work, new, &credential).await?;
    let login = if is_admin(by) {
        None
    } else {
        Some(sessions::open(work, id).await?)
    };
    let person = store::person(&mut work.tx, id, work.cx.config.tickets.load).await?;
    Ok(match login {
        None => Registered::BySomebodyElse(Box::new(person)),
        Some((session, refresh_token)) => Registered::Oneself(Box::new(LoggedIn {
            person,
            session,
            refresh_token,
        })),
    })
}

/// Writes an account. Of two registrations at once, unique constraints let one have the address. A mail asks the
/// owner to confirm an address that is not confirmed yet.
///
/// # Errors
/// [`ActionError::Conflict`] when the address or the employee number is taken; the database failed.
pub(in crate::people) async fn create(
    work: &mut UnitOfWork<'_>,
    new: &NewPerson,
    credential: &Credential,
) -> Result<UserId, ActionError> {
    let id = UserId(work.cx.ids.uuid(work.now()));
    let now = work.now();
    store::insert_user(&mut work.tx, id, new, credential, now)
        .await
        .map_err(|error| {
            store::taken(
                error,
                "users_email_key",
                "email_taken",
                crate::people::EMAIL_TAKEN,
            )
        })?;
    if let Some(info) = &new.support_info {
        let now = work.now();
        store::insert_agent(&mut work.tx, id, info, now)
            .await
            .map_err(|error| {
                store::taken(
                    error,
                    "agents_employee_id_key",
                    "employee_id_taken",
                    "Somebody else has this employee number.",
                )
            })?;
    }
    if !credential.is_confirmed() {
        let to = Address {
            email: new.email.clone(),
            confirmed: false,
        };
        tell(work, id, AccountEventKind::ConfirmEmail, &to).await?;
    }
    Ok(id)
}
