//! Figures of many durations, and rows of the table.

use std::time::Duration;

/// Durations that were measured.
#[derive(Default)]
pub struct Figures(Vec<Duration>);

impl Figures {
    /// Adds one.
    pub fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    /// p50, p99 and the longest, in milliseconds.
    pub fn text(mut self) -> String {
        self.0.sort_unstable();
        let longest = self.0.len().saturating_sub(1);
        let at = |percent: usize| {
            let place = (self.0.len() * percent / 100).min(longest);
            let found = self.0.get(place).copied().unwrap_or_default();
            format!("{:.1}", found.as_secs_f64() * 1_000.0)
        };
        format!("{}, {}, {} ms", at(50), at(99), at(100))
    }
}

/// Prints a row.
pub fn row(what: &str, result: &str) {
    println!("| {what} | {result} |");
}
