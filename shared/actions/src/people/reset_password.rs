//! A new password by the link of a mail. The link counts once; every login ends, and so do all
//! other links, as somebody else may have asked for them. It proves the address as well.

use crate::{
    error::ActionError,
    people::{
        PasswordHash,
        account::{confirm, store, tell},
    },
};
use domain::{
    ids::UserId,
    people::{AccountEventKind, LoginAddress},
};
use platform::{context::Context, work::UnitOfWork};

/// Whose password was set.
#[derive(Debug)]
pub struct ResetAccount {
    /// The person.
    pub id: UserId,
    /// What the person logs in by.
    pub address: LoginAddress,
}

/// What a link that is no good is answered, whatever is wrong with it.
pub(super) fn no_such_link() -> ActionError {
    ActionError::invalid(
        "token",
        "invalid_token",
        "is not good any more: ask for another link",
    )
}

/// Looks whether the token of a link is good, before a password is hashed for it.
///
/// # Errors
/// The token is none of ours, was used, or is too old.
pub async fn check_reset_link(cx: &Context, token: &str) -> Result<(), ActionError> {
    let id = domain::people::account::named(
        &cx.config.auth.link_secrets(),
        AccountEventKind::ResetPassword,
        token,
    )
    .ok_or_else(no_such_link)?;
    let link = store::find_link(&cx.pool, id).await?;
    link.filter(|link| link.is_open(cx.clock.now()))
        .ok_or_else(no_such_link)?;
    Ok(())
}

/// Sets a password by the token of a link.
///
/// # Errors
/// The token is none of ours, was used, or is too old.
pub async fn reset_password(
    work: &mut UnitOfWork<'_>,
    token: &str,
    hash: &PasswordHash,
) -> Result<ResetAccount, ActionError> {
    let now = work.now();
    let id = domain::people::account::named(
        &work.cx.config.auth.link_secrets(),
        AccountEventKind::ResetPassword,
        token,
    )
    .ok_or_else(no_such_link)?;
    let link = store::find_link(&mut *work.tx, id).await?;
    let owner = link.ok_or_else(no_such_link)?.user_id;
    let account = store::lock(&mut work.tx, owner).await?;
    let link = store::find_link(&mut *work.tx, id).await?;
    let (Some(mut account), Some(link)) = (account, link) else {
        return Err(no_such_link());
    };
    if !link.is_open(now) || !account.active || account.external {
        return Err(no_such_link());
    }
    store::save_password(work, owner, hash).await?;
    if account.has_address(&link.address) {
        confirm(work, owner, &account.email).await?;
        store::spend_confirmations(work, owner).await?;
        account.email_confirmed_at = Some(now);
    }
    store::revoke_sessions(&mut work.tx, owner, None, now).await?;
    store::spend_links(work, owner, &account.email).await?;
    let to = account.address();
    tell(work, owner, AccountEventKind::PasswordChanged, &to).await?;
    Ok(ResetAccount {
        id: owner,
        address: LoginAddress::given(&account.email),
    })
}
