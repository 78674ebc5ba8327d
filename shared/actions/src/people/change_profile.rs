//! A person changes their own account. Another e-mail address needs the password, and applies once it is
//! confirmed. Until then mails go to the previous address.

use crate::people::{
    change_password::wrong_password, change_person::save_support_info, verify_password,
};
use crate::{
    error::ActionError,
    job_list::{self, Job},
    people::{
        Passwords,
        account::{
            Address,
            store::{self as accounts, Account},
            tell,
        },
        store,
    },
};
use domain::{
    ids::UserId,
    people::{AccountEventKind, Person, ProfileChange, Role, change::FOR_STAFF},
};
use platform::{context::Context, work::UnitOfWork};

/// An address to be confirmed. Only [`wanted_address`] creates it: after it verified the password, or when the
/// account has that address already.
#[derive(Debug)]
pub struct WantedAddress {
    email: String,
    hash: String,
}

/// The new address of a change, after the password is verified; `None` when nothing is to be confirmed. The
/// present address needs no password: while it is unconfirmed, the confirmation is mailed again. Call it while
/// no transaction is open.
///
/// # Errors
/// As [`verify_password`]; [`ActionError::Conflict`] when another account has the address.
pub async fn wanted_address(
    cx: &Context,
    passwords: &Passwords,
    by: UserId,
    change: &mut ProfileChange,
) -> Result<Option<WantedAddress>, ActionError> {
    let Some(email) = change.email.take() else {
        return Ok(None);
    };
    let account = accounts::account(&cx.pool, by).await?;
    let account = account.ok_or(ActionError::NotFound("user"))?;
    if account.has_address(&email) {
        let unconfirmed = account.email_confirmed_at.is_none();
        return Ok(unconfirmed.then_some(WantedAddress {
            email: account.email,
            hash: account.password_hash,
        }));
    }
    let password = change.current_password.take();
    let verified = verify_password(cx, passwords, by, password).await?;
    if accounts::address_is_taken(&cx.pool, &email).await? {
        return Err(ActionError::conflict(
            "email_taken",
            crate::people::EMAIL_TAKEN,
        ));
    }
    let hash = verified.hash;
    Ok(Some(WantedAddress { email, hash }))
}

/// Changes the caller's account.
///
/// # Errors
/// [`ActionError::Invalid`] when the password has changed since it was verified, or for support info of a
/// requester; [`ActionError::Conflict`] when the employee number is taken; [`ActionError::NotFound`] when the
/// account does not exist; the database failed.
pub async fn change_profile(
    work: &mut UnitOfWork<'_>,
    by: UserId,
    wanted: Option<WantedAddress>,
    change: &ProfileChange,
) -> Result<Person, ActionError> {
    let account = accounts::lock(&mut work.tx, by).await?;
    let account = account.ok_or(ActionError::NotFound("user"))?;
    if let Some(wanted) = wanted {
        if account.password_hash != wanted.hash {
            return Err(wrong_password());
        }
        ask_to_confirm(work, &account, wanted.email).await?;
    }
    store::update_profile(work, by, change).await?;
    // In another time zone the agent may be on shift now.
    if change.timezone.is_some() && account.role == Role::Support {
        job_list::enqueue(work, &Job::AssignToAvailableAgent { agent: by }).await?;
    }
    if let Some(info) = &change.support_info {
        // The role may have changed since the token was checked.
        if !account.role.is_staff() {
            return Err(ActionError::invalid(
                "supportInfo",
                "not_allowed",
                FOR_STAFF,
            ));
        }
        save_support_info(work, by, account.role, info).await?;
    }
    store::person(&mut work.tx, by, work.cx.config.tickets.load).await
}

/// Mails a link to the new address. Earlier links are spent, so that the latest address applies.
async fn ask_to_confirm(
    work: &mut UnitOfWork<'_>,
    account: &Account,
    email: String,
) -> Result<(), ActionError> {
    accounts::spend_confirmations(work, account.id).await?;
    let to = Address {
        email,
        confirmed: false,
    };
    tell(work, account.id, AccountEventKind::ConfirmEmail, &to).await?;
    Ok(())
}
