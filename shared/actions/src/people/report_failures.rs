//! A mail tells the owner of an account that somebody tried wrong passwords for it. A job finds out whether the
//! address has an account, so that a request does the same work for every address.
//!
//! Race: several processes or clients reach the limit of failures at once. The row lock of the account puts one
//! report after the other, and the later ones find that the owner was told.

use crate::{
    error::ActionError,
    job_list::{self, Job},
    people::account::{
        store::{self, Account},
        tell,
    },
};
use chrono::TimeDelta;
use domain::{
    ids::{ResetRequestId, UserId},
    people::{AccountEventKind, LoginAddress},
};
use platform::work::UnitOfWork;

/// An owner gets at most one mail in this time, which is the time that failures count, and at most
/// [`IN_A_DAY`] mails in a day, so that further guesses do not flood the address.
const ONCE_IN: TimeDelta = TimeDelta::minutes(15);
const IN_A_DAY: i64 = 4;

/// Stores a report of wrong passwords for an address, known or not, and enqueues its job.
///
/// # Errors
/// The database failed.
pub async fn report_failures(
    work: &mut UnitOfWork<'_>,
    address: &LoginAddress,
) -> Result<(), ActionError> {
    let report = ResetRequestId(work.cx.ids.uuid(work.now()));
    store::insert_reset_request(work, report, address.as_str()).await?;
    job_list::enqueue(work, &Job::TellOfFailures { request: report }).await?;
    Ok(())
}

/// Reports wrong passwords of a session whose person is known, without a job.
///
/// # Errors
/// The database failed.
pub async fn report_failures_of(
    work: &mut UnitOfWork<'_>,
    person: UserId,
) -> Result<(), ActionError> {
    let account = store::lock(&mut work.tx, person).await?;
    tell_owner(work, account).await
}

/// Mails the owner of the reported address, if there is one, and deletes the report.
///
/// # Errors
/// The database failed.
pub async fn answer_failure_report(
    work: &mut UnitOfWork<'_>,
    report: ResetRequestId,
) -> Result<(), ActionError> {
    let Some(given) = store::take_reset_request(work, report).await? else {
        return Ok(());
    };
    let address = LoginAddress::given(&given);
    let Some(email) = address.of_an_account() else {
        return Ok(());
    };
    let account = store::lock_by_email(&mut work.tx, email).await?;
    tell_owner(work, account).await
}

/// Mails the owner, unless the account is inactive or has no password here.
async fn tell_owner(
    work: &mut UnitOfWork<'_>,
    account: Option<Account>,
) -> Result<(), ActionError> {
    let Some(account) = account.filter(|account| account.active && !account.external) else {
        return Ok(());
    };
    let kind = AccountEventKind::TooManyFailures;
    let sent = store::sent_mails(work, account.id, kind).await?;
    let just_now = |last| last > work.now() - ONCE_IN;
    if sent.last.is_some_and(just_now) || sent.count >= IN_A_DAY {
        return Ok(());
    }
    tell(work, account.id, kind, &account.address()).await?;
    Ok(())
}
