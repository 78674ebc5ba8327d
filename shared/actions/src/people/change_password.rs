//! Another password, by whoever knows the present one.
//!
//! Race: the password is verified with no transaction open, and compared again, by its hash,
//! under the lock: of two changes at once by the same old password one is refused.

use crate::{
    error::ActionError,
    people::{
        PasswordHash, Passwords,
        account::{store, tell},
    },
};
use domain::{
    ids::{SessionId, UserId},
    people::AccountEventKind,
};
use platform::{context::Context, work::UnitOfWork};
use secrecy::SecretString;

/// An account whose password was right a moment ago. [`verify_password`] alone makes one, off the
/// async threads and with no transaction open.
#[derive(Debug)]
pub struct VerifiedPassword {
    pub(super) owner: UserId,
    pub(super) hash: String,
}

/// Changes the caller's password. The other logins end, and links under way lose their meaning.
///
/// # Errors
/// The password is not the one that was verified any more.
pub async fn change_password(
    work: &mut UnitOfWork<'_>,
    session: Option<SessionId>,
    verified: &VerifiedPassword,
    new: &PasswordHash,
) -> Result<(), ActionError> {
    let (owner, now) = (verified.owner, work.now());
    let account = store::lock(&mut work.tx, owner).await?;
    let account = account
        .filter(|account| account.active && account.password_hash == verified.hash)
        .ok_or_else(wrong_password)?;
    store::save_password(work, owner, new).await?;
    store::revoke_sessions(&mut work.tx, owner, session, now).await?;
    store::spend_links(work, owner, &account.email).await?;
    let to = account.address();
    tell(work, owner, AccountEventKind::PasswordChanged, &to).await?;
    Ok(())
}

/// Looks whether this is the account's password.
///
/// # Errors
/// It is another one, there is none, or an outside issuer keeps it.
pub async fn verify_password(
    cx: &Context,
    passwords: &Passwords,
    owner: UserId,
    password: Option<SecretString>,
) -> Result<VerifiedPassword, ActionError> {
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
    let hash = account.password_hash;
    if passwords.verify(password, Some(hash.clone())).await? {
        Ok(VerifiedPassword { owner, hash })
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
