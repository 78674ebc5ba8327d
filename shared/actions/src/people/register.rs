//! Making an account.

use crate::{
    error::ActionError,
    people::{
        LoggedIn, PasswordHash,
        account::{Address, tell},
        known::{AddressIs, Known},
        sessions, store,
    },
};
use domain::{
    actor::{Actor, Initiator},
    ids::UserId,
    people::{AccountEventKind, NewPerson, Person, Role},
};
use platform::{config::StaffRegistration, context::Context, work::UnitOfWork};

/// What became of a registration.
#[derive(Debug)]
pub enum Registered {
    /// People who register themselves are logged in at once.
    Oneself(Box<LoggedIn>),
    /// An admin made somebody else's account, and does not get into it.
    BySomebodyElse(Box<Person>),
}

/// Whether this caller may register somebody as that.
///
/// # Errors
/// Staff are registered by admins, and agents by themselves where that is open.
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

/// What is told of a role that is not for everybody to register.
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

/// Registers a person on behalf of the actor, who is an admin, or is the person. `hash` is that of
/// the password in `new`.
///
/// # Errors
/// The caller may not; the address or the employee number is taken.
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
    let known = Known::Password(hash, AddressIs::ToBeConfirmed);
    let id = create(work, new, &known).await?;
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

/// Writes the account. The constraints decide who of two at once gets an address. Whoever has not
/// been vouched for is asked to confirm it.
pub(in crate::people) async fn create(
    work: &mut UnitOfWork<'_>,
    new: &NewPerson,
    known: &Known,
) -> Result<UserId, ActionError> {
    let id = UserId(work.cx.ids.uuid(work.now()));
    let now = work.now();
    store::insert_user(&mut work.tx, id, (new, known), now)
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
    if !known.vouched_for() {
        let to = Address {
            email: new.email.clone(),
            confirmed: false,
        };
        tell(work, id, AccountEventKind::ConfirmEmail, &to).await?;
    }
    Ok(id)
}
