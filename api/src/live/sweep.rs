//! The end of connections whose token has expired, whose session has ended, or whose account is closed, also while
//! nothing happens. One query, however many are connected.

use super::{Ended, Live};

/// Ends what has to end, and notes changed roles.
///
/// # Errors
/// The database failed.
pub(super) async fn sweep(live: &Live) -> sqlx::Result<()> {
    for client in live.clients.expired(live.cx.clock.now()) {
        live.clients.end(client, Ended::Expired);
    }
    live.check_all().await
}
