//! Tells the owner of an account of something, by a mail that is committed with it.

use crate::job_list::{self, Delivery, Job};
use crate::people::account::store;
use domain::people::AccountEventKind;
use domain::{
    channel::Channel,
    ids::{AccountEventId, UserId},
};
use platform::work::UnitOfWork;

/// Where a mail goes.
#[derive(Debug, Clone)]
pub struct Address {
    /// The address.
    pub email: String,
    /// Whether it is known to be the owner's.
    pub confirmed: bool,
}

/// Puts down what happened, and a mail about it, to be sent once this is committed.
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
    let delivery = Delivery {
        channel: Channel::Email,
        notification,
    };
    job_list::enqueue(work, &Job::Deliver(delivery)).await
}
