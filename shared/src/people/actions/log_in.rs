//! Logging in. Unknown address, wrong password and inactive account do the same work and read
//! the same.
//!
//! Race: the password is verified with no transaction open, and is compared again, by its hash,
//! when the session is opened: one that was changed meanwhile opens nothing.

use crate::{
    context::Context,
    error::ActionError,
    people::{
        LoggedIn, LoginAddress, Passwords,
        sessions::{self, store},
        store::person,
    },
    work::By,
};
use secrecy::SecretString;

const REFUSED: ActionError = ActionError::Unauthenticated("invalid_credentials");

/// Opens a session for whoever has this address and this password.
///
/// # Errors
/// There is nobody who has, or the account may not be used.
pub async fn log_in(
    cx: &Context,
    passwords: &Passwords,
    address: &LoginAddress,
    password: SecretString,
) -> Result<LoggedIn, ActionError> {
    let known = match address.of_an_account() {
        Some(email) => store::credentials(&cx.pool, email).await?,
        None => None,
    };
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let fits = passwords.verify(password, hash).await?;
    let Some(known) = known.filter(|_| fits) else {
        return Err(REFUSED);
    };
    let mut work = cx.begin(By::System).await?;
    if !store::hold_credentials(&mut work.tx, known.id, &known.password_hash).await? {
        return Err(REFUSED);
    }
    let (session, refresh_token) = sessions::open(&mut work, known.id).await?;
    let person = person(&mut work.tx, known.id, cx.config.tickets.load).await?;
    work.commit().await?;
    Ok(LoggedIn {
        person,
        session,
        refresh_token,
    })
}
