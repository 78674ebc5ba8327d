//! The end of connections whose token has expired, whose session has ended, whose account is closed, or whose role has
//! changed, also while nothing happens. One query, however many are connected.
//!
//! Clients are promised this end within two seconds, whether they read or not. [`EVERY`] passes at most until it is found,
//! and a socket has half a second to close its connection. The rest is left for the query and for a busy machine.

use super::{Ended, Live};
use platform::{db, error_chain::Chain};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The pause between two looks.
const EVERY: Duration = Duration::from_millis(750);
/// The longest that a look may take: it ends the wait on a dead connection.
const LIMIT: Duration = Duration::from_secs(10);

/// Ends what has to end, until the stop. Events that take long to pass on do not delay it.
pub(super) async fn run(live: &Live, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Err(error) = db::within(LIMIT, sweep(live)).await {
            tracing::debug!(error = %Chain(&error), "sessions of connected people could not be checked");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn sweep(live: &Live) -> sqlx::Result<()> {
    for client in live.clients.expired(live.cx.clock.now()) {
        live.clients.end(client, Ended::Expired);
    }
    live.check_all().await
}
