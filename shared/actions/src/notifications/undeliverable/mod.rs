//! Addresses and numbers that providers refuse. After some refusals in a row nothing is sent there, but for a try once in
//! a while: the mailbox may exist again. Another address of the account begins anew. Mails about the account itself are
//! always sent: the owner asked for them.

mod store;

use crate::job_list::Parcel;
use chrono::TimeDelta;
use domain::channel::Channel;
use platform::work::UnitOfWork;

pub use store::{forget_before, is_undeliverable};

/// Refusals in a row after which an address is left alone. One can be a mistake.
const MOST_REFUSALS: i32 = 3;
/// How long it is left alone then.
const LEFT_ALONE_FOR: TimeDelta = TimeDelta::days(7);

/// What a refusal says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing: it was the message, or our sender, that was refused.
    OfTheMessage,
    /// Something may be wrong with it.
    PerhapsOfTheAddress,
    /// The address itself, for good.
    OfTheAddress,
}

impl Refusal {
    /// As how many refusals it counts.
    const fn weight(self) -> i32 {
        match self {
            Self::OfTheMessage => 0,
            Self::PerhapsOfTheAddress => 1,
            Self::OfTheAddress => MOST_REFUSALS,
        }
    }
}

/// Records that a provider refused the address of a person.
///
/// # Errors
/// The database failed.
pub async fn refused(
    work: &mut UnitOfWork<'_>,
    channel: Channel,
    parcel: Parcel,
    refusal: Refusal,
) -> sqlx::Result<()> {
    let weight = refusal.weight();
    if weight == 0 {
        return Ok(());
    }
    let retry_at = work.now() + LEFT_ALONE_FOR;
    store::count(work, (channel, parcel.id()), weight, retry_at).await
}

/// Records that a provider refused a number, which may no longer be the one of the account.
///
/// # Errors
/// The database failed.
pub async fn number_refused(
    work: &mut UnitOfWork<'_>,
    number: &str,
    refusal: Refusal,
) -> sqlx::Result<()> {
    let weight = refusal.weight();
    if weight == 0 {
        return Ok(());
    }
    let retry_at = work.now() + LEFT_ALONE_FOR;
    store::count_number(work, number, weight, retry_at).await
}

/// Forgets the refusals of an address that accepted something.
///
/// # Errors
/// The database failed.
pub async fn accepted(
    work: &mut UnitOfWork<'_>,
    channel: Channel,
    parcel: Parcel,
) -> sqlx::Result<()> {
    store::forget(work, channel, parcel.id()).await
}

/// Forgets the refusals of a number whose provider took a message. Where a report said since then that one did not arrive,
/// only a report that one did says more: see [`number_reached`].
///
/// # Errors
/// The database failed.
pub async fn message_taken(work: &mut UnitOfWork<'_>, message: Parcel) -> sqlx::Result<()> {
    store::forget_unreported(work, message.id()).await
}

/// Forgets the refusals of a number that got a message.
///
/// # Errors
/// The database failed.
pub async fn number_reached(work: &mut UnitOfWork<'_>, number: &str) -> sqlx::Result<()> {
    store::forget_number(work, number).await
}
