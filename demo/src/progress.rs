//! The progress on standard error: one line that is overwritten on a terminal, a line for every tenth
//! elsewhere.

use super::people::HOME;
use chrono::{DateTime, Utc};
use std::io::{self, IsTerminal, Write};

/// The position of the demo's clock between start and end.
#[derive(Debug)]
pub(super) struct Progress {
    start: DateTime<Utc>,
    seconds: i64,
    tickets: usize,
    step: i64,
    shown: Option<i64>,
}

impl Progress {
    pub fn new((start, end): (DateTime<Utc>, DateTime<Utc>), tickets: usize) -> Self {
        Self {
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
        let day = now.with_timezone(&HOME).format("%a %d %b %Y");
        let line = format!(
            "demo: {percent:3} %  {day}  {told} of {} tickets",
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

/// A closed standard error does not stop the demo.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    if stderr.write_all(text.as_bytes()).is_ok() {
        drop(stderr.flush());
    }
}
