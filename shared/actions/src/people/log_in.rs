//! A person logs in. An unknown address, a wrong password and an inactive account do the same work and get the
//! same error.
//!
//! Race: the password is verified while no transaction is open. Its hash is compared again when the session is
//! opened, so that a password that was changed meanwhile opens no session.

use crate::{
    error::ActionError,
    people::{
        LoggedIn, Passwords,
        sessions::{self, store},
        store::person,
    },
};
use domain::{ids::UserId, people::LoginAddress};
use platform::{context::Context, work::UnitOfWork};
use secrecy::SecretString;

const REFUSED: ActionError = ActionError::Unauthenticated("invalid_credentials");

/// The proof that address and password were correct a moment ago. Only [`verify_login`] creates it, on a thread
/// that may block and while no transaction is open.
#[derive(Debug)]
pub struct VerifiedLogin {
    id: UserId,
    hash: String,
}

/// Verifies an address and a password. Call it while no transaction is open.
///
/// # Errors
/// [`ActionError::Unauthenticated`] when no active account has this address and password; the database failed.
pub async fn verify_login(
    cx: &Context,
    passwords: &Passwords,
    address: &LoginAddress,
    password: SecretString,
) -> Result<VerifiedLogin, ActionError> {
    let known = match address.of_an_account() {
        Some(email) => store::credentials(&cx.pool, email).await?,
        None => None,
    };
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let fits = passwords.verify(password, hash).await?;
    let known = known.filter(|_| fits).ok_or(REFUSED)?;
    Ok(VerifiedLogin {
        id: known.id,
        hash: known.password_hash,
    })
}

/// Opens a session, if the password is still the verified one.
///
/// # Errors
/// [`ActionError::Unauthenticated`] when the password has changed or the account is inactive; the database failed.
pub async fn log_in(
    work: &mut UnitOfWork<'_>,
    verified: &VerifiedLogin,
) -> Result<LoggedIn, ActionError> {
    if !store::hold_credentials(&mut work.tx, verified.id, &verified.hash).await? {
        return Err(REFUSED);
    }
    let (session, refresh_token) = sessions::open(work, verified.id).await?;
    let load = work.cx.config.tickets.load;
    let person = person(&mut work.tx, verified.id, load).await?;
    Ok(LoggedIn {
        person,
        session,
        refresh_token,
    })
}
