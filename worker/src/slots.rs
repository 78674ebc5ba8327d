//! The limit on how many jobs hold database connections at a time.
//!
//! More jobs may be claimed than there are connections. A job that holds one while it runs (every job except a delivery) waits
//! for a slot before it begins; a sweep, which needs a second connection while it holds the first, takes two slots at once. So
//! the holder of a connection always gets the next one it needs, and the pool cannot deadlock, however small: two connections
//! are enough for a sweep.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// Connections left to the relay, to deliveries and to other users of the pool.
const LEFT_TO_OTHERS: u32 = 3;
/// The fewest slots: a sweep needs two.
pub(crate) const FEWEST: usize = 2;

/// The slots of a process.
#[derive(Debug)]
pub(crate) struct Slots {
    most: usize,
    free: Arc<Semaphore>,
    /// The slots that there are. More than are allowed while they are taken.
    present: Mutex<usize>,
    /// How long transactions took to begin since somebody asked.
    beginnings: Mutex<Vec<Duration>>,
}

impl Slots {
    /// For a pool of so many connections.
    pub fn of_pool(connections: u32) -> Self {
        let most = connections.saturating_sub(LEFT_TO_OTHERS);
        let most = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        let most = most.clamp(FEWEST, Semaphore::MAX_PERMITS);
        Self {
            most,
            free: Arc::new(Semaphore::new(most)),
            present: Mutex::new(most),
            beginnings: Mutex::default(),
        }
    }

    /// Waits for slots, first come first served, so that a sweep is not starved.
    pub async fn take(&self, count: u32) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.free).acquire_many_owned(count).await
    }

    /// Takes as many more slots as are free now, up to `wanted` in all, for a sweep that already
    /// holds one connection to work with. Returns the slots and the new number in all. Never waits.
    pub fn take_more(&self, wanted: NonZeroUsize) -> (Vec<OwnedSemaphorePermit>, NonZeroUsize) {
        let more = (1..wanted.get()).map_while(|_| Arc::clone(&self.free).try_acquire_owned().ok());
        let held: Vec<_> = more.collect();
        let all = NonZeroUsize::MIN.saturating_add(held.len());
        (held, all)
    }

    /// The most slots that there may be.
    pub const fn most(&self) -> usize {
        self.most
    }

    /// Allows so many slots. Those that are taken beyond it are gone at the first call after their return.
    pub fn allow(&self, count: usize) {
        let mut present = lock(&self.present);
        let count = count.clamp(FEWEST, self.most);
        if count > *present {
            self.free.add_permits(count - *present);
            *present = count;
        } else {
            *present -= self.free.forget_permits(*present - count);
        }
    }

    /// Whether no slot is free.
    pub fn are_all_taken(&self) -> bool {
        self.free.available_permits() == 0
    }

    /// Notes how long a transaction took to begin.
    pub fn note_beginning(&self, took: Duration) {
        lock(&self.beginnings).push(took);
    }

    /// How long transactions took to begin since the last call: the median; `None` if none began.
    pub fn beginning(&self) -> Option<Duration> {
        let mut times = std::mem::take(&mut *lock(&self.beginnings));
        let middle = times.len() / 2;
        times.sort_unstable();
        times.get(middle).copied()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn slots_that_are_taken_go_when_they_are_returned() {
        let slots = Slots::of_pool(13);
        let taken = slots.take(8).await.unwrap();
        slots.allow(3);
        assert!(slots.are_all_taken());
        drop(taken);
        slots.allow(3);
        let (more, all) = slots.take_more(NonZeroUsize::new(20).unwrap());
        assert_eq!((more.len(), all.get()), (3, 4));
        drop(more);
        slots.allow(99);
        let (more, _) = slots.take_more(NonZeroUsize::new(20).unwrap());
        assert_eq!(more.len(), 10);
    }

    #[tokio::test]
    async fn a_sweep_gets_its_two_slots_however_few_connections_there_are() {
        let slots = Slots::of_pool(1);
        slots.allow(0);
        assert!(slots.take(2).await.is_ok());
    }

    #[test]
    fn the_time_of_a_beginning_is_the_median_since_the_last_look() {
        let slots = Slots::of_pool(5);
        assert_eq!(slots.beginning(), None);
        for milliseconds in [9, 1, 2] {
            slots.note_beginning(Duration::from_millis(milliseconds));
        }
        assert_eq!(slots.beginning(), Some(Duration::from_millis(2)));
        assert_eq!(slots.beginning(), None);
    }
}
