//! What follows when an address turns out to be its owner's.

use crate::notifications::allowance;
use crate::people::account::store;
use domain::ids::UserId;
use platform::work::UnitOfWork;

/// Gives an account, whose row is locked, an address that its owner has proved to have, and has sent
/// what was held until then.
///
/// # Errors
/// The database failed.
pub async fn confirm(
    work: &mut UnitOfWork<'_>,
    id: UserId,
    email: &str,
) -> sqlx::Result<()> {
    store::save_confirmed_address(work, id, email).await?;
    allowance::release(work, id).await
}
