//! A person asks for a new password. A job finds out whether the address has an account, so that a request does
//! the same work and takes the same time for every address.

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

/// The most open links of a person, so that repeated requests do not flood the address.
const OPEN_LINKS: i64 = 3;

/// Stores a request for a new password and enqueues its job.
///
/// # Errors
/// The database failed.
pub async fn forgot_password(work: &mut UnitOfWork<'_>, email: &str) -> Result<(), ActionError> {
    let request = ResetRequestId(work.cx.ids.uuid(work.now()));
    store::insert_reset_request(work, request, email).await?;
    job_list::enqueue(work, &Job::RequestPasswordReset { request }).await?;
    Ok(())
}

/// Mails a link to the owner of the requested address, and deletes the request. No mail is sent when there is no
/// such account, or it is inactive, or it has no password here.
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
    let sent = store::sent_mails(work, account.id, kind).await?;
    if sent.count < OPEN_LINKS {
        tell(work, account.id, kind, &account.address()).await?;
    }
    Ok(())
}
