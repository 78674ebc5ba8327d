//! The progress on standard error: one line that is overwritten on a terminal, a line for every tenth
//! elsewhere.

use super::home::Home;
use chrono::{DateTime, Utc};
use std::{
    io::{self, IsTerminal, Write},
    time::Instant,
};

/// The position of the demo's clock between start and end.
#[derive(Debug)]
pub(super) struct Progress {
    home: Home,
    begun: Instant,
    start: DateTime<Utc>,
    seconds: i64,
    tickets: usize,
    step: i64,
    shown: Option<i64>,
}

impl Progress {
    pub fn new(home: Home, (start, end): (DateTime<Utc>, DateTime<Utc>), tickets: usize) -> Self {
        Self {
            home,
            begun: Instant::now(),
            start,
            seconds: (end - start).num_seconds().max(1),
            tickets,
            step: if io::stderr().is_terminal() { 1 } else { 10 },
            shown: None,
        }
    }

    /// Shows it, if it is further than when it was last shown.
    pub fn show(&mut self, now: DateTime<Utc>, told: usize) {
        let percent = (now - self.start).num_seconds().saturating_mul(100) / self.seconds;
        let percent = percent.clamp(0, 100) / self.step * self.step;
        if self.shown == Some(percent) {
            return;
        }
        self.shown = Some(percent);
        let day = now.with_timezone(&self.home.zone).format("%a %d %b %Y");
        let time = times(self.begun.elapsed().as_secs(), percent);
        let line = format!(
            "demo: {percent:3} %  {day}  {told:3} of {} tickets  {time}",
            self.tickets
        );
        if self.step == 1 {
            write(&format!("\r{line}\x1b[K"));
        } else {
            write(&format!("{line}\n"));
        }
    }

    /// Ends the line.
    pub fn finish(self) {
        if self.step == 1 {
            write("\r\x1b[K");
        }
    }
}

/// The seconds until now, and an estimate of those that are left.
fn times(elapsed: u64, percent: i64) -> String {
    match u64::try_from(percent) {
        Ok(percent @ 3..100) => {
            let left = elapsed.saturating_mul(100 - percent) / percent;
            format!("{elapsed} s, about {left} s left")
        }
        _ => format!("{elapsed} s"),
    }
}

/// A closed standard error does not stop the demo.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    if stderr.write_all(text.as_bytes()).is_ok() {
        drop(stderr.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_estimated_from_what_was_done() {
        assert_eq!(times(12, 25), "12 s, about 36 s left");
        assert_eq!(times(1, 1), "1 s");
        assert_eq!(times(48, 100), "48 s");
    }
}
