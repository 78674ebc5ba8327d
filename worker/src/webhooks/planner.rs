//! The loop of the planner. It looks when the feed has grown, when an attempt of this process has ended, and now and then
//! without a signal, which also finds deliveries whose time has come.

use crate::JobContext;
use actions::webhooks::{self, Pass};
use platform::{db, error_chain::Chain};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The pause between two looks without a signal.
const TICK: Duration = Duration::from_secs(1);
/// The pause after a look while another process planned: it may have looked before what woke this one was committed.
const AGAIN: Duration = Duration::from_millis(50);
/// The longest that a look may take: it ends the wait on a dead connection.
const LIMIT: Duration = Duration::from_secs(20);

/// Plans until the stop.
pub(crate) async fn run(cx: JobContext, shutdown: CancellationToken) {
    let mut signal = cx.cx.feed.follow();
    while !shutdown.is_cancelled() {
        let pause = match db::within(LIMIT, webhooks::pass(&cx.cx)).await {
            Ok(Pass::Busy) => continue,
            Ok(Pass::Elsewhere) => AGAIN,
            Ok(Pass::Idle) => TICK,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "webhooks could not be planned; trying again");
                TICK
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = signal.changed() => {}
            () = cx.webhook_ended.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
