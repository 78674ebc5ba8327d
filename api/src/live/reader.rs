//! The reader of a process: gives positions to committed changes and passes them on. It rests while nobody listens.

use super::{Ended, Live, attendance, fan_out::fan_out, sweep, watching};
use actions::{feed, following};
use platform::{db, error_chain::Chain};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The pause between two looks without a signal: the delay that a lost signal costs.
const TICK: Duration = Duration::from_millis(250);
/// Events that are passed on at a time: fewer than a client's queue holds, so that a burst alone makes nobody wait.
const BATCH: i64 = 64;
/// The longest that a look may take: it ends the wait on a dead connection.
const LIMIT: Duration = Duration::from_secs(10);

/// Passes events on until the stop, then ends all subscriptions.
///
/// # Errors
/// Never: while the database fails, clients wait, and catch up afterwards.
pub(super) async fn run(live: Arc<Live>, shutdown: CancellationToken) -> Result<(), Infallible> {
    let mut signal = live.cx.feed.follow();
    while !shutdown.is_cancelled() {
        if let Err(error) = db::within(LIMIT, pass(&live)).await {
            tracing::debug!(error = %Chain(&error), "events could not be passed on; they are later");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = signal.changed() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
    live.clients.end_all(Ended::Stopping);
    Ok(())
}

/// Passes on everything that is committed.
async fn pass(live: &Live) -> sqlx::Result<()> {
    let mut passed_on = live.passed_on.lock().await;
    if live.clients.is_empty() {
        *passed_on = None;
        return Ok(());
    }
    feed::advance(&live.cx).await?;
    let mut position = match *passed_on {
        Some(position) => position,
        None => feed::last(&live.cx.pool).await?,
    };
    loop {
        let mut db = live.cx.snapshot().await?;
        let mut batch = following::batch(&mut db, position, BATCH).await?;
        if let Some(last) = batch.last {
            fan_out(live, &mut db, &mut batch).await?;
            position = last;
        }
        *passed_on = Some(position);
        if batch.last.is_none() {
            return Ok(());
        }
    }
}

impl Live {
    /// Makes the reader pass on everything from now on. Call it after the client is registered and before it reads.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn listen(&self) -> sqlx::Result<()> {
        let mut passed_on = self.passed_on.lock().await;
        if passed_on.is_none() {
            *passed_on = Some(feed::last(&self.cx.pool).await?);
        }
        Ok(())
    }

    /// Runs the reader, and what goes on beside it, until the stop.
    ///
    /// # Errors
    /// Never.
    pub(crate) async fn run(
        self: Arc<Self>,
        shutdown: CancellationToken,
    ) -> Result<(), Infallible> {
        let beside = Arc::clone(&self);
        let stop = shutdown.clone();
        let (read, (), (), ()) = tokio::join!(
            run(self, shutdown),
            sweep::run(&beside, stop.clone()),
            attendance::run(&beside, stop.clone()),
            watching::run(&beside, stop),
        );
        read
    }
}
