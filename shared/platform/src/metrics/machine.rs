//! Figures of this process from `/proc`; none on other systems than Linux.

use std::fs;

/// Ticks per second in `/proc/self/stat`, on every Linux.
const TICKS: f64 = 100.0;

/// Figures of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine {
    /// Resident memory, in bytes.
    pub resident: Option<i64>,
    /// Open file descriptors.
    pub open_files: Option<i64>,
    /// CPU time used so far, in seconds.
    pub cpu_seconds: Option<f64>,
}

/// Reads the figures: three small reads from memory, none from disk.
#[must_use]
pub fn look() -> Machine {
    Machine {
        resident: fs::read_to_string("/proc/self/status")
            .ok()
            .and_then(|status| resident(&status)),
        open_files: fs::read_dir("/proc/self/fd")
            .ok()
            .and_then(|files| i64::try_from(files.count()).ok()),
        cpu_seconds: fs::read_to_string("/proc/self/stat")
            .ok()
            .and_then(|stat| cpu_seconds(&stat)),
    }
}

fn resident(status: &str) -> Option<i64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1_024)
}

/// Fields are counted after the process name in parentheses, which may contain anything.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_linux_are_understood() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t  2048 kB\n"), Some(2_097_152));
        assert_eq!(resident("Name:\tx\n"), None);
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 10 0 0 0 150 50 0 0 20 0 4 0 100";
        assert_eq!(cpu_seconds(stat), Some(2.0));
        assert_eq!(cpu_seconds(""), None);
    }
}
