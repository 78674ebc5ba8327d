//! A person changes their own account. Another address takes the password, and counts only once
//! it is confirmed: until then everything goes to the one before.

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

/// An address to be confirmed, for an account of which a password was right a moment ago, or which
/// has that address already. [`wanted_address`] alone makes one.
#[derive(Debug)]
pub struct WantedAddress {
    email: String,
    hash: String,
}

/// The address that a change asks for, with the proof that it may. The present address needs no
/// password, and nothing at all once it is confirmed. With no transaction open.
///
/// # Errors
/// The password does not fit; the address is taken.
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
/// The password has changed since it was looked at; the employee number is taken; requesters have
/// no support info.
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
    // Another zone may put an agent on shift.
    if change.timezone.is_some() && account.role == Role::Support {
        job_list::enqueue(work, &Job::AssignToAvailableAgent { agent: by }).await?;
    }
    if let Some(info) = &change.support_info {
        // The role may have changed since the token was looked at.
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

/// The last address asked for is the one that counts.
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
