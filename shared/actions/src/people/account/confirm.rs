//! An address is confirmed, with what follows for mails that were held.

use crate::notifications::allowance;
use crate::people::account::store;
use domain::ids::UserId;
use platform::work::UnitOfWork;

/// Writes the confirmed address of an account whose row is locked, and enqueues the mails that were held until
/// then.
///
/// # Errors
/// The database failed.
pub async fn confirm(work: &mut UnitOfWork<'_>, id: UserId, email: &str) -> sqlx::Result<()> {
    store::save_confirmed_address(work, id, email).await?;
    allowance::release(work, id).await
}
