//! How much a client may send: a bucket of packets that refills. A flood costs a look at the bucket.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Packets at once, and packets per second in the long run. A client that is back opens all its tickets at once.
const BURST: f64 = 40.0;
const PER_SECOND: f64 = 5.0;

/// The bucket of one socket.
#[derive(Debug)]
pub(super) struct Allowance(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    left: f64,
    filled: Instant,
}

impl Default for Allowance {
    fn default() -> Self {
        let filled = Instant::now();
        Self(Mutex::new(Bucket {
            left: BURST,
            filled,
        }))
    }
}

impl Allowance {
    /// Takes a packet out of the bucket; `false` if it is empty: the packet is ignored.
    pub fn take(&self) -> bool {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(bucket.filled).as_secs_f64();
        bucket.left = (bucket.left + passed * PER_SECOND).min(BURST);
        bucket.filled = now;
        let fits = bucket.left >= 1.0;
        if fits {
            bucket.left -= 1.0;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_flood_is_cut_to_the_rate_that_the_bucket_refills_at() {
        let allowance = Allowance::default();
        let start = Instant::now();
        let taken = |at: Instant| (0..100).filter(|_| allowance.take_at(at)).count();
        assert_eq!(taken(start), 40);
        assert_eq!(taken(start + Duration::from_secs(2)), 10);
        assert_eq!(taken(start + Duration::from_mins(10)), 40);
    }
}
