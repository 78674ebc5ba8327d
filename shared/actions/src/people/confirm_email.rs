//! The link in a mail confirms an e-mail address: the present one of the account, or a new one, which the account
//! has from then on.

use crate::{
    error::ActionError,
    people::{
        account::{
            confirm, link,
            store::{self, Account, Link},
            tell,
        },
        store::taken,
    },
};
use domain::people::AccountEventKind;
use platform::work::UnitOfWork;

/// Confirms the address of the link's token. A second call changes nothing.
///
/// # Errors
/// [`ActionError::Invalid`] when the token is unknown, expired or spent, or the account is inactive;
/// [`ActionError::Conflict`] when another account has the address by now; the database failed.
pub async fn confirm_email(work: &mut UnitOfWork<'_>, token: &str) -> Result<(), ActionError> {
    let kind = AccountEventKind::ConfirmEmail;
    let (account, link) = link::lock_account(work, kind, token).await?;
    let is_present = account.has_address(&link.address);
    if is_present && account.email_confirmed_at.is_some() && account.active {
        return Ok(());
    }
    if !link.is_open(work.now()) || !account.active {
        return Err(link::no_such_link());
    }
    if is_present {
        confirm(work, account.id, &account.email).await?;
    } else {
        change_address(work, &account, &link).await?;
    }
    store::spend_confirmations(work, account.id).await?;
    Ok(())
}

/// Changes the address. Links in mails to the previous address are spent, and a mail tells that address of the
/// change.
async fn change_address(
    work: &mut UnitOfWork<'_>,
    account: &Account,
    link: &Link,
) -> Result<(), ActionError> {
    let owner = account.id;
    confirm(work, owner, &link.address).await.map_err(|error| {
        taken(
            error,
            "users_email_key",
            "email_taken",
            crate::people::EMAIL_TAKEN,
        )
    })?;
    store::spend_links(work, owner, &link.address).await?;
    let before = account.address();
    tell(work, owner, AccountEventKind::EmailChanged, &before).await?;
    Ok(())
}
