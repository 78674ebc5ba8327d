//! The link of a mail, found by its token. The error is the same for every reason.

use crate::{
    error::ActionError,
    people::account::store::{self, Account, Link},
};
use domain::{
    ids::AccountEventId,
    people::{AccountEventKind, account},
};
use platform::{context::Context, work::UnitOfWork};

/// The error for an invalid link.
pub fn no_such_link() -> ActionError {
    ActionError::invalid(
        "token",
        "invalid_token",
        "has expired or was used: ask for another link",
    )
}

/// The event whose mail has this token.
///
/// # Errors
/// [`ActionError::Invalid`] when the token is no token of such a mail.
pub fn event_of(
    cx: &Context,
    kind: AccountEventKind,
    token: &str,
) -> Result<AccountEventId, ActionError> {
    account::named(&cx.config.auth.link_secrets(), kind, token).ok_or_else(no_such_link)
}

/// The link of a token and the account that it belongs to, whose row is locked until the transaction ends. The link
/// is read again under the lock: another use of it may have ended meanwhile.
///
/// # Errors
/// [`ActionError::Invalid`] when there is no such link; the database failed.
pub async fn lock_account(
    work: &mut UnitOfWork<'_>,
    kind: AccountEventKind,
    token: &str,
) -> Result<(Account, Link), ActionError> {
    let id = event_of(work.cx, kind, token)?;
    let link = store::find_link(&mut *work.tx, id).await?;
    let owner = link.ok_or_else(no_such_link)?.user_id;
    let account = store::lock(&mut work.tx, owner).await?;
    let link = store::find_link(&mut *work.tx, id).await?;
    account.zip(link).ok_or_else(no_such_link)
}
