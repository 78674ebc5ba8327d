//! Files that arrive: how many at a time, how they are received, and where they are until it is
//! known that they are taken.
//!
//! What arrives goes to a file without a name, so that a slow sender holds disk and not memory, and
//! a process that dies leaves nothing. Only a file that is taken is read into memory, a few at a
//! time, and given to the store as a whole. So the memory of all uploads is that of a few of them,
//! however many there are and however slow.

mod form;
mod receive;
mod spool;

pub(crate) use form::{form_needed, too_large};
pub use receive::{Arrived, receive};

use crate::error::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use shared::ids::UserId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

/// Uploads that arrive in one process at a time.
const AT_ONCE: usize = 64;
/// Uploads of one person that arrive at a time: more would be a way to keep the others out.
const OF_ONE_PERSON: usize = 4;
/// Uploads that are in memory at a time.
const IN_MEMORY: usize = 2;

/// The uploads of this process.
pub struct Uploads {
    arriving: Arc<Mutex<HashMap<UserId, usize>>>,
    in_memory: Semaphore,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            arriving: Arc::default(),
            in_memory: Semaphore::new(IN_MEMORY),
        }
    }
}

/// Room for one upload; given back when it is dropped.
pub struct Room {
    arriving: Arc<Mutex<HashMap<UserId, usize>>>,
    of: UserId,
}

impl Uploads {
    /// Room for an upload of `person`.
    ///
    /// # Errors
    /// 429 when as many of the same person arrive as may, 503 when as many of all do.
    pub fn room(&self, person: UserId) -> Result<Room, Problem> {
        let mut arriving = locked(&self.arriving);
        if arriving.values().sum::<usize>() >= AT_ONCE {
            return Err(Problem::unavailable(
                "Too many files arrive at the moment: try again shortly.",
                Full,
            ));
        }
        let mine = arriving.entry(person).or_default();
        if *mine >= OF_ONE_PERSON {
            let detail =
                format!("At most {OF_ONE_PERSON} uploads at a time: wait until one is done.");
            let busy = Problem::new(StatusCode::TOO_MANY_REQUESTS, "uploads_at_once", detail);
            return Err(busy.with_header(header::RETRY_AFTER, HeaderValue::from_static("5")));
        }
        *mine += 1;
        Ok(Room {
            arriving: Arc::clone(&self.arriving),
            of: person,
        })
    }

    /// Waits until one more upload may be in memory.
    ///
    /// # Errors
    /// Never: nobody closes the semaphore.
    pub async fn memory(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.in_memory.acquire().await
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{AT_ONCE} uploads arrive already")]
struct Full;

impl Drop for Room {
    fn drop(&mut self) {
        let mut arriving = locked(&self.arriving);
        if let Some(mine) = arriving.get_mut(&self.of) {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                arriving.remove(&self.of);
            }
        }
    }
}

fn locked(arriving: &Mutex<HashMap<UserId, usize>>) -> MutexGuard<'_, HashMap<UserId, usize>> {
    arriving.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u128) -> UserId {
        UserId(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn one_person_cannot_take_all_the_room_and_gives_it_back() {
        let uploads = Uploads::default();
        let mut mine: Vec<_> = (0..OF_ONE_PERSON)
            .map(|_| uploads.room(person(1)).ok())
            .collect();
        assert!(mine.iter().all(Option::is_some));
        let refused = uploads
            .room(person(1))
            .err()
            .map(|problem| problem.status());
        assert_eq!(refused, Some(StatusCode::TOO_MANY_REQUESTS));
        assert!(uploads.room(person(2)).is_ok());
        mine.pop();
        assert!(uploads.room(person(1)).is_ok());
        drop(mine);
        assert!(locked(&uploads.arriving).is_empty());
    }

    #[test]
    fn more_than_all_the_room_is_for_later() {
        let uploads = Uploads::default();
        let all: Vec<_> = (1..)
            .take(AT_ONCE)
            .map(|number| uploads.room(person(number)))
            .collect();
        assert!(all.iter().all(Result::is_ok));
        let refused = uploads
            .room(person(1_000))
            .err()
            .map(|problem| problem.status());
        assert_eq!(refused, Some(StatusCode::SERVICE_UNAVAILABLE));
    }
}
