//! The places of connections: they bound the number of open connections, and show when all have ended. A
//! place is free again when neither the server nor a handler that took the connection over by an upgrade
//! holds the connection.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
};
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
    kept: Arc<Kept>,
}

/// What is kept for a handler until the connection ends.
#[derive(Default)]
struct Kept(Mutex<Vec<Box<dyn Any + Send>>>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

/// Keeps something until the connection of a request ends, also after an upgrade. It is in the extensions of every
/// request that came by a connection, and does not delay the end of the connection.
#[derive(Debug, Clone)]
pub struct UntilClosed(Weak<Kept>);

impl UntilClosed {
    /// Keeps it. If the connection has ended, it is dropped at once.
    pub fn keep(&self, what: impl Any + Send) {
        if let Some(kept) = self.0.upgrade() {
            let mut all = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Box::new(what));
        }
    }
}

impl Place {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        Self {
            _permit: Arc::new(permit),
            kept: Arc::default(),
        }
    }

    /// Keeps things until this place is free.
    pub fn until_closed(&self) -> UntilClosed {
        UntilClosed(Arc::downgrade(&self.kept))
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
