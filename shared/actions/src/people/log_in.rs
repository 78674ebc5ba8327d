//! Logging in. Unknown address, wrong password and inactive account do the same work and read
//! the same.
//!
//! Race: the password is verified with no transaction open, and is compared again, by its hash,
//! when the session is opened: one that was changed meanwhile opens nothing.

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

/// Somebody whose password was right a moment ago. [`verify_login`] alone makes one, off the async
/// threads and with no transaction open.
#[derive(Debug)]
pub struct VerifiedLogin {
    id: UserId,
    hash: String,
}

/// Looks whether somebody has this address and this password.
///
/// # Errors
/// There is nobody who has.
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

/// Opens a session for somebody whose password is still the one that was verified.
///
/// # Errors
/// It is another one meanwhile, or the account may not be used.
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
