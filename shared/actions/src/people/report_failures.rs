//! Telling the owner of an account that somebody sent wrong passwords for it. Whether the address is known
//! is found out by a job, so that a request does the same work for every address.
//!
//! Race: several processes, or clients, have enough of them at once: the account's lock puts one report
//! after the other, and the later ones find that the owner was told.

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

/// An owner is told once in the time that failures count, and so often in a day: guessing on does not
/// flood the address.
const ONCE_IN: TimeDelta = TimeDelta::minutes(15);
const IN_A_DAY: i64 = 4;

/// Takes a report of wrong passwords for an address, known or not.
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

/// The same of somebody who is signed in, and known by that.
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

/// Mails the owner of the address of a report, if there is one, and forgets the report.
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

/// Nobody is told of an account that may not be used, or has no password here.
async fn tell_owner(
    work: &mut UnitOfWork<'_>,
    account: Option<Account>,
) -> Result<(), ActionError> {
    let Some(account) = account.filter(|account| account.active && !account.external) else {
        return Ok(());
    };
    let kind = AccountEventKind::TooManyFailures;
    let told = store::told(work, account.id, kind).await?;
    let just_now = |last| last > work.now() - ONCE_IN;
    if told.last.is_some_and(just_now) || told.count >= IN_A_DAY {
        return Ok(());
    }
    tell(work, account.id, kind, &account.address()).await?;
    Ok(())
}
