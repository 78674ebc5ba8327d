//! The limit on how many jobs hold database connections at a time.
//!
//! More jobs may be claimed than there are connections. A job that holds one while it runs (every job except a delivery) waits
//! for a slot before it begins; a sweep, which needs a second connection while it holds the first, takes two slots at once. So
//! the holder of a connection always gets the next one it needs, and the pool cannot deadlock, however small: two connections
//! are enough for a sweep.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// Connections left to the relay, to deliveries and to other users of the pool.
const LEFT_TO_OTHERS: u32 = 3;
/// The fewest slots: a sweep needs two.
const FEWEST: usize = 2;

/// The slots of a process.
#[derive(Debug)]
pub(crate) struct Slots {
    most: usize,
    free: Arc<Semaphore>,
    count: Mutex<Count>,
    /// Transactions that are beginning.
    beginning: AtomicUsize,
    /// How long transactions took to begin since somebody asked.
    beginnings: Mutex<Vec<Duration>>,
}

/// The number of slots.
#[derive(Debug)]
struct Count {
    allowed: usize,
    /// Those that there are: more than are allowed while they are taken.
    present: usize,
}

/// The most beginnings that are remembered.
const REMEMBERED: usize = 1_000;

impl Slots {
    /// For a pool of so many connections.
    pub fn of_pool(connections: u32) -> Self {
        let most = connections.saturating_sub(LEFT_TO_OTHERS);
        let most = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        let most = most.clamp(FEWEST, Semaphore::MAX_PERMITS);
        Self {
            most,
            free: Arc::new(Semaphore::new(most)),
            count: Mutex::new(Count {
                allowed: most,
                present: most,
            }),
            beginning: AtomicUsize::new(0),
            beginnings: Mutex::default(),
        }
    }

    /// Waits for slots, first come first served, so that a sweep is not starved.
    pub async fn take(&self, count: u32) -> Result<OwnedSemaphorePermit, AcquireError> {
        loop {
            let taken = Arc::clone(&self.free).acquire_many_owned(count).await?;
            // Slots that are returned go to those who wait, and are never free: what is too many goes here.
            if let Some(taken) = self.forget_surplus(taken) {
                return Ok(taken);
            }
        }
    }

    /// Forgets slots that are more than are allowed; then none are left.
    fn forget_surplus(&self, mut taken: OwnedSemaphorePermit) -> Option<OwnedSemaphorePermit> {
        let mut count = lock(&self.count);
        let surplus = count.present.saturating_sub(count.allowed);
        if surplus == 0 {
            return Some(taken);
        }
        if let Some(forgotten) = taken.split(surplus.min(taken.num_permits())) {
            count.present -= forgotten.num_permits();
            forgotten.forget();
        }
        None
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

    /// Allows so many slots. Those that are taken beyond it are gone when they are returned.
    pub fn allow(&self, allowed: usize) {
        let mut count = lock(&self.count);
        count.allowed = allowed.clamp(FEWEST, self.most);
        if count.allowed > count.present {
            self.free.add_permits(count.allowed - count.present);
            count.present = count.allowed;
        } else {
            count.present -= self.free.forget_permits(count.present - count.allowed);
        }
    }

    /// Measures the beginning of a transaction, until the result is dropped.
    pub fn begin(&self) -> Beginning<'_> {
        Beginning::of(self)
    }

    /// How long transactions took to begin since the last call.
    pub fn beginnings(&self) -> Beginnings {
        let mut times = std::mem::take(&mut *lock(&self.beginnings));
        let middle = times.len() / 2;
        times.sort_unstable();
        match times.get(middle) {
            Some(median) => Beginnings::Took(*median),
            None if self.beginning.load(Ordering::Relaxed) > 0 => Beginnings::Stuck,
            None => Beginnings::None,
        }
    }
}

/// How long transactions took to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beginnings {
    /// The median.
    Took(Duration),
    /// None began, and some try to.
    Stuck,
    /// None began.
    None,
}

/// A transaction that is beginning.
pub(crate) struct Beginning<'a> {
    slots: &'a Slots,
    since: Instant,
}

impl<'a> Beginning<'a> {
    fn of(slots: &'a Slots) -> Self {
        slots.beginning.fetch_add(1, Ordering::Relaxed);
        Self {
            slots,
            since: Instant::now(),
        }
    }
}

impl Drop for Beginning<'_> {
    fn drop(&mut self) {
        self.slots.beginning.fetch_sub(1, Ordering::Relaxed);
        let mut times = lock(&self.slots.beginnings);
        if times.len() < REMEMBERED {
            times.push(self.since.elapsed());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn slots_that_are_taken_go_when_they_are_returned() {
        let slots = Slots::of_pool(13);
        let taken = slots.take(8).await.unwrap();
        slots.allow(3);
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

    #[tokio::test]
    async fn slots_go_also_while_others_wait_for_them() {
        let slots = Arc::new(Slots::of_pool(13));
        let at_work = Arc::new(AtomicUsize::new(0));
        let mut workers = tokio::task::JoinSet::new();
        let (stop, most) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
        for _ in 0..20 {
            let (slots, at_work) = (Arc::clone(&slots), Arc::clone(&at_work));
            let (stop, most) = (stop.clone(), Arc::clone(&most));
            workers.spawn(async move {
                while !stop.is_cancelled() {
                    let taken = slots.take(1).await.unwrap();
                    let now = at_work.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    at_work.fetch_sub(1, Ordering::SeqCst);
                    drop(taken);
                }
            });
        }
        let turns = async || {
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
        };
        turns().await;
        assert_eq!(most.load(Ordering::SeqCst), 10);
        slots.allow(2);
        turns().await;
        most.store(0, Ordering::SeqCst);
        turns().await;
        assert_eq!(most.load(Ordering::SeqCst), 2);
        assert!(slots.take(2).await.is_ok(), "a sweep gets its turn");
        stop.cancel();
        while workers.join_next().await.is_some() {}
    }

    #[test]
    fn beginnings_are_told_once_and_those_that_do_not_end_are_stuck() {
        let slots = Slots::of_pool(5);
        assert_eq!(slots.beginnings(), Beginnings::None);
        let stuck = slots.begin();
        assert_eq!(slots.beginnings(), Beginnings::Stuck);
        drop(slots.begin());
        assert!(matches!(slots.beginnings(), Beginnings::Took(_)));
        assert_eq!(slots.beginnings(), Beginnings::Stuck);
        drop(stuck);
        assert!(matches!(slots.beginnings(), Beginnings::Took(_)));
        assert_eq!(slots.beginnings(), Beginnings::None);
    }
}
