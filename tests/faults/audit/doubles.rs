//! What may arrive twice: only what a worker was sending when it was killed or frozen. Then nobody can know whether it had
//! left.

use super::Findings;
use crate::chaos::Diary;
use std::{
    collections::BTreeMap,
    fmt::Display,
    time::{Duration, Instant},
};

/// What passes between an arrival and our look at it.
const LOOKED_LATE: Duration = Duration::from_millis(500);

/// Looks at what arrived under one id more than once.
pub fn look<Id: Display>(
    what: &'static str,
    arrivals: &BTreeMap<Id, Vec<Instant>>,
    diary: &Diary,
    findings: &mut Findings,
) {
    for (id, times) in arrivals {
        for pair in times.windows(2) {
            findings.doubled(what);
            if !worker_was_hit(diary, pair[0], pair[1]) {
                let after = pair[1] - pair[0];
                findings.wrong(format!(
                    "{what} {id} came again after {after:?}, and no worker had been hit"
                ));
            }
        }
    }
}

/// Whether a worker was killed or frozen between these instants.
pub fn worker_was_hit(diary: &Diary, first: Instant, second: Instant) -> bool {
    let hits = diary.entries();
    hits.iter().any(|hit| {
        hit.what.starts_with("worker ") && hit.at + LOOKED_LATE >= first && hit.at <= second
    })
}
