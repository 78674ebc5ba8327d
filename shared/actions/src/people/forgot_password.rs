//! Asking for a new password. Whether the address is known is found out by a job, so that a
//! request does the same work and takes the same time for every address.

use crate::{
    error::ActionError,
    job_list::{self, Job},
    people::account::{store, tell},
};
use domain::{
    ids::ResetRequestId,
    people::{AccountEventKind, LoginAddress},
};
use platform::work::UnitOfWork;

/// Links that a person may have open at a time: asking on does not flood the address.
const OPEN_LINKS: i64 = 3;

/// Takes a request for a new password.
///
/// # Errors
/// The database failed.
pub async fn forgot_password(work: &mut UnitOfWork<'_>, email: &str) -> Result<(), ActionError> {
    let request = ResetRequestId(work.cx.ids.uuid(work.now()));
    store::insert_reset_request(work, request, email).await?;
    job_list::enqueue(work, &Job::RequestPasswordReset { request }).await?;
    Ok(())
}

/// Mails a link to whoever has the address of a request, and forgets the request. Nobody is told
/// where there is no such account, where it may not be used, or where it has no password here.
///
/// # Errors
/// The database failed.
pub async fn answer_reset_request(
    work: &mut UnitOfWork<'_>,
    request: ResetRequestId,
) -> Result<(), ActionError> {
    let Some(given) = store::take_reset_request(work, request).await? else {
        return Ok(());
    };
    let address = LoginAddress::given(&given);
    let Some(email) = address.of_an_account() else {
        return Ok(());
    };
    let account = store::lock_by_email(&mut work.tx, email).await?;
    let Some(account) = account.filter(|account| account.active && !account.external) else {
        return Ok(());
    };
    let kind = AccountEventKind::ResetPassword;
    if store::open_links(work, account.id, kind).await? < OPEN_LINKS {
        tell(work, account.id, kind, &account.address()).await?;
    }
    Ok(())
}
