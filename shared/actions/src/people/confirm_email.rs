//! The link in a mail confirms an e-mail address: the present one of the account, or a new one, which the account
//! has from then on.

use crate::people::reset_password::no_such_link;
use crate::{
    error::ActionError,
    people::{
        account::{
            confirm,
            store::{self, Account, Link},
            tell,
        },
        store::taken,
    },
};
use domain::{ids::UserId, people::AccountEventKind};
use platform::work::UnitOfWork;

/// Confirms the address of the link's token. A second call changes nothing.
///
/// # Errors
/// [`ActionError::Invalid`] when the token is unknown, expired or spent, or the account is inactive;
/// [`ActionError::Conflict`] when another account has the address by now; the database failed.
pub async fn confirm_email(work: &mut UnitOfWork<'_>, token: &str) -> Result<(), ActionError> {
    let id = domain::people::account::named(
        &work.cx.config.auth.link_secrets(),
        AccountEventKind::ConfirmEmail,
        token,
    )
    .ok_or_else(no_such_link)?;
    let link = store::find_link(&mut *work.tx, id).await?;
    let owner = link.ok_or_else(no_such_link)?.user_id;
    let account = store::lock(&mut work.tx, owner).await?;
    let link = store::find_link(&mut *work.tx, id).await?;
    let (Some(account), Some(link)) = (account, link) else {
        return Err(no_such_link());
    };
    let is_present = account.has_address(&link.address);
    if is_present && account.email_confirmed_at.is_some() && account.active {
        return Ok(());
    }
    if !link.is_open(work.now()) || !account.active {
        return Err(no_such_link());
    }
    if is_present {
        confirm(work, owner, &account.email).await?;
    } else {
        change_address(work, owner, &account, &link).await?;
    }
    store::spend_confirmations(work, owner).await?;
    Ok(())
}

/// Changes the address. Links in mails to the previous address are spent, and a mail tells that address of the
/// change.
async fn change_address(
    work: &mut UnitOfWork<'_>,
    owner: UserId,
    account: &Account,
    link: &Link,
) -> Result<(), ActionError> {
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
