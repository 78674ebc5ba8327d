//! How many mails an address may get that nobody has confirmed: somebody who gave another's
//! address must not be able to flood it through us. Counted by address and day (UTC).
//!
//! Races: the day's row is locked by the count, so that two mails at once are counted one after
//! the other. A mail that is tried again was counted at its first attempt.

mod store;

use crate::{context::Context, ids::NotificationId, work::By};

/// Mails of one day.
const MAILS_A_DAY: i32 = 20;

/// Whether a mail may go out. One that may not will not be sent at all.
///
/// # Errors
/// The database failed.
pub async fn admit(cx: &Context, notification: NotificationId) -> Result<bool, sqlx::Error> {
    let Some(address) = store::unconfirmed_address(&cx.pool, notification).await? else {
        return Ok(true);
    };
    let mut work = cx.begin(By::System).await?;
    if !store::mark_admitted(&mut work, notification).await? {
        return Ok(true);
    }
    let day = work.now().date_naive();
    if !store::count(&mut work, &address, day, MAILS_A_DAY).await? {
        return Ok(false);
    }
    work.commit().await?;
    Ok(true)
}

pub use store::forget_before;
