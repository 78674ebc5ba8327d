//! How many jobs of a process hold connections at a time. More of them than the database has capacity for do not get more done:
//! they wait for its processors, and so does everybody else who asks it, the API above all. So the number follows the time in
//! which a transaction begins, which costs the database next to nothing: it grows while that time is short, and shrinks when it
//! is several times as long as it was at its shortest, or while none can begin.

use crate::slots::{Beginnings, Slots};
use platform::metrics::Metrics;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The interval between two decisions.
const EVERY: Duration = Duration::from_millis(100);
/// The decisions of a minute.
const MINUTE: usize = 600;
/// The minutes after which the shortest time is forgotten: the database may have moved.
const REMEMBERED: usize = 10;
/// The fewest slots while the database is busy: two for a sweep, which may take long, and two for everybody else.
const FEWEST: usize = 4;
/// The multiple of the shortest time from which on the database counts as busy.
const BUSY: u32 = 4;
/// A time up to which the database never counts as busy: scheduling alone takes as long.
const QUICK: Duration = Duration::from_micros(600);

/// The number of slots, as it was decided last.
#[derive(Debug)]
struct Pace {
    most: usize,
    allowed: usize,
    /// The shortest time of each minute in which a transaction began; the present minute is the last.
    shortest: VecDeque<Option<Duration>>,
    /// The decisions of the present minute.
    decisions: usize,
}

impl Pace {
    /// Begins with the fewest: the first times are those of a database that this process does not keep busy.
    fn new(most: usize) -> Self {
        Self {
            most,
            allowed: FEWEST.min(most),
            shortest: VecDeque::from([None]),
            decisions: 0,
        }
    }

    /// Decides by the time in which transactions began.
    fn decide(&mut self, beginnings: Beginnings) -> usize {
        self.remember(beginnings);
        let is_busy = match beginnings {
            Beginnings::Took(time) => {
                let shortest = self.shortest.iter().flatten().min();
                time > QUICK.max(shortest.copied().unwrap_or(time) * BUSY)
            }
            Beginnings::Stuck => true,
            Beginnings::None => false,
        };
        self.allowed = if is_busy {
            (self.allowed * 3 / 4).max(FEWEST.min(self.most))
        } else {
            (self.allowed + 1).min(self.most)
        };
        self.allowed
    }

    fn remember(&mut self, beginnings: Beginnings) {
        self.decisions = (self.decisions + 1) % MINUTE;
        if self.decisions == 0 {
            self.shortest.push_back(None);
            if self.shortest.len() > REMEMBERED {
                self.shortest.pop_front();
            }
        }
        if let (Beginnings::Took(time), Some(shortest)) = (beginnings, self.shortest.back_mut()) {
            *shortest = Some(shortest.map_or(time, |known| known.min(time)));
        }
    }
}

/// Keeps the pace until the stop.
pub(crate) async fn keep(slots: Arc<Slots>, metrics: Arc<Metrics>, stop: CancellationToken) {
    let mut pace = Pace::new(slots.most());
    slots.allow(pace.allowed);
    let pause = || stop.run_until_cancelled(tokio::time::sleep(EVERY));
    while pause().await.is_some() {
        let allowed = pace.decide(slots.beginnings());
        slots.allow(allowed);
        metrics.job_connections_allowed(allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Beginnings::{None, Stuck, Took};

    const SHORT: Beginnings = Took(Duration::from_micros(200));
    const LONG: Beginnings = Took(Duration::from_millis(5));

    fn after(pace: &mut Pace, decisions: usize, beginnings: Beginnings) -> usize {
        let decided = (0..decisions).map(|_| pace.decide(beginnings));
        decided.last().unwrap()
    }

    #[test]
    fn more_jobs_may_run_while_the_database_is_quick_or_has_nothing_to_do() {
        let mut pace = Pace::new(10);
        assert_eq!(after(&mut pace, 3, SHORT), 7);
        assert_eq!(after(&mut pace, 2, None), 9);
        assert_eq!(after(&mut pace, 100, SHORT), 10);
    }

    #[test]
    fn fewer_may_while_it_is_busy_and_never_fewer_than_a_sweep_and_others_need() {
        let mut pace = Pace::new(10);
        after(&mut pace, 100, SHORT);
        assert_eq!(after(&mut pace, 1, LONG), 7);
        assert_eq!(after(&mut pace, 100, LONG), 4);
        assert_eq!(after(&mut pace, 1, SHORT), 5);
        assert_eq!(after(&mut Pace::new(2), 100, LONG), 2);
    }

    #[test]
    fn a_database_that_does_not_answer_is_busy() {
        let mut pace = Pace::new(10);
        after(&mut pace, 100, SHORT);
        assert_eq!(after(&mut pace, 100, Stuck), 4);
    }

    #[test]
    fn a_database_that_is_far_away_is_not_busy_for_that() {
        let mut pace = Pace::new(10);
        assert_eq!(after(&mut pace, 100, LONG), 10);
        assert_eq!(after(&mut pace, 1, Took(Duration::from_millis(25))), 7);
    }

    #[test]
    fn a_database_that_became_slower_for_good_is_busy_for_ten_minutes() {
        let mut pace = Pace::new(10);
        after(&mut pace, 10, SHORT);
        assert_eq!(after(&mut pace, 9 * MINUTE, LONG), 4);
        assert_eq!(after(&mut pace, 2 * MINUTE, LONG), 10);
    }
}
