//! The periodic jobs and their timings. To add one, add its line here and, if it is configurable,
//! its setting to [`CRON_SETTINGS`].

use crate::timing::{Timing, TimingError};
use actions::job_list::Job;
use platform::config::{Jobs, Settings};
use std::time::Duration;

/// The settings that hold cron expressions.
const CRON_SETTINGS: [&str; 3] = ["SCHEDULE_AUTO_CLOSE", "SCHEDULE_STATS", "SCHEDULE_PRUNE"];

/// A periodic job. The schedule has the job's name.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// The job to enqueue.
    pub job: Job,
    /// Its timing.
    pub timing: Timing,
}

/// All periodic jobs.
///
/// # Errors
/// A cron expression of the configuration is invalid.
pub(crate) fn all(config: &Jobs) -> Result<[Schedule; 5], TimingError> {
    let schedule = |job, timing| Schedule { job, timing };
    Ok([
        schedule(Job::SweepSla, Timing::every(third_of(config.sla_sweep))),
        // Shifts begin and end on the minute, in every zone.
        schedule(
            Job::AssignWaiting,
            Timing::every_and_on_the_minute(config.assign_sweep),
        ),
        schedule(Job::AutoClose, config.auto_close.parse()?),
        schedule(Job::RollUpStats, config.stats.parse()?),
        schedule(Job::Prune, config.prune.parse()?),
    ])
}

/// The interval between two sweeps. A deadline just after a sweep has to be recorded within
/// `interval`, including the time that the next sweep takes: one third to wait, two thirds to work.
fn third_of(interval: Duration) -> Duration {
    Duration::from_secs((interval.as_secs() / 3).max(1))
}

/// The problems of the cron expressions in the settings: one line each.
#[must_use]
pub fn problems(settings: &Settings) -> Vec<String> {
    CRON_SETTINGS
        .iter()
        .filter_map(|name| match settings.get(name) {
            // reported when the configuration is read
            "" => None,
            text => {
                let error = text.parse::<Timing>().err()?;
                Some(format!("{name} {error}"))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_right() {
        let settings = Settings::load(|_| None).unwrap();
        assert_eq!(problems(&settings), Vec::<String>::new());
    }

    #[test]
    fn every_wrong_expression_is_named_with_its_setting() {
        let settings = Settings::load(|name| match name {
            "SCHEDULE_STATS" | "SCHEDULE_PRUNE" => Some("at noon".to_owned()),
            _ => None,
        })
        .unwrap();
        let problems = problems(&settings);
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("SCHEDULE_STATS must be a cron expression"));
    }
}
