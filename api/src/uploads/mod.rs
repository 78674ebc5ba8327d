//! Uploads: the number at a time, how they are received, and where their bytes are until they are accepted.
//!
//! The bytes are written to a file without a name, so that a slow client takes disk and not memory, and a
//! process that dies leaves nothing. Only an accepted file is read into memory, a few at a time, and handed
//! to the store as a whole. So all uploads together take the memory of a few.

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

/// The most uploads in memory at a time.
const IN_MEMORY: usize = 2;

/// The uploads of this process.
pub struct Uploads {
    /// The least pace of each.
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
    /// A place for an upload of `person`, from that address.
    ///
    /// # Errors
    /// 429 where the person or the address has too many; 503 where all places are taken.
    pub fn room(&self, person: UserId, address: ClientAddress) -> Result<Room, Problem> {
        self.places.take(person, address)
    }

    /// Waits until one more upload may be in memory.
    ///
    /// # Errors
    /// Never: the semaphore is never closed.
    pub async fn memory(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.in_memory.acquire().await
    }
}

#[cfg(test)]
mod tests;
