//! A person changes the password with the present one.
//!
//! Race: the password is verified while no transaction is open. Its hash is compared again under the row lock, so
//! that of two changes at once with the same old password one is refused.

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

/// The proof that the present password was correct a moment ago. Only [`verify_password`] creates it, on a thread
/// that may block and while no transaction is open.
#[derive(Debug)]
pub struct VerifiedPassword {
    pub(super) owner: UserId,
    pub(super) hash: String,
}

/// Changes the caller's password. All sessions but `session` are revoked, and open links of mails are spent.
///
/// # Errors
/// [`ActionError::Invalid`] when the password has changed since it was verified; the database failed.
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

/// Verifies the present password of an account. Call it while no transaction is open.
///
/// # Errors
/// [`ActionError::Invalid`] when `password` is missing or wrong; [`ActionError::Conflict`] when an outside issuer
/// keeps the password; [`ActionError::NotFound`] when there is no such account; the database failed.
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
            "You log in with an outside issuer, which keeps your password and your address.",
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

/// The error for a wrong present password.
pub(super) fn wrong_password() -> ActionError {
    ActionError::invalid(
        "currentPassword",
        "wrong_password",
        "is not your present password",
    )
}
