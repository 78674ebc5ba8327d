//! What processes cost, from `/proc` (Linux).

use anyhow::{Context as _, Result};
use std::{fs, time::Duration};

/// A process.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

impl std::str::FromStr for Process {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Process {
    /// Its resident memory in kilobytes.
    pub fn memory(self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let line = line.context("VmRSS")?.trim().trim_end_matches(" kB");
        Ok(line.parse()?)
    }

    /// The processor time of it, and of its children that run or that it has waited for.
    pub fn processor(self) -> Result<Duration> {
        let mut ticks = ticks(self.0, &[13, 14, 15, 16])?;
        for entry in fs::read_dir("/proc")? {
            let Ok(id) = entry?.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            // A process that has ended meanwhile is counted by its parent.
            if field(id, 3).is_ok_and(|parent| parent == u64::from(self.0)) {
                ticks += self::ticks(id, &[13, 14]).unwrap_or(0);
            }
        }
        // Linux counts in hundredths of a second for its users.
        Ok(Duration::from_millis(ticks * 10))
    }
}

fn ticks(id: u32, fields: &[usize]) -> Result<u64> {
    fields.iter().map(|number| field(id, *number)).sum()
}

/// A field of the process's `stat`, counted from 0; not its name, which may have spaces.
fn field(id: u32, number: usize) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, rest) = stat.rsplit_once(") ").context("the name")?;
    let found = rest.split_whitespace().nth(number - 2).context("a field")?;
    Ok(found.parse()?)
}
