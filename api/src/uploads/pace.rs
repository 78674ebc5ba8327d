//! The least pace of an upload. A client has a credit of time: waiting for bytes spends it, and each byte
//! earns some back, up to the initial credit. So a silence is tolerated for a while, and a trickle is not.
//! Pure.

use std::time::Duration;

/// The least pace of an upload.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest time without bytes, or below the least pace.
    pub grace: Duration,
    /// The least pace after that, in bytes a second.
    pub least: u32,
}

impl Default for Pace {
    /// The pace of a telephone with a bad second-generation connection.
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(30),
            least: 1024,
        }
    }
}

/// The credit of a client.
#[derive(Debug)]
pub(super) struct Credit {
    pace: Pace,
    left: Duration,
}

impl Credit {
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            left: pace.grace,
        }
    }

    /// The time for which the server may still wait.
    pub fn left(&self) -> Duration {
        self.left
    }

    /// Records that the server waited for `time`, and then received so many bytes.
    pub fn waited(&mut self, time: Duration, received: usize) {
        let received = u64::try_from(received).unwrap_or(u64::MAX);
        let earned = received.saturating_mul(1_000_000) / u64::from(self.pace.least.max(1));
        let left = self.left.saturating_sub(time);
        let left = left.saturating_add(Duration::from_micros(earned));
        self.left = left.min(self.pace.grace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The seconds until a client that sends so many bytes in each is given up; `None`: never.
    fn borne(first: usize, bytes: usize) -> Option<usize> {
        let mut credit = Credit::new(Pace::default());
        credit.waited(Duration::ZERO, first);
        (0..1_000).find(|_| {
            let is_over = credit.left() < SECOND;
            credit.waited(SECOND, bytes);
            is_over
        })
    }

    #[test]
    fn a_sender_keeps_the_least_pace_or_is_given_up() {
        assert_eq!(borne(0, 0), Some(30));
        assert_eq!(borne(0, 1), Some(30));
        assert_eq!(borne(0, 512), Some(59));
        assert_eq!(borne(0, 1_024), None);
        // What came quickly at first buys no time later.
        assert_eq!(borne(1_000_000, 1), Some(30));
    }

    #[test]
    fn a_sender_may_fall_silent_again_and_again_if_it_makes_up_for_it() {
        let mut credit = Credit::new(Pace::default());
        for _ in 0..20 {
            credit.waited(29 * SECOND, 0);
            assert_eq!(credit.left(), SECOND);
            credit.waited(SECOND / 2, 100_000);
            assert_eq!(credit.left(), 30 * SECOND);
        }
    }
}
