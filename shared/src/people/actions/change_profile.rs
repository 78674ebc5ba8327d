//! A person changes their own account. Another address takes the password, and counts only once
//! it is confirmed: until then everything goes to the one before.

use super::{
    change_password::{check_password, wrong_password},
    change_person::save_support_info,
};
use crate::{
    context::Context,
    error::ActionError,
    job_list::{self, Job},
    people::{
        AccountEventKind, Passwords, Person, ProfileChange, Role,
        account::{
            Address,
            store::{self as accounts, Account},
            tell,
        },
        change::FOR_STAFF,
        store,
    },
    work::{Actor, By, Work},
};

/// Changes the caller's account.
///
/// # Errors
/// The password does not fit; the address or the employee number is taken; requesters have no
/// support info.
pub async fn change_profile(
    cx: &Context,
    passwords: &Passwords,
    by: Actor,
    mut change: ProfileChange,
) -> Result<Person, ActionError> {
    let wanted = wanted_address(cx, passwords, by, &mut change).await?;
    let mut work = cx.begin(By::Person(by)).await?;
    let account = accounts::lock(&mut work.tx, by.id).await?;
    let account = account.ok_or(ActionError::NotFound("user"))?;
    if let Some((email, known)) = wanted {
        if account.password_hash != known.password_hash {
            return Err(wrong_password());
        }
        ask_to_confirm(&mut work, &account, email).await?;
    }
    store::update_profile(&mut work, by.id, &change).await?;
    // Another zone may put an agent on shift.
    if change.timezone.is_some() && account.role == Role::Support {
        job_list::enqueue(&mut work, &Job::FillAgent { agent: by.id }).await?;
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
        save_support_info(&mut work, by.id, account.role, info).await?;
    }
    let person = store::person(&mut work.tx, by.id, cx.config.tickets.load).await?;
    work.commit().await?;
    Ok(person)
}

/// The address to be confirmed, with the account as it was when the password fitted. The present
/// address needs no password, and nothing at all once it is confirmed.
async fn wanted_address(
    cx: &Context,
    passwords: &Passwords,
    by: Actor,
    change: &mut ProfileChange,
) -> Result<Option<(String, Account)>, ActionError> {
    let Some(email) = change.email.take() else {
        return Ok(None);
    };
    let account = accounts::account(&cx.pool, by.id).await?;
    let account = account.ok_or(ActionError::NotFound("user"))?;
    if account.has_address(&email) {
        return Ok(account
            .email_confirmed_at
            .is_none()
            .then(|| (account.email.clone(), account)));
    }
    let password = change.current_password.take();
    let account = check_password(cx, passwords, by.id, password).await?;
    if accounts::address_is_taken(&cx.pool, &email).await? {
        return Err(ActionError::conflict("email_taken", super::EMAIL_TAKEN));
    }
    Ok(Some((email, account)))
}

/// The last address asked for is the one that counts.
async fn ask_to_confirm(
    work: &mut Work<'_>,
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
