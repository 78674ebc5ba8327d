//! How many jobs of a process hold connections at a time. More of them than the database has capacity for do not get more done:
//! they wait for its processors, and so does everybody else who asks it, the API above all. So the number follows the time in
//! which a transaction begins, which costs the database next to nothing: it grows while that time is short, and shrinks when it
//! is several times as long as it was at its shortest.

use crate::slots::{FEWEST, Slots};
use platform::metrics::Metrics;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The interval between two decisions.
const EVERY: Duration = Duration::from_millis(100);
/// The decisions of a minute.
const MINUTE: usize = 600;
/// The minutes after which the shortest time is forgotten: the database may have moved.
const REMEMBERED: usize = 10;
/// The multiple of the shortest time from which on the database counts as busy.
const BUSY: u32 = 4;
/// A time up to which the database never counts as busy: scheduling alone takes as long.
const QUICK: Duration = Duration::from_micros(600);

/// The number of slots, as it was decided last.
#[derive(Debug)]
struct Pace {
    most: usize,
    allowed: usize,
    /// The shortest time of each minute, the present one last.
    shortest: VecDeque<Duration>,
    /// The decisions of the present minute.
    decisions: usize,
}

impl Pace {
    /// Begins with the fewest: the first times are those of a database that this process does not keep busy.
    const fn new(most: usize) -> Self {
        Self {
            most,
            allowed: FEWEST,
            shortest: VecDeque::new(),
            decisions: 0,
        }
    }

    /// Decides by the time in which a transaction began, and by whether all slots were taken.
    fn decide(&mut self, beginning: Duration, all_are_taken: bool) -> usize {
        let shortest = self.remember(beginning);
        if beginning > QUICK.max(shortest * BUSY) {
            self.allowed = (self.allowed * 3 / 4).max(FEWEST);
        } else if all_are_taken {
            self.grow();
        }
        self.allowed
    }

    fn grow(&mut self) {
        self.allowed = (self.allowed + 1).min(self.most);
    }

    /// The shortest time that is remembered, with this one.
    fn remember(&mut self, beginning: Duration) -> Duration {
        self.decisions = (self.decisions + 1) % MINUTE;
        match self.shortest.back_mut() {
            Some(shortest) if self.decisions != 0 => *shortest = beginning.min(*shortest),
            _ => self.shortest.push_back(beginning),
        }
        if self.shortest.len() > REMEMBERED {
            self.shortest.pop_front();
        }
        self.shortest.iter().min().copied().unwrap_or(beginning)
    }
}

/// Keeps the pace until the stop.
pub(crate) async fn keep(slots: Arc<Slots>, metrics: Arc<Metrics>, stop: CancellationToken) {
    let mut pace = Pace::new(slots.most());
    slots.allow(pace.allowed);
    let pause = || stop.run_until_cancelled(tokio::time::sleep(EVERY));
    while pause().await.is_some() {
        match slots.beginning() {
            Some(beginning) => {
                pace.decide(beginning, slots.are_all_taken());
            }
            // Long sweeps hold all of them, and others wait.
            None if slots.are_all_taken() => pace.grow(),
            None => {}
        }
        // Also without a decision: slots that were taken may have been returned.
        slots.allow(pace.allowed);
        metrics.job_connections_allowed(pace.allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_micros(200);
    const LONG: Duration = Duration::from_millis(5);

    fn after(pace: &mut Pace, decisions: usize, beginning: Duration, all_are_taken: bool) -> usize {
        let decided = (0..decisions).map(|_| pace.decide(beginning, all_are_taken));
        decided.last().unwrap()
    }

    #[test]
    fn more_jobs_run_while_the_database_is_quick_and_all_slots_are_taken() {
        let mut pace = Pace::new(10);
        assert_eq!(after(&mut pace, 5, SHORT, false), 2);
        assert_eq!(after(&mut pace, 3, SHORT, true), 5);
        assert_eq!(after(&mut pace, 100, SHORT, true), 10);
    }

    #[test]
    fn fewer_run_while_it_is_busy_and_never_fewer_than_a_sweep_needs() {
        let mut pace = Pace::new(10);
        after(&mut pace, 100, SHORT, true);
        assert_eq!(after(&mut pace, 1, LONG, true), 7);
        assert_eq!(after(&mut pace, 100, LONG, true), 2);
        assert_eq!(after(&mut pace, 1, SHORT, true), 3);
    }

    #[test]
    fn a_database_that_is_far_away_is_not_busy_for_that() {
        let mut pace = Pace::new(10);
        assert_eq!(after(&mut pace, 100, LONG, true), 10);
        assert_eq!(after(&mut pace, 1, LONG * 5, true), 7);
    }

    #[test]
    fn a_database_that_became_slower_for_good_is_busy_for_ten_minutes() {
        let mut pace = Pace::new(10);
        after(&mut pace, 10, SHORT, true);
        assert_eq!(after(&mut pace, 9 * MINUTE, LONG, true), 2);
        assert_eq!(after(&mut pace, 2 * MINUTE, LONG, true), 10);
    }
}
