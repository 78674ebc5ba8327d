//! A mail to the owner of an account, committed together with the change that it tells of.

use crate::job_list::{self, Delivery, Job};
use crate::people::account::{address::Address, store};
use domain::people::AccountEventKind;
use domain::{
    channel::Channel,
    ids::{AccountEventId, UserId},
};
use platform::work::UnitOfWork;

/// Records an event of the account and enqueues the delivery of its mail.
///
/// # Errors
/// The database failed.
pub async fn tell(
    work: &mut UnitOfWork<'_>,
    owner: UserId,
    kind: AccountEventKind,
    to: &Address,
) -> sqlx::Result<()> {
    let event = AccountEventId(work.cx.ids.uuid(work.now()));
    store::insert_event(work, event, owner, kind, to).await?;
    let notification =
        crate::notifications::account::insert(work, event, owner, kind.template()).await?;
    let delivery = Delivery::of(Channel::Email, notification);
    job_list::enqueue(work, &Job::Deliver(delivery)).await
}
