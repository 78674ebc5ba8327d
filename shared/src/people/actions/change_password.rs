//! Another password, by whoever knows the present one.
//!
//! Race: the password is verified with no transaction open, and compared again, by its hash,
//! under the lock: of two changes at once by the same old password one is refused.

use crate::{
    context::Context,
    error::ActionError,
    ids::{SessionId, UserId},
    people::{
        AccountEventKind, Password, Passwords,
        account::{
            store::{self, Account},
            tell,
        },
    },
    work::{Actor, By},
};
use secrecy::SecretString;

/// Changes the caller's password. The other logins end, and links under way lose their meaning.
///
/// # Errors
/// The present password is another, or there is none.
pub async fn change_password(
    cx: &Context,
    passwords: &Passwords,
    (by, session): (Actor, Option<SessionId>),
    current: SecretString,
    new: &Password,
) -> Result<(), ActionError> {
    let known = check_password(cx, passwords, by.id, Some(current)).await?;
    let hash = passwords.hash(new, cx.ids.bytes()).await?;
    let mut work = cx.begin(By::Person(by)).await?;
    let account = store::lock(&mut work.tx, by.id).await?;
    let account = account
        .filter(|account| account.active && account.password_hash == known.password_hash)
        .ok_or_else(wrong_password)?;
    store::save_password(&mut work, by.id, &hash).await?;
    let now = work.now();
    store::revoke_sessions(&mut work.tx, by.id, session, now).await?;
    store::spend_links(&mut work, by.id, &account.email).await?;
    let to = account.address();
    tell(&mut work, by.id, AccountEventKind::PasswordChanged, &to).await?;
    work.commit().await?;
    Ok(())
}

/// The account, if this is its password.
pub(super) async fn check_password(
    cx: &Context,
    passwords: &Passwords,
    owner: UserId,
    password: Option<SecretString>,
) -> Result<Account, ActionError> {
    let account = store::account(&cx.pool, owner).await?;
    let account = account.ok_or(ActionError::NotFound("user"))?;
    if account.external {
        return Err(ActionError::conflict(
            "password_elsewhere",
            "You log in by an outside issuer, which alone keeps your password and your address.",
        ));
    }
    let Some(password) = password else {
        return Err(ActionError::invalid(
            "currentPassword",
            "required",
            "is required for another address",
        ));
    };
    let hash = account.password_hash.clone();
    if passwords.verify(password, Some(hash)).await? {
        Ok(account)
    } else {
        Err(wrong_password())
    }
}

pub(super) fn wrong_password() -> ActionError {
    ActionError::invalid(
        "currentPassword",
        "wrong_password",
        "is not your present password",
    )
}
