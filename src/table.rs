//! Tables and JSON on standard output, for the commands of operators.

use anyhow::Result;
use serde::Serialize;
use std::io::{self, Write};

/// Rows under a head. Columns of numbers are aligned to the right.
pub(crate) struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(head: [&'static str; N]) -> Self {
        Self {
            head,
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    /// Writes the head and the rows; nothing where there are no rows.
    ///
    /// # Errors
    /// Standard output is closed.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let head = self.head.map(str::to_owned);
        let columns: Vec<Column> = (0..N).map(|at| self.column(at)).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            let cells = row.iter().zip(&columns);
            let line: Vec<String> = cells.map(|(cell, column)| column.align(cell)).collect();
            writeln!(out, "{}", line.join("  ").trim_end())?;
        }
        Ok(())
    }

    fn column(&self, at: usize) -> Column {
        let cells = || self.rows.iter().filter_map(|row| row.get(at));
        let head = self.head.get(at).map_or(0, |head| head.chars().count());
        let widest = cells().map(|cell| cell.chars().count()).max();
        Column {
            width: widest.unwrap_or_default().max(head),
            has_numbers: cells().all(|cell| cell.parse::<i64>().is_ok()),
        }
    }
}

struct Column {
    width: usize,
    has_numbers: bool,
}

impl Column {
    fn align(&self, cell: &str) -> String {
        let width = self.width;
        if self.has_numbers {
            format!("{cell:>width$}")
        } else {
            format!("{cell:<width$}")
        }
    }
}

/// Writes a value as JSON, over several lines.
///
/// # Errors
/// Standard output is closed.
pub(crate) fn write_json(value: &impl Serialize) -> Result<()> {
    let mut out = io::stdout().lock();
    // As a text first: an error of the writer has to stay a bare I/O error.
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{text}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_numbers_stand_on_the_right() {
        let mut table = Table::new(["QUEUE", "READY", "STATE"]);
        table.push(["email".to_owned(), "12".to_owned(), "paused".to_owned()]);
        table.push(["assignment".to_owned(), "3".to_owned(), String::new()]);
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        let lines = "QUEUE       READY  STATE\nemail          12  paused\nassignment      3\n";
        assert_eq!(String::from_utf8(out).unwrap(), lines);
    }

    #[test]
    fn without_rows_there_is_no_head() {
        let mut out = Vec::new();
        Table::new(["QUEUE"]).write(&mut out).unwrap();
        assert!(out.is_empty());
    }
}
