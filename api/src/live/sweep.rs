//! The end of connections whose token has expired, whose session has ended, whose account is closed, or whose role has
//! changed, also while nothing happens. One query, however many are connected.

use super::{Ended, Live};

/// Ends what has to end.
///
/// # Errors
/// The database failed.
pub(super) async fn sweep(live: &Live) -> sqlx::Result<()> {
    for client in live.clients.expired(live.cx.clock.now()) {
        live.clients.end(client, Ended::Expired);
    }
    live.check_all().await
}
