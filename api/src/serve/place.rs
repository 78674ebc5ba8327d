//! The places of connections: they bound the number of open connections, and show when all have ended. A
//! place is free again when neither the server nor a handler that took the connection over by an upgrade
//! holds the connection.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// All places of a server.
#[derive(Debug)]
pub(super) struct Places {
    count: usize,
    free: Arc<Semaphore>,
}

/// The place of one connection. Clones are the same place.
#[derive(Debug, Clone)]
pub(super) struct Place {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Place {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        Self {
            _permit: Arc::new(permit),
        }
    }
}

impl Places {
    pub fn new(count: usize) -> Self {
        Self {
            count,
            free: Arc::new(Semaphore::new(count)),
        }
    }

    /// A place, if one is free.
    pub fn try_take(&self) -> Option<Place> {
        let free = Arc::clone(&self.free).try_acquire_owned();
        free.ok().map(Place::new)
    }

    /// Waits for a free place. Always `Some`: the semaphore is never closed.
    pub async fn take(&self) -> Option<Place> {
        let free = Arc::clone(&self.free).acquire_owned().await;
        free.ok().map(Place::new)
    }

    /// Waits until no connection is open.
    pub async fn all_free(self) {
        for _ in 0..self.count {
            if let Ok(permit) = self.free.acquire().await {
                permit.forget();
            }
        }
    }
}

/// Tells a handler that took its connection over by an upgrade when to end it. The signal is in the
/// extensions of every request that came by a connection.
///
/// A stop waits until the connection is closed and no clone of the signal is left. So the task that serves
/// the connection keeps its clone to the end.
#[derive(Debug, Clone)]
pub struct StopSignal {
    told: CancellationToken,
    _place: Place,
}

impl StopSignal {
    pub(super) fn new(told: CancellationToken, place: Place) -> Self {
        Self {
            told,
            _place: place,
        }
    }

    /// Waits until the server is told to stop.
    pub async fn told(&self) {
        self.told.cancelled().await;
    }
}
