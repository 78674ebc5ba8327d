//! The link in a mail sets a new password, once. All sessions are revoked and all other links are spent, since
//! somebody else may have requested them. The link also confirms the address.

use crate::{
    error::ActionError,
    people::{
        PasswordHash,
        account::{confirm, link, store, tell},
    },
};
use domain::{
    ids::UserId,
    people::{AccountEventKind, LoginAddress},
};
use platform::{context::Context, work::UnitOfWork};

/// The account whose password was set.
#[derive(Debug)]
pub struct ResetAccount {
    /// The owner.
    pub id: UserId,
    /// The address for logins, by which failures are counted.
    pub address: LoginAddress,
}

/// Checks the token of a link, before a password is hashed for it.
///
/// # Errors
/// [`ActionError::Invalid`] when the token is unknown, spent or expired; the database failed.
pub async fn check_reset_link(cx: &Context, token: &str) -> Result<(), ActionError> {
    let id = link::event_of(cx, AccountEventKind::ResetPassword, token)?;
    let link = store::find_link(&cx.pool, id).await?;
    link.filter(|link| link.is_open(cx.clock.now()))
        .ok_or_else(link::no_such_link)?;
    Ok(())
}

/// Sets the password of the link's account.
///
/// # Errors
/// [`ActionError::Invalid`] when the token is unknown, spent or expired, or the account is inactive or has no
/// password here; the database failed.
pub async fn reset_password(
    work: &mut UnitOfWork<'_>,
    token: &str,
    hash: &PasswordHash,
) -> Result<ResetAccount, ActionError> {
    let now = work.now();
    let kind = AccountEventKind::ResetPassword;
    let (mut account, link) = link::lock_account(work, kind, token).await?;
    if !link.is_open(now) || !account.active || account.external {
        return Err(link::no_such_link());
    }
    let owner = account.id;
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
