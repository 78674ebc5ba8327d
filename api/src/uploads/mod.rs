//! Files that arrive: how many at a time, how they are received, and where they are until it is
//! known that they are taken.
//!
//! What arrives goes to a file without a name, so that a slow sender holds disk and not memory, and
//! a process that dies leaves nothing. Only a file that is taken is read into memory, a few at a
//! time, and given to the store as a whole. So the memory of all uploads is that of a few of them,
//! however many there are and however slow.

mod form;
mod name;
mod pace;
mod places;
mod receive;
mod spool;

pub(crate) use form::{form_needed, too_large};
pub use pace::Pace;
pub use places::Room;
pub use receive::{Arrived, receive};

use crate::{client::ClientAddress, error::Problem};
use domain::ids::UserId;
use places::Places;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

/// Uploads that are in memory at a time.
const IN_MEMORY: usize = 2;

/// The uploads of this process.
pub struct Uploads {
    /// How slowly they may arrive.
    pub pace: Pace,
    places: Places,
    in_memory: Semaphore,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            pace: Pace::default(),
            places: Places::default(),
            in_memory: Semaphore::new(IN_MEMORY),
        }
    }
}

impl Uploads {
    /// Room for an upload of `person`, from that address.
    ///
    /// # Errors
    /// 429 when as many of the same person or address arrive as may, 503 when as many of all do.
    pub fn room(&self, person: UserId, address: ClientAddress) -> Result<Room, Problem> {
        self.places.take(person, address)
    }

    /// Waits until one more upload may be in memory.
    ///
    /// # Errors
    /// Never: nobody closes the semaphore.
    pub async fn memory(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.in_memory.acquire().await
    }
}

#[cfg(test)]
mod tests;
