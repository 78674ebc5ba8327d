//! A mail to every admin, committed together with the change that it tells of.

use crate::people::account::{Address, store, tell};
use domain::people::AccountEventKind;
use platform::work::UnitOfWork;

/// The most admins who are told.
const MOST_ADMINS: i64 = 100;

/// Tells every admin of something that concerns all of them.
///
/// # Errors
/// The database failed.
pub async fn tell_admins(work: &mut UnitOfWork<'_>, kind: AccountEventKind) -> sqlx::Result<()> {
    for admin in store::active_admins(&mut *work.tx, MOST_ADMINS).await? {
        let address: Address = admin.address();
        tell(work, admin.id, kind, &address).await?;
    }
    Ok(())
}
